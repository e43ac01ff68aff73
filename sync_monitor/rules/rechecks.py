"""Which partitions a look measures, and in which order: each in its time, within a budget of rows.

A closed partition is measured after its promise, and again after some days. What is faulty is
measured each time. So a look costs the same however large the table is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sync_monitor.measurements import UNJUDGED, Cell, Partition
from sync_monitor.model import Sync
from sync_monitor.rules.periods import promised_at

#: When a closed partition is measured again, behind its promise.
AGAIN_AFTER = tuple(timedelta(days=days) for days in (1, 2, 3, 7, 14, 30))
#: How much later a recheck may come before what it would have checked is not claimed any more.
GRACE = timedelta(days=1)


class Due(NamedTuple):
    """A partition that is to be measured, and how many rows it has, about.

    Parameters:
        rows: of Oracle when it was measured last. None: never.
    """

    partition: Partition
    rows: int | None


def due_partitions(
    window: Sequence[Partition],
    cells: Mapping[str, Cell],
    now: datetime,
    sync: Sync,
    *,
    changed: Container[str] = (),
    kept: Container[str] = (),
    is_of_all: bool = False,
) -> tuple[Due, ...]:
    """Return the partitions that are to be measured, the most urgent first.

    They are: what is faulty, what has changed in the lake, then what was never measured since its
    promise, then what is to be measured again, and of each the newest first.

    Parameters:
        window: settled partitions, ascending.
        cells: as they are known, by their partitions' keys.
        changed: keys of partitions that are not as they were when they were measured.
        kept: keys of partitions that looks measured which failed, since the last one that did
            not. A confirmed fault among them is not due, or no look would get beyond many of them.
        is_of_all: what is not due is measured too, last: a look gets beyond the one before.
    """
    faulty: list[Due] = []
    other: list[Due] = []
    never: list[Due] = []
    again: list[Due] = []
    rest: list[Due] = []
    for partition in reversed(window):
        if promised_at(partition, sync) > now:
            continue
        cell = cells.get(partition.key)
        if cell is None or cell.state in UNJUDGED:
            never.append(Due(partition, rows_of(cell)))
        elif cell.is_faulty:
            is_kept = partition.key in kept and partition.key not in changed
            if is_of_all or not (is_kept and is_found_lately(cell, now)):
                faulty.append(Due(partition, rows_of(cell)))
        elif partition.key in changed:
            other.append(Due(partition, rows_of(cell)))
        elif is_due_again(cell, now, sync):
            again.append(Due(partition, rows_of(cell)))
        elif is_of_all:
            rest.append(Due(partition, rows_of(cell)))
    return (*faulty, *other, *never, *again, *rest)


def rows_of(cell: Cell | None) -> int | None:
    """Return how many rows of Oracle a cell has."""
    if cell is None:
        return None
    return cell.oracle_rows


def is_due_again(cell: Cell, now: datetime, sync: Sync) -> bool:
    """Return whether a moment has passed since the last measurement at which another one is due."""
    if cell.checked_at is None:
        return True
    promised = promised_at(cell.partition, sync)
    checked = cell.checked_at - promised
    passed = now - promised
    return bisect_right(AGAIN_AFTER, passed) > bisect_right(AGAIN_AFTER, checked)


def is_found_lately(cell: Cell, now: datetime) -> bool:
    """Return whether a fault is confirmed, and was found again within the last day."""
    return cell.is_confirmed and cell.checked_at is not None and now - cell.checked_at <= GRACE


def is_overdue(cell: Cell, now: datetime, sync: Sync) -> bool:
    """Return whether a recheck is too late, so that what the cell says is not claimed any more."""
    return is_due_again(cell, now - GRACE, sync)


def within_budget(due: Sequence[Due], rows: int) -> tuple[Due, ...]:
    """Return the first of the due partitions that together have no more rows than that.

    One at least, so that a partition larger than the budget is measured some time. What was never
    measured counts as much as the largest that is known.
    """
    largest = 0
    for each in due:
        largest = max(largest, each.rows or 0)
    chosen: list[Due] = []
    for each in due:
        count = each.rows
        if count is None:
            count = largest
        rows -= count
        if chosen and rows < 0:
            break
        chosen.append(each)
    return tuple(chosen)
