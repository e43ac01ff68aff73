"""How much the demo of all writes, and in which time."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from oracle_cdc.demo.changes.transactions import FEWEST_CHANGES
from oracle_cdc.demo.events.rows import FEWEST_ROWS
from oracle_cdc.errors import SettingsError

#: So that all that is odd is among them.
FEWEST = max(FEWEST_ROWS, FEWEST_CHANGES)
DEFAULT_CALLS, DEFAULT_ROWS = 24, 500
#: Slow enough that everything happens in the middle of the writing.
ROWS_PER_SECOND = 12.5
#: In a long run.
SECONDS_PER_CALL, SECONDS_PER_ROW = 4.0, 0.5


@dataclass(frozen=True)
class Plan:
    """Counts of what is written, and in how many seconds.

    Parameters:
        rows: that become events, and as many changes at least.
        is_long: whether it is a long run, in which nothing may grow.
        day_seconds: between two days that are loaded into the lake.
    """

    calls: int
    rows: int
    seconds: float
    is_long: bool = False
    day_seconds: float = 2.0
    chance: random.Random = field(default_factory=random.Random)

    @property
    def look_seconds(self) -> float:
        """Return the time between two looks at everything."""
        if self.is_long:
            return 5.0
        return 1.0

    @property
    def line_seconds(self) -> float:
        """Return the time between two lines, where there is no live picture."""
        return 3 * self.look_seconds


def make_plan(calls: int | None, rows: int | None, minutes: float | None) -> Plan:
    """Return what a demo writes, by its options. Raises SettingsError for too little."""
    if rows is not None and rows < FEWEST:
        raise SettingsError(f"demo all: --rows is {rows}, of at least {FEWEST}")
    if minutes is None:
        rows = rows or DEFAULT_ROWS
        return Plan(calls or DEFAULT_CALLS, rows, rows / ROWS_PER_SECOND)
    seconds = minutes * 60
    return Plan(
        calls or int(seconds / SECONDS_PER_CALL) + 1,
        rows or max(FEWEST, int(seconds / SECONDS_PER_ROW)),
        seconds,
        is_long=True,
    )
