"""The watermarks as a person moves them, and what lies between the old place and the new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.tables.row_lock import LOCK_WAIT_SECONDS
from oracle_cdc.errors import OracleUnavailable, RowLocked
from oracle_cdc.oracle.session import Session

#: Up to this many segments of a range are counted.
COUNTED_ROWS = 1_000_000


@dataclass(frozen=True)
class RangeCount:
    """What the source has from start to before end."""

    start: datetime
    end: datetime
    calls: int
    segments: int
    unknown_calls: int

    @property
    def is_partial(self) -> bool:
        """Return whether there is more than was counted."""
        return self.segments >= COUNTED_ROWS


def count_range(session: Session, start: datetime, end: datetime) -> RangeCount:
    """Count a range of TEXT_TIME, where an empty one costs nothing."""
    if start >= end:
        return RangeCount(start, start, 0, 0, 0)
    (counted,) = session.query(
        "count_range", window_start=start, window_end=end, row_limit=COUNTED_ROWS
    )
    return RangeCount(
        start, end, int(counted["calls"]), int(counted["segments"]), int(counted["unknown_calls"])
    )


def move_watermark(session: Session, mode: str, watermark: datetime) -> None:
    """Write the watermark and commit.

    Running copies follow within one cycle. Raises RowLocked when another session keeps the row
    locked for longer than LOCK_WAIT_SECONDS.
    """
    try:
        with session.deadline(LOCK_WAIT_SECONDS):
            session.execute("move_watermark", commit=True, mode_name=mode, new_watermark=watermark)
    except OracleUnavailable as error:
        what = f"{error}; the row {mode} may be locked by another session's open transaction"
        raise RowLocked(what) from error
