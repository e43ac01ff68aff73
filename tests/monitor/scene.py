"""A table and its copy in memory, which looks measure as the monitor does, look after look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5

from sync_monitor.measurements import Cell, Newest, Partition, SchemaDifference, Sides
from sync_monitor.model import Sync
from sync_monitor.records import Entry
from sync_monitor.rows.drill import Leaf, Tally, drill
from sync_monitor.rules.cells import make_cell, with_rows
from sync_monitor.rules.conclusion import (
    Before,
    Measured,
    Taken,
    conclude,
    conclude_failure,
)
from sync_monitor.rules.periods import window
from sync_monitor.rules.rechecks import due_partitions, within_budget
from sync_monitor.triage.answer import Cause
from sync_monitor.triage.case import Case
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.verdicts import Trigger
from tests.monitor.building import CONFIRM, NOW

#: A row: key, when, contents.
Row = tuple[int, datetime, str]
INTERVAL = timedelta(minutes=15)


def digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


class Side:
    """The rows of a partition on one side, as the drill asks for them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    @property
    def checksum(self) -> int | None:
        if not self.rows:
            return None
        return sum(int(digest(f"{key}|{text}")[17:], 16) for key, _, text in self.rows)

    def buckets(self, width: int) -> Mapping[str, Tally]:
        found: dict[str, Tally] = {}
        for key, at, text in self.rows:
            name = digest(str(key))[:width]
            rows, total = found.get(name, Tally(0, 0))
            found[name] = Tally(rows + 1, total + (Side([(key, at, text)]).checksum or 0))
        return found

    def leaves(self, width: int, buckets: Sequence[str]) -> list[Leaf]:
        found = []
        for key, _, text in self.rows:
            if digest(str(key))[:width] in buckets:
                found.append(Leaf(str(key), digest(f"{key}|{text}")))
        return found


@dataclass
class Scene:
    """Oracle, the lake by its partitions, the clock, and what the history knows."""

    sync: Sync
    oracle: list[Row]
    lake: dict[str, list[Row]]
    now: datetime = NOW
    schema: SchemaDifference | None = None
    unregistered: tuple[str, ...] = ()
    error_code: str = ""
    lake_count_before: int | None = None
    entry: Entry | None = None
    before: Before = field(default_factory=Before)
    interval: timedelta = INTERVAL
    trigger: Trigger = Trigger.TIMER
    measured: list[str] = field(default_factory=list)

    def look(self) -> Entry:
        """Take a look, remember it, and let the clock go on."""
        taken = Taken(self.now, timedelta(seconds=1), self.interval, self.trigger)
        if self.error_code:
            entry = conclude_failure(self.sync, self.before, self.error_code, taken)
        else:
            entry = conclude(self.sync, self.before, self.measure(), taken)
        self.remember(entry)
        self.now += self.interval
        self.entry = entry
        return entry

    def measure(self) -> Measured:
        partitions = window(self.now, self.sync)
        due = due_partitions(partitions, self.before.cells, self.now, self.sync)
        cells = []
        self.measured = []
        for each in within_budget(due, 10**9):
            self.measured.append(each.partition.key)
            cells.append(self.measure_cell(each.partition))
        times = Newest(newest(self.oracle), self.newest_of_lake(), self.now)
        return Measured(cells, times, self.schema)

    def newest_of_lake(self) -> datetime | None:
        return newest([row for rows in self.lake.values() for row in rows])

    def measure_cell(self, partition: Partition) -> Cell:
        key = partition.key
        rows = [row for row in self.oracle if partition.begin <= row[1] < partition.end]
        here, there = Side(rows), Side(self.lake.get(key, []))
        sides = Sides(len(rows), len(there.rows), key in self.lake, here.checksum, there.checksum)
        before = self.before.cells.get(key)
        cell = make_cell(partition, sides, self.sync, self.now, before=before, confirm=CONFIRM)
        if cell.is_faulty and rows and there.rows:
            found = drill(here, there, max(len(rows), len(there.rows)))
            return with_rows(cell, *found, self.sync, before=before, confirm=CONFIRM)
        return cell

    def remember(self, entry: Entry) -> None:
        cells = dict(self.before.cells)
        for cell in entry.cells:
            cells[cell.partition.key] = cell
        spans = {span.begin: span for span in (*self.before.spans, *entry.spans)}
        issues = [issue for issue in entry.issues if issue.closed_at is None]
        ordered = tuple(spans[begin] for begin in sorted(spans))
        self.before = Before(entry.standing, cells, issues, ordered)

    def cause(self) -> Cause | None:
        """Return what triage says of the last look."""
        assert self.entry is not None
        look = self.entry.look
        times = None
        if not self.error_code:
            times = Newest(newest(self.oracle), self.newest_of_lake(), self.now)
        cells = []
        for each in window(self.now, self.sync):
            if each.key in self.before.cells:
                cells.append(self.before.cells[each.key])
        answer = diagnose(
            Case(
                self.sync,
                self.now,
                look.verdict,
                look.figures,
                tuple(cells),
                tuple(self.before.issues),
                look.error_code,
                times,
                self.schema,
                unregistered=self.unregistered,
                lake_count_before=self.lake_count_before,
            )
        )
        return None if answer is None else answer.cause


def newest(rows: list[Row]) -> datetime | None:
    return max((at for _, at, _ in rows), default=None)


def make_scene(sync: Sync, rows_a_day: int = 150) -> Scene:
    """Return a table that the lake has whole, up to now."""
    oracle: list[Row] = []
    lake: dict[str, list[Row]] = {}
    days = [*window(NOW, sync), *window(NOW + timedelta(days=1), sync)[-1:]]
    step = timedelta(days=1) / rows_a_day
    for partition in days:
        for number in range(rows_a_day):
            row = (len(oracle), partition.begin + step * number, f"row {number}")
            if row[1] < NOW:
                oracle.append(row)
                lake.setdefault(partition.key, []).append(row)
    return Scene(sync, oracle, lake)
