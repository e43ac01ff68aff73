"""What both sides said of a partition, as the cell that is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sync_monitor.measurements import (
    FAULTS,
    Cell,
    CellState,
    Differences,
    Level,
    Partition,
    Sides,
)
from sync_monitor.model import Sync
from sync_monitor.rules.confirmation import faulty_since, first_whole, is_confirmed
from sync_monitor.rules.differences import differences_by_counts, faulty_extra
from sync_monitor.rules.periods import is_settled, promised_at


def make_cell(
    partition: Partition,
    sides: Sides,
    sync: Sync,
    now: datetime,
    *,
    before: Cell | None = None,
    confirm: timedelta = timedelta(0),
) -> Cell:
    """Return the cell of a partition that was measured now.

    Parameters:
        before: the cell as it was, from which it is known since when it is faulty or whole.
        confirm: how long behind the first look the second one must be.
    """
    level = Level.COUNTS
    if sides.have_sums:
        level = Level.CHECKSUM
    cell = Cell(
        partition,
        CellState.NOT_MEASURED,
        checked_at=now,
        oracle_rows=sides.oracle_rows,
        lake_rows=sides.lake_rows,
        has_partition=sides.has_partition,
        level=level,
        differences=differences_by_counts(sides),
    )
    return with_state(cell, sync, now, before=before, confirm=confirm)


def with_rows(
    cell: Cell,
    found: Differences,
    buckets: tuple[int, int],
    sync: Sync,
    *,
    before: Cell | None = None,
    confirm: timedelta = timedelta(0),
) -> Cell:
    """Return a measured cell with what the comparison of its rows found."""
    assert cell.checked_at is not None
    deeper = replace(cell, differences=found, buckets=buckets, level=Level.KEYS)
    return with_state(deeper, sync, cell.checked_at, before=before, confirm=confirm)


def with_state(
    cell: Cell,
    sync: Sync,
    now: datetime,
    *,
    before: Cell | None = None,
    confirm: timedelta = timedelta(0),
) -> Cell:
    """Return a cell with its state, and since when it is so."""
    assert cell.differences is not None
    state = state_of_rows(cell, sync)
    whole_at = first_whole(cell, state, sync, now, before)
    if not is_settled(cell.partition, now, sync):
        return replace(cell, state=CellState.NOT_SETTLED, whole_at=whole_at)
    promised = promised_at(cell.partition, sync)
    if promised > now:
        return replace(cell, state=CellState.AWAITED, whole_at=whole_at)
    if state is CellState.OK and whole_at is not None and whole_at > promised:
        state = CellState.LATE
    since = None
    if state in FAULTS:
        since = faulty_since(before, now)
    return replace(
        cell,
        state=state,
        whole_at=whole_at,
        differs_since=since,
        is_confirmed=is_confirmed(before, since, now, confirm),
    )


def state_of_rows(cell: Cell, sync: Sync) -> CellState:
    """Return how the rows of a partition are, whatever its promise: the worst that is there."""
    found = cell.differences
    assert found is not None
    if cell.oracle_rows and not cell.lake_rows:
        return CellState.NO_PARTITION
    if found.missing:
        return CellState.ROWS_MISSING
    if faulty_extra(found, sync.deletes):
        return CellState.EXTRA
    if found.changed or found.has_other_sum:
        return CellState.CHANGED
    return CellState.OK


def unmeasured(partition: Partition, before: Cell | None = None) -> Cell:
    """Return the cell of a partition that nothing is known of now.

    What was known before is not carried forward, but when it was whole is.
    """
    whole_at = None
    if before is not None:
        whole_at = before.whole_at
    return Cell(partition, CellState.NOT_MEASURED, whole_at=whole_at)
