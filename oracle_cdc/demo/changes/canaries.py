"""Texts that must never be seen outside Oracle, and what they are known by."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

#: Short enough for the number of a social security.
BEGINNING, DIGITS = "Q7Z", 8
CARD_BEGINNING, CARD_DIGITS = "458077", 16
CANARY = re.compile(rf"{BEGINNING}\d{{{DIGITS}}}|{CARD_BEGINNING}\d{{{CARD_DIGITS - 6}}}")


class Canaries:
    """Makes texts of which no two are alike, and remembers how many it made."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.numbers = itertools.count(1)
        self.count = 0

    def make(self) -> str:
        """Return a text for a column that is replaced as a whole."""
        self.count += 1
        return f"{BEGINNING}{next(self.numbers):0{DIGITS}}"

    def make_card(self) -> str:
        """Return the number of a card, as people write it into notes."""
        self.count += 1
        number = next(self.numbers)
        digits = f"{CARD_BEGINNING}{number:0{CARD_DIGITS - len(CARD_BEGINNING) - 1}}"
        return digits + str(check_digit(digits))


def check_digit(digits: str) -> int:
    """Return the digit that Luhn's rule wants behind these."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return -total % 10


def find_canaries(text: str) -> Iterator[str]:
    """Yield those that a text has."""
    for found in CANARY.finditer(text):
        yield found.group()
