"""Tells when something has gone wrong so many times that nothing else came between."""

from __future__ import annotations

from enum import Enum


class Turn(Enum):
    """What some more outcomes change."""

    NONE = "none"
    BEGINS = "begins"
    ENDS = "ends"


class Streak:
    """Counts what went wrong in a row; one that went well ends it. Used by one thread.

    Parameters:
        limit: so many make a streak.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0

    def add(self, *, bad: int, good: int) -> Turn:
        """Count outcomes that came together, and say whether a streak begins or ends with them."""
        before = self.count
        self.count = 0 if good else before + bad
        if before < self.limit <= self.count:
            return Turn.BEGINS
        return Turn.ENDS if good and before >= self.limit else Turn.NONE
