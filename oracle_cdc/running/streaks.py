"""Counts what goes wrong in a row, and says when that begins and ends."""

from __future__ import annotations

from enum import Enum


class Change(Enum):
    """What some more outcomes change."""

    NONE = "none"
    BEGINS = "begins"
    ENDS = "ends"


class Streak:
    """Counts what went wrong in a row, which one that went well ends. One thread uses it.

    Parameters:
        limit: how many make a streak.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0

    def add(self, *, bad: int, good: int) -> Change:
        """Count outcomes that came together, and say whether a streak begins or ends with them."""
        before = self.count
        self.count += bad
        if good:
            self.count = 0
        if before < self.limit <= self.count:
            return Change.BEGINS
        if good and before >= self.limit:
            return Change.ENDS
        return Change.NONE
