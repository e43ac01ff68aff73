"""What is said in the calls of a round: drawn from a seed, or from a file of transcripts."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

Turns = list[tuple[str, str]]

WORDS = (  # noqa: SIM905 - words read better as words
    "שלום בוקר טוב אני צריך עזרה עם החשבון שלי הקו לא עובד תודה רבה רגע בבקשה מספר לקוח תאריך חיוב "
    "כפול hello my line is down since morning please check the invoice double charge thank you one "
    "moment customer number date payment card contract upgrade roaming 😀 € ß"
).split()
#: What SQS refuses as it is, what JSON escapes, what XML would not take, and what is longer than
#: 4000 bytes.
ODD_TEXTS = (
    "a\ufffeb",
    "tab\tand\nline",
    'quote " and \\ backslash',
    "bell \u0007",
    "  padded  ",
    "\u2028 separator",
    "long " * 1200,
)
#: How a file begins that gzip made.
GZIPPED = b"\x1f\x8b"
BLANKS = (" ", "\n", "\t ")
ODD_SHARE = 0.04
BLANK_SHARE = 0.05


@cache
def read_transcripts(path: Path) -> Sequence[Turns]:
    """Read all conversations of a file of JSON lines: {"turns": [["C", "text"], ...]}."""
    raw = path.read_bytes()
    if raw[:2] == GZIPPED:
        raw = gzip.decompress(raw)
    transcripts: list[Turns] = []
    for line in raw.decode("utf-8-sig").split("\n"):
        if line:
            transcripts.append([(who, said or " ") for who, said in json.loads(line)["turns"]])
    return transcripts


def converse(rng: random.Random, transcripts: Sequence[Turns]) -> Turns:
    """Draw the turns of one call, at least two, mostly from both sides."""
    if transcripts:
        turns = rng.choice(transcripts)[:30]
    else:
        turns = invent(rng)
    return [(who, odd(rng, said)) for who, said in turns]


def invent(rng: random.Random) -> Turns:
    """Draw turns of a few words, from either side in turn."""
    turns: Turns = []
    for number in range(rng.randint(3, 9)):
        said = rng.choices(WORDS, k=rng.randint(1, 12))
        turns.append(("CA"[number % 2], " ".join(said)))
    return turns


def odd(rng: random.Random, said: str) -> str:
    draw = rng.random()
    if draw < ODD_SHARE:
        return rng.choice(ODD_TEXTS)
    if draw < ODD_SHARE + BLANK_SHARE:
        return rng.choice(BLANKS)
    return said
