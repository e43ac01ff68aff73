"""What is said in the calls: transcripts that lie beside the checkout, else generated ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from oracle_cdc.demo.conversations.transcripts import Turn, read_transcripts

ROOT = Path(__file__).parents[1]
#: Where transcripts are looked for, from the folder that holds the checkout.
PLACES = "*/data/*.jsonl.gz"
KINDS = 3000
SEGMENTS_ON_AVERAGE = 15
SECONDS_BETWEEN_SEGMENTS = 8.0
FIRST_CALL_ID = 7_000_000_000

WORDS = (  # noqa: SIM905 - words read better as words
    "hello good morning my line is down since yesterday and nobody answers please check the "
    "invoice of last month it shows a double charge thank you one moment I am looking "
    "שלום בוקר טוב אני צריך עזרה עם החשבון שלי הקו לא עובד"
).split()

Row = tuple[object, ...]


def read_conversations(transcripts: Path | None) -> list[list[Turn]]:
    """Read the transcripts of a file, or of one that lies beside the checkout, or generate some."""
    if transcripts:
        return read_transcripts(transcripts, KINDS)
    found = sorted(ROOT.parent.glob(PLACES))
    if found:
        return read_transcripts(found[0], KINDS)
    return generate()


def generate() -> list[list[Turn]]:
    """Generate conversations of the transcripts' shape, always the same."""
    rng = random.Random(1)
    return [converse(rng) for _ in range(KINDS)]


def converse(rng: random.Random) -> list[Turn]:
    """Generate one conversation, in which customer and agent speak by turns."""
    length = rng.randint(SEGMENTS_ON_AVERAGE - 8, SEGMENTS_ON_AVERAGE + 8)
    turns = []
    for number in range(length):
        words = rng.choices(WORDS, k=rng.randint(3, 16))
        turns.append(Turn("CA"[number % 2], " ".join(words)))
    return turns


def spread(
    conversations: Sequence[Sequence[Turn]],
    count: int,
    start: datetime,
    end: datetime,
    first: int = FIRST_CALL_ID,
) -> Iterator[Row]:
    """Yield the source's rows of `count` calls that begin evenly between start and end, by call."""
    step = (end - start) / count
    for number in range(count):
        turns = conversations[number % len(conversations)]
        yield from rows_of(turns, first + number, start + step * number)


def rows_of(turns: Sequence[Turn], call_id: int, began: datetime) -> Iterator[Row]:
    """Yield the source's rows of one call."""
    for number, turn in enumerate(turns):
        said_at = began + timedelta(seconds=number * SECONDS_BETWEEN_SEGMENTS)
        yield (
            call_id,
            f"B-{call_id}",
            f"050-{call_id % 10_000_000}",
            turn.owner,
            turn.text,
            said_at,
            began,
        )
