"""Syncs, partitions and cells as the tests of the monitor need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sync_monitor.measurements import Cell, Figures, Newest, Partition, Sides
from sync_monitor.model import Sync
from sync_monitor.rules.cells import make_cell
from sync_monitor.rules.figures import measure
from sync_monitor.rules.periods import day_partition
from sync_monitor.rules.severity import judge
from sync_monitor.verdicts import Verdict

#: A Wednesday, 09:52.
NOW = datetime(2026, 11, 25, 9, 52, tzinfo=timezone.utc)
EMPLOYEES = Sync("HR.EMPLOYEES", "HR.EMPLOYEES", "hr.employees", "UPDATED_AT", keys=("ID",))
CONFIRM = timedelta(minutes=15)


def day(text: str, sync: Sync = EMPLOYEES) -> Partition:
    return day_partition(date.fromisoformat(text), sync.zone)


def cell(key: str, oracle: int, lake: int, sync: Sync = EMPLOYEES, **changes: Any) -> Cell:
    """Return a cell that is confirmed, unless a wait is asked for."""
    sides = {name: changes.pop(name) for name in ("oracle_sum", "lake_sum") if name in changes}
    has_partition = changes.pop("has_partition", lake > 0)
    now = changes.pop("now", NOW)
    counted = Sides(oracle, lake, has_partition, **sides)
    return make_cell(day(key, sync), counted, sync, now, **changes)


def newest(oracle: str | None = None, lake: str | None = None, now: datetime = NOW) -> Newest:
    return Newest(moment(oracle), moment(lake), now)


def moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def at(hours: float) -> datetime:
    """Return a moment some hours behind NOW."""
    return NOW + timedelta(hours=hours)


def figures_of(*cells: Cell, **changes: Any) -> Figures:
    sync = changes.pop("sync", EMPLOYEES)
    return measure(cells, changes.pop("newest", newest()), deletes=sync.deletes, **changes)


def judged(*cells: Cell, sync: Sync = EMPLOYEES, **changes: Any) -> Verdict:
    return judge(sync, figures_of(*cells, sync=sync, **changes))


def with_changes(sync: Sync = EMPLOYEES, **changes: Any) -> Sync:
    return replace(sync, **changes)
