"""Since when a partition is whole or faulty, and whether a fault is confirmed by a second look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Sync
from sync_monitor.rules.periods import promised_at

#: What a look finds within this time behind a promise was there by the promise, if the partition
#: was watched before: looks come at intervals.
CLOSING = timedelta(hours=1)


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
