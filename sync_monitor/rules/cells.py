"""What both sides said of a partition, as the cell that is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sync_monitor.measured import (
    FAULTS,
    Cell,
    CellState,
    Differences,
    Level,
    Partition,
    Sides,
)
from sync_monitor.model import Sync
from sync_monitor.rules.differences import differences_by_counts, faulty_extra
from sync_monitor.rules.periods import is_settled, promised_at

#: What a look finds within this time behind a promise was there by the promise, if the partition
#: was watched before: looks come at intervals.
CLOSING = timedelta(hours=1)


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
    return settle(cell, sync, now, before=before, confirm=confirm)


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
    return settle(deeper, sync, cell.checked_at, before=before, confirm=confirm)


def settle(
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


def first_whole(
    cell: Cell, state: CellState, sync: Sync, now: datetime, before: Cell | None
) -> datetime | None:
    """Return when a look first found no row of a partition missing."""
    if before is not None and before.whole_at is not None:
        return before.whole_at
    if state in (CellState.NO_PARTITION, CellState.ROWS_MISSING):
        return None
    promised = promised_at(cell.partition, sync)
    if now <= promised:
        return now
    if before is None or before.state in (CellState.AWAITED, CellState.NOT_SETTLED):
        # None is measured before its promise, so this is the first that was seen of it.
        return promised if now - promised <= CLOSING else None
    if before.is_confirmed and before.state in (CellState.NO_PARTITION, CellState.ROWS_MISSING):
        return now
    return None


def faulty_since(before: Cell | None, now: datetime) -> datetime:
    """Return since when a partition that is faulty now is seen to be."""
    if before is not None and before.is_faulty and before.differs_since is not None:
        return before.differs_since
    return now


def is_confirmed(
    before: Cell | None, since: datetime | None, now: datetime, confirm: timedelta
) -> bool:
    """Return whether a fault counts: a second look found it again, `confirm` behind the first.

    What was confirmed once stays so while it is faulty. Without a wait one look is enough.
    """
    if since is None:
        return False
    if before is not None and before.is_faulty and before.is_confirmed:
        return True
    return now - since >= confirm


def unmeasured(partition: Partition, before: Cell | None = None) -> Cell:
    """Return the cell of a partition that nothing is known of now.

    What was known before is not carried forward, but when it was whole is.
    """
    whole_at = None
    if before is not None:
        whole_at = before.whole_at
    return Cell(partition, CellState.NOT_MEASURED, whole_at=whole_at)
