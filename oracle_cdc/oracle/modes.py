"""CDC_PROCESSING_STATUS: watermark, switch and heartbeat of the two modes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from oracle_cdc.claims import Moment
from oracle_cdc.errors import CdcError, OracleUnavailable, RowLocked
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)

NORMAL_MODE = "CDC_NORMAL_MODE"
HISTORICAL_MODE = "CDC_HISTORICAL_MODE"

#: A DBA's uncommitted update of a mode's row delays the service by at most this (CONTRACT section 2).
LOCK_WAIT_SECONDS = 5.0
#: While the row is locked, it is not tried more often than this.
LOCK_PAUSE_SECONDS = 30.0
#: Inside a long cycle LAST_UPDATED moves at least this often; the health query calls it stale after 5 minutes.
HEARTBEAT_SECONDS = 25.0


@dataclass(frozen=True)
class Mode:
    """A mode's row, and the database's clocks when it was read."""

    is_enabled: bool
    watermark: datetime | None
    coverage_start: datetime | None
    total_processed: int
    moment: Moment

    @property
    def lag_seconds(self) -> float | None:
        """How far the watermark is behind the database's clock."""
        if self.watermark is None:
            return None
        return round(max(0.0, (self.moment.now - self.watermark).total_seconds()), 3)


def read_mode(session: Session, name: str) -> Mode | None:
    """The mode's row; None when there is none."""
    records = session.query("read_modes", mode_name=name)
    return to_mode(records[0]) if records else None


def to_mode(record: dict[str, object]) -> Mode:
    return Mode(
        is_enabled=record["is_enabled"] == 1,
        watermark=_time(record["watermark"]),
        coverage_start=_time(record["coverage_start"]),
        total_processed=int(str(record["total_processed"] or 0)),
        moment=Moment(_moment(record["now_time"]), _moment(record["utc_time"])),
    )


def begin_mode(session: Session, name: str, window_minutes: int) -> None:
    """Make the row and its first watermark where they are missing, and commit; else nothing changes."""
    session.execute("restore_mode", mode_name=name)
    session.execute("begin_coverage", commit=True, mode_name=name, window_minutes=window_minutes)


class Heartbeat:
    """Writes a mode's progress; a row that somebody has locked never holds up the work for long.

    Accepted sendings that could not be counted are kept and counted with the next heartbeat. is_alone: of this mode
    only, not of the service as a whole.
    """

    def __init__(
        self, mode: str, clock: Callable[[], float] = monotonic, *, is_alone: bool = False
    ) -> None:
        self.mode = mode
        self.is_alone = is_alone
        self.clock = clock
        self.lock = threading.Lock()
        self.accepted = 0
        self.locked_until = 0.0
        self.written_at = clock()

    @property
    def is_late(self) -> bool:
        return self.clock() - self.written_at >= HEARTBEAT_SECONDS

    def record(
        self,
        session: Session,
        *,
        accepted: int = 0,
        seen: datetime | None = None,
        watermark: datetime | None = None,
    ) -> bool:
        """Write and commit in one round trip; False when the row is locked and nothing could be written.

        What the session changed before in this transaction is committed in either case. Raises OracleUnavailable when
        it is unknown whether it was; then `accepted` is not counted, the caller finds out what is settled and counts
        again.
        """
        with self.lock:
            return self.record_alone(session, accepted, seen, watermark)

    def record_alone(
        self, session: Session, accepted: int, seen: datetime | None, watermark: datetime | None
    ) -> bool:
        self.accepted += accepted
        try:
            is_written = self.try_write(
                session, lambda: self.write(session, self.accepted, seen, watermark)
            )
        except CdcError:
            self.accepted -= accepted
            raise
        if is_written:
            self.accepted = 0
            self.written_at = self.clock()
        return is_written

    def try_write(self, session: Session, write: Callable[[], None]) -> bool:
        """Change a mode's row and commit; False when another session has it locked."""
        if self.clock() < self.locked_until:
            session.commit()
            return False
        try:
            with session.deadline(LOCK_WAIT_SECONDS):
                write()
        except (OracleUnavailable, RowLocked):
            self.explain(session)
            return False
        return True

    def write(
        self, session: Session, accepted: int, seen: datetime | None, watermark: datetime | None
    ) -> None:
        session.execute(
            "record_cycle",
            commit=True,
            mode_name=self.mode,
            is_alone=int(self.is_alone),
            accepted=accepted,
            seen_watermark=seen,
            new_watermark=watermark,
        )

    def explain(self, session: Session) -> None:
        """After a time-out: was it a lock? Else Oracle itself is in trouble, and that is raised."""
        session.commit()
        try:
            session.query("lock_modes")
        except RowLocked:
            self.locked_until = self.clock() + LOCK_PAUSE_SECONDS
            logger.warning(
                "a row of CDC_PROCESSING_STATUS is locked by another session's open transaction; working on without it"
            )
            return
        session.rollback()


def _time(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("the database's clock came back as no time")
    return value
