"""The calls that a demo puts in: what is odd about some of them, and when each turn arrives."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from oracle_cdc.demo.conversations.transcripts import Turn, read_transcripts

SAMPLES_FILE = Path(__file__).with_name("samples.jsonl")
DEFAULT_CALLS = 24

#: Above 64 bits, so whoever makes a float or an integer of it loses digits.
LONGEST_CALL_ID = 98765432109876543210
FIRST_CALL_ID = 700100001
LONG_TEXT_BYTES = 60_000
#: A skin tone, a family of four joined, a flag, an astronaut.
EMOJI = (
    "תודה! \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "\U0001f1ee\U0001f1f1 \U0001f9d1\u200d\U0001f680"
)

SECONDS_BETWEEN_CALLS = 0.4
#: More calls come faster, so that the last one begins by then ...
LONGEST_ARRIVAL_SECONDS = 15.0
#: ... but not so fast that queues grow: the SQS server's work for one message grows with the
#: queue's length.
MOST_CALLS_PER_SECOND = 40
#: A call's turns take this long altogether, at most this much each.
TALK_SECONDS = 4.0
TURN_SECONDS = 0.4
#: How much later than its time a late segment is committed.
LATE_SECONDS = 1.0

#: What the samples' placeholders stand for, by language; nobody of them exists.
NAMES = {
    "he": {
        "{agent}": ("דנה", "נועה", "עומר", "תמר", "רות", "אילן", "מאיה"),
        "{name}": ("אביגיל רונן", "משה ברקן", "לאה שטרן", "מיכאל עוז", "תום הררי", "נדיה סאלח"),
        "{city}": ("חיפה", "אשדוד", "באר שבע", "טבריה", "נתניה", "רחובות", "נצרת"),
    },
    "en": {
        "{agent}": ("Dana", "Noa", "Omer", "Tamar", "Ruth", "Ilan", "Maya"),
        "{name}": (
            "Avigail Ronen",
            "Joe Barkan",
            "Leah Stern",
            "Michael Oz",
            "Sarah Wood",
            "Nadia Saleh",
        ),
        "{city}": ("Haifa", "Ashdod", "Beersheba", "Tiberias", "Netanya", "Rehovot", "Nazareth"),
    },
}


class Kind(Enum):
    """What is odd about a call."""

    PLAIN = ""
    LONG_ID = "id of 20 digits"
    EMOJI = "emoji"
    LONG_TEXT = "60 KB utterance"
    TOO_SHORT = "one segment"
    ONE_CHANNEL = "customer only"
    REVISED = "a segment after the answer"
    BLANK = "blank utterance"
    LATE = "late segment"


#: The first calls get one each, so that a demo of eight calls shows them all.
FIRST_KINDS = (
    Kind.LONG_ID,
    Kind.EMOJI,
    Kind.LONG_TEXT,
    Kind.TOO_SHORT,
    Kind.ONE_CHANNEL,
    Kind.REVISED,
    Kind.BLANK,
    Kind.LATE,
)
#: Those that leave a real conversation's text as it is.
TEXT_KEEPING = frozenset({Kind.LONG_ID, Kind.REVISED, Kind.LATE})
LATE_EVERY = 6
REVISED_EVERY = 24
NO_SUBSCRIBER_EVERY = 9


@dataclass(frozen=True)
class Call:
    """A call to be put in, whose id is decimal digits."""

    call_id: str
    ban: str = field(repr=False)
    subscriber_no: str | None = field(repr=False)
    kind: Kind
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Arrival:
    """One turn: when it is said, in seconds from the start, and how much later it is committed.

    is_held: it is committed only once the call has had its answer.
    """

    said_seconds: float
    call: Call
    turn: Turn
    late_seconds: float = 0.0
    is_held: bool = False


def make_calls(count: int, transcripts: Path | None, chance: random.Random) -> list[Call]:
    """Make the calls of one demo, fewer when the file is short.

    Raises SettingsError when the transcripts can't be used.
    """
    calls = []
    if transcripts is not None:
        for index, turns in enumerate(read_transcripts(transcripts, count)):
            kind = kind_of(index)
            if kind not in TEXT_KEEPING:
                kind = Kind.PLAIN
            calls.append(make_call(index, kind, turns, chance))
        return calls
    samples = read_transcripts(SAMPLES_FILE, count)
    for index in range(count):
        sample = samples[index % len(samples)]
        calls.append(make_call(index, kind_of(index), fill_in(sample, chance), chance))
    return calls


def make_call(index: int, kind: Kind, turns: Sequence[Turn], chance: random.Random) -> Call:
    """Make a call of this kind, with numbers of its own."""
    call_id = FIRST_CALL_ID + index
    if kind is Kind.LONG_ID:
        call_id = LONGEST_CALL_ID
    ban = f"4477{chance.randrange(10**6):06}"
    subscriber_no = None
    if index % NO_SUBSCRIBER_EVERY != NO_SUBSCRIBER_EVERY - 1:
        subscriber_no = f"05{chance.randrange(10)}5550{chance.randrange(10**4):04}"
    return Call(str(call_id), ban, subscriber_no, kind, tuple(alter(kind, turns)))


def kind_of(index: int) -> Kind:
    """Return what is odd about the call in this place."""
    if index < len(FIRST_KINDS):
        return FIRST_KINDS[index]
    if index % REVISED_EVERY == 0:
        return Kind.REVISED
    if index % LATE_EVERY == 0:
        return Kind.LATE
    return Kind.PLAIN


def fill_in(turns: Sequence[Turn], chance: random.Random) -> list[Turn]:
    """Return one sample with its own names and numbers."""
    language = "en"
    if re.search("[א-ת]", turns[0].text):
        language = "he"
    values = {}
    for place, names in NAMES[language].items():
        values[place] = chance.choice(names)
    values["{amount}"] = str(chance.randrange(40, 400))
    values["{digits}"] = f"{chance.randrange(10**4):04}"
    values["{day}"] = str(chance.randrange(4, 29))
    values["{days}"] = str(chance.randrange(2, 12))
    filled = []
    for turn in turns:
        filled.append(replace(turn, text=replace_all(turn.text, values)))
    return filled


def replace_all(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def alter(kind: Kind, turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns of a call of this kind."""
    altered = list(turns)
    match kind:
        case Kind.EMOJI:
            altered.append(Turn("C", EMOJI))
        case Kind.LONG_TEXT:
            altered.insert(len(altered) // 2, Turn("C", long_text(turns)))
        case Kind.TOO_SHORT:
            return altered[:1]
        case Kind.ONE_CHANNEL:
            return [turn for turn in altered if turn.owner == "C"]
        case Kind.BLANK:
            altered.insert(len(altered) // 2, Turn("A", " \n "))
    return altered


def long_text(turns: Sequence[Turn]) -> str:
    """Return over 60 KB of UTF-8, in which no two parts are alike."""
    words = " ".join(turn.text for turn in turns)
    times = LONG_TEXT_BYTES // len(words.encode()) + 1
    lines = []
    for number in range(1, times + 1):
        lines.append(f"{number}. {words}")
    return "\n".join(lines)


def schedule(calls: Sequence[Call], seconds: float | None = None) -> list[Arrival]:
    """Return when everything arrives, in order: calls begin at a steady rate and overlap.

    Parameters:
        seconds: in which all begin.
    """
    step = min(SECONDS_BETWEEN_CALLS, LONGEST_ARRIVAL_SECONDS / len(calls))
    if seconds is not None:
        step = seconds / len(calls)
    step = max(step, 1 / MOST_CALLS_PER_SECOND)
    arrivals = []
    for index, call in enumerate(calls):
        arrivals += arrive(call, index * step)
    return sorted(arrivals, key=lambda arrival: arrival.said_seconds)


def arrive(call: Call, start_seconds: float) -> list[Arrival]:
    """Return when each turn of a call arrives."""
    pause = min(TURN_SECONDS, TALK_SECONDS / len(call.turns))
    arrivals = []
    for place, turn in enumerate(call.turns):
        arrivals.append(Arrival(start_seconds + place * pause, call, turn))
    # The last but one: that what arrives last need not be the newest.
    odd = len(arrivals) - 2
    if odd > 0 and call.kind is Kind.REVISED:
        arrivals[odd] = replace(arrivals[odd], is_held=True)
    if odd > 0 and call.kind is Kind.LATE:
        arrivals[odd] = replace(arrivals[odd], late_seconds=LATE_SECONDS)
    return arrivals
