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
    "שלום בוקר טוב אני צריך עזרה עם החשבון שלי הקו לא עובד תודה רבה רגע בבקשה מספר לקוח תאריך חיוב כפול "
    "hello my line is down since morning please check the invoice double charge thank you one moment customer "
    "number date payment card contract upgrade roaming 😀 € ß"
).split()
#: What SQS refuses as it is, what JSON escapes, what XML would not take, and what is longer than 4000 bytes.
ODD_TEXTS = (
    "a\ufffeb",
    "tab\tand\nline",
    'quote " and \\ backslash',
    "bell \u0007",
    "  padded  ",
    "\u2028 separator",
    "long " * 1200,
)
BLANKS = (" ", "\n", "\t ")
ODD_SHARE = 0.04
BLANK_SHARE = 0.05


@cache
def read_transcripts(path: Path) -> Sequence[Turns]:
    """All conversations of a file of JSON lines, plain or gzip: {"turns": [["C", "text"], ...]}."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    return [
        [(who, said or " ") for who, said in json.loads(line)["turns"]]
        for line in text.split("\n")
        if line
    ]


def converse(rng: random.Random, transcripts: Sequence[Turns]) -> Turns:
    """The turns of one call, at least two, mostly from both sides."""
    turns = list(rng.choice(transcripts)[:30]) if transcripts else invent(rng)
    return [(who, odd(rng, said)) for who, said in turns]


def invent(rng: random.Random) -> Turns:
    return [
        ("CA"[number % 2], " ".join(rng.choices(WORDS, k=rng.randint(1, 12))))
        for number in range(rng.randint(3, 9))
    ]


def odd(rng: random.Random, said: str) -> str:
    draw = rng.random()
    if draw < ODD_SHARE:
        return rng.choice(ODD_TEXTS)
    return rng.choice(BLANKS) if draw < ODD_SHARE + BLANK_SHARE else said
