"""A stretch of time in equal steps, of each of which the last look is shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_monitor.history.chart_queries import first_began, sample_looks
from sync_monitor.verdicts import Look
from sync_monitor.web.words import DAY, HOUR, Clock

#: How long a trend may be, the shortest first, and its steps.
LENGTHS = (
    (6 * HOUR, 36),
    (2 * DAY, 48),
    (7 * DAY, 56),
    (31 * DAY, 62),
)
TICKS = 6


@dataclass(frozen=True)
class Timeline:
    """Equal steps up to now."""

    borders: tuple[datetime, ...]

    @classmethod
    def of(cls, now: datetime, length: timedelta, steps: int) -> Timeline:
        """Return the steps of a length of time before now, which is within the last."""
        step = length / steps
        end = now + timedelta(microseconds=1)
        return cls(tuple(end - step * back for back in range(steps, -1, -1)))

    @classmethod
    def over(
        cls, connection: sqlite3.Connection, sync: str, now: datetime, interval: timedelta
    ) -> Timeline:
        """Return the shortest one that holds all looks of a sync, and no more than a month.

        Its steps are long enough for two looks, so that a step without one is a hole.
        """
        first = first_began(connection, sync)
        for length, steps in LENGTHS:
            if first is not None and now - first <= length and length / steps >= 2 * interval:
                return cls.of(now, length, steps)
        length, steps = LENGTHS[-1]
        return cls.of(now, length, steps)

    def read(self, connection: sqlite3.Connection, sync: str) -> list[Look | None]:
        """Return the last look of each step that measured both sides, None where there is none."""
        return sample_looks(connection, sync, self.borders)

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return self.borders[-1] - self.borders[0]

    @property
    def in_words(self) -> str:
        """Return how long it is, in words."""
        if self.length <= 2 * DAY:
            return f"last {self.length // HOUR} hours"
        return f"last {self.length // DAY} days"

    def place(self, moment: datetime) -> float:
        """Return where a moment is, from 0 to 1."""
        return (moment - self.borders[0]) / self.length

    def text(self, moment: datetime, clock: Clock) -> str:
        """Return a moment as its scale shows it: its time within days, else its day."""
        if self.length <= 2 * DAY:
            return clock.time(moment)[:5]
        return clock.day(moment)

    def ticks(self, clock: Clock) -> list[tuple[float, str]]:
        """Return some places with what they are called."""
        found: list[tuple[float, str]] = []
        for number in range(TICKS + 1):
            at = number / TICKS
            found.append((at, self.text(self.borders[0] + self.length * at, clock)))
        return found
