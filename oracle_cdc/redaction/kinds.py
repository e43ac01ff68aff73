"""The kinds of personal data that are found in texts, and what stands in their place."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """A kind of personal data, by the name that a setting has for it."""

    CARD = "card"
    ID = "id"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"

    @property
    def mark(self) -> str:
        """Return what stands in the place of what was found."""
        return f"[{self.name}]"


class Line(NamedTuple):
    """What one speaker says at a time."""

    speaker: str
    text: str


class Span(NamedTuple):
    """Characters of one line.

    Parameters:
        line: its number among all lines.
    """

    line: int
    start: int
    end: int


class Finding(NamedTuple):
    """One thing that was found, in as many spans as it is spread over."""

    kind: Kind
    spans: tuple[Span, ...]
