"""Severities, numbers and moments in the words of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from oracle_cdc.running.clock import utc_now
from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Severity
from sync_monitor.rules.figures import in_hours

#: A shape beside the word, so that no colour is needed.
GLYPHS = {
    Severity.CRITICAL: "◆",
    Severity.UNKNOWN: "?",
    Severity.WARNING: "▲",
    Severity.OK: "●",
}
WORDS = {
    Severity.CRITICAL: "Critical",
    Severity.UNKNOWN: "Not measured",
    Severity.WARNING: "Warning",
    Severity.OK: "OK",
}
#: What the days of a strip are, with the class that draws each.
STATES = {
    CellState.OK: ("ok", "in sync"),
    CellState.LATE: ("late", "late"),
    CellState.ROWS_MISSING: ("part", "rows missing"),
    CellState.NO_PARTITION: ("miss", "no partition"),
    CellState.EXTRA: ("dup", "too many rows"),
    CellState.CHANGED: ("other", "changed rows"),
    CellState.NOT_MEASURED: ("unk", "not measured"),
    CellState.NOT_SETTLED: ("open", "not settled"),
    CellState.AWAITED: ("open", "not promised yet"),
}
#: Instead of a figure that nobody measured.
NOTHING = "—"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """Moments as the clocks of one zone show them, always absolute.

    Parameters:
        now: the time, by which what is near is shown shorter.
    """

    zone: ZoneInfo
    now: Callable[[], datetime] = utc_now

    def day_of(self, moment: datetime) -> date:
        """Return the day that a moment falls into."""
        return moment.astimezone(self.zone).date()

    def time(self, moment: datetime) -> str:
        """Return such as 09:52:00."""
        return moment.astimezone(self.zone).strftime("%H:%M:%S")

    def day(self, moment: datetime) -> str:
        """Return such as 25 Nov."""
        shown = moment.astimezone(self.zone)
        return f"{shown.day} {shown:%b}"

    def moment(self, moment: datetime) -> str:
        """Return such as Wed 25 Nov 09:52."""
        shown = moment.astimezone(self.zone)
        return f"{shown:%a} {shown.day} {shown:%b} {shown:%H:%M}"

    def near(self, moment: datetime) -> str:
        """Return such as 09:52 of today, Tue 20:22 of the last days, else 12 Nov 20:22."""
        shown, now = moment.astimezone(self.zone), self.now().astimezone(self.zone)
        if shown.date() == now.date():
            return f"{shown:%H:%M}"
        if abs((now.date() - shown.date()).days) < 7:
            return f"{shown:%a %H:%M}"
        return f"{shown.day} {shown:%b %H:%M}"

    def exact(self, moment: datetime) -> str:
        """Return the same, with the second where it is of today."""
        if self.day_of(moment) == self.day_of(self.now()):
            return self.time(moment)
        return self.near(moment)

    def whole(self, moment: datetime) -> str:
        """Return such as 2026-11-25 09:52:00."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")


def count(number: int | None) -> str:
    """Return a number with commas between its thousands."""
    if number is None:
        return NOTHING
    return f"{number:,}"


def isolated(name: str) -> str:
    """Return a name that moves no sign beside it, whichever way it is written."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


def many(number: int, word: str) -> str:
    """Return how many of something, such as 1 row or 2 rows."""
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word}s"


def hours(length: timedelta | None) -> str:
    """Return a length in hours, with one decimal."""
    found = in_hours(length)
    if found is None:
        return NOTHING
    return f"{found} h"


def percent(value: Decimal | None) -> str:
    """Return a share without zeros at its end: 99 rather than 99.00."""
    if value is None:
        return NOTHING
    return f"{plain(value)} %"


def plain(value: Decimal) -> str:
    """Return a number without zeros at its end."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def length(duration: timedelta) -> str:
    """Return a duration in its two greatest units."""
    if duration < MINUTE:
        return f"{duration.total_seconds():.1f} s"
    if duration < HOUR:
        return f"{duration // MINUTE} min"
    if duration < 2 * DAY:
        return f"{duration // HOUR} h {duration % HOUR // MINUTE} min"
    return f"{duration // DAY} days {duration % DAY // HOUR} h"


def cell_in_words(cell: Cell) -> str:
    """Return what is known of a partition in one line."""
    if cell.oracle_rows is None or cell.lake_rows is None:
        return STATES[cell.state][1]
    return (
        f"{STATES[cell.state][1]}: {count(cell.oracle_rows)} in Oracle, "
        f"{count(cell.lake_rows)} in the lake"
    )
