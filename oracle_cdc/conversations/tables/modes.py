"""CDC_PROCESSING_STATUS: watermark, switch and heartbeat of the two modes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TypeVar

from oracle_cdc.conversations.rules.claims import Clocks
from oracle_cdc.errors import CdcError, OracleUnavailable, RowLocked
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

NORMAL_MODE = "CDC_NORMAL_MODE"
HISTORICAL_MODE = "CDC_HISTORICAL_MODE"

#: A DBA's uncommitted update of a mode's row delays the service by at most this.
LOCK_WAIT_SECONDS = 5.0
#: While the row is locked, it is not tried more often than this.
LOCK_PAUSE_SECONDS = 30.0
#: The longest time between two heartbeats inside a long cycle. The health query calls LAST_UPDATED
#: stale after 5 minutes.
HEARTBEAT_SECONDS = 25.0


def do_nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Mode:
    """A mode's row, and the database's clocks when it was read."""

    is_enabled: bool
    watermark: datetime | None
    coverage_start: datetime | None
    total_processed: int
    clocks: Clocks

    @property
    def lag_seconds(self) -> float | None:
        """Return how far the watermark is behind the database's clock."""
        if self.watermark is None:
            return None
        return round(max(0.0, (self.clocks.now - self.watermark).total_seconds()), 3)


def read_mode(session: Session, name: str) -> Mode | None:
    """Return the mode's row, or None when there is none."""
    for record in session.query("read_modes", mode_name=name):
        return to_mode(record)
    return None


def to_mode(record: dict[str, object]) -> Mode:
    return Mode(
        is_enabled=record["is_enabled"] == 1,
        watermark=_time(record["watermark"]),
        coverage_start=_time(record["coverage_start"]),
        total_processed=int(str(record["total_processed"] or 0)),
        clocks=Clocks(_moment(record["now_time"]), _moment(record["utc_time"])),
    )


def begin_mode(session: Session, name: str, window_minutes: int) -> None:
    """Make the row and its first watermark where they are missing, and commit."""
    session.execute("restore_mode", mode_name=name)
    session.execute("begin_coverage", commit=True, mode_name=name, window_minutes=window_minutes)


class RowLock:
    """Changes a row of CDC_PROCESSING_STATUS, and never waits for long where another session has it
    locked.

    After a row was found locked, nobody asks for it again for LOCK_PAUSE_SECONDS.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.locked_until = 0.0

    def attempt(
        self,
        session: Session,
        write: Callable[[], Result],
        *,
        otherwise: Callable[[], None] = do_nothing,
    ) -> Result | None:
        """Run a write that commits, and return its result.

        Returns None where another session has the row locked. Raises OracleUnavailable when Oracle
        itself is in trouble.

        Parameters:
            otherwise: called where the write was not done. Nothing else commits what the session
                changed before.
        """
        if self.clock() < self.locked_until:
            otherwise()
            return None
        try:
            with session.deadline(LOCK_WAIT_SECONDS):
                return write()
        except (OracleUnavailable, RowLocked):
            otherwise()
            self.explain(session)
        return None

    def explain(self, session: Session) -> None:
        """Find out whether a lock kept a write waiting.

        Raises OracleUnavailable when Oracle itself is in trouble.
        """
        try:
            session.query("lock_modes")
        except RowLocked:
            self.locked_until = self.clock() + LOCK_PAUSE_SECONDS
            logger.warning(
                "a row of CDC_PROCESSING_STATUS is locked by another session's open transaction; "
                "working on without it"
            )
            return
        session.rollback()


class Heartbeat:
    """Writes a mode's progress and sign of life.

    Accepted sendings that could not be counted are kept and counted with the next heartbeat.

    Parameters:
        row_lock: of the rows that it writes.
        is_one_mode: the sign of life is this mode's only, and not that of the service as a whole.
    """

    def __init__(
        self,
        mode: str,
        row_lock: RowLock,
        clock: Callable[[], float] = monotonic,
        *,
        is_one_mode: bool = False,
    ) -> None:
        self.mode = mode
        self.row_lock = row_lock
        self.is_one_mode = is_one_mode
        self.clock = clock
        self.lock = threading.Lock()
        self.accepted = 0
        self.written_at = clock()

    @property
    def is_late(self) -> bool:
        return self.clock() - self.written_at >= HEARTBEAT_SECONDS

    def record(
        self,
        session: Session,
        *,
        seen: datetime | None = None,
        watermark: datetime | None = None,
    ) -> bool:
        """Write a heartbeat that stands alone in its transaction, and return whether its row was
        free.

        Parameters:
            seen: the watermark as it was read. Where somebody moved it since, it stays.
            watermark: the new one.
        """
        with self.lock:
            return self.write(session, 0, seen=seen, watermark=watermark)

    def commit(self, session: Session, *, accepted: int) -> bool:
        """Commit what the session changed, with a heartbeat in the same round trip.

        Returns False when the heartbeat's row is locked: then the changes are committed without it.
        Raises OracleUnavailable when it is unknown whether they were. Then `accepted` is not
        counted, because the caller finds out what is settled and counts again.
        """
        with self.lock:
            return self.write(session, accepted, otherwise=session.commit)

    def write(
        self,
        session: Session,
        accepted: int,
        *,
        seen: datetime | None = None,
        watermark: datetime | None = None,
        otherwise: Callable[[], None] = do_nothing,
    ) -> bool:
        """Write a heartbeat, and return whether its row was free.

        Parameters:
            accepted: sendings that are counted with it, or with a later one.
            otherwise: called where the row is locked.
        """
        self.accepted += accepted

        def execute() -> int:
            return session.execute(
                "record_cycle",
                commit=True,
                mode_name=self.mode,
                is_one_mode=int(self.is_one_mode),
                accepted=self.accepted,
                seen_watermark=seen,
                new_watermark=watermark,
            )

        try:
            rows = self.row_lock.attempt(session, execute, otherwise=otherwise)
        except CdcError:
            self.accepted -= accepted
            raise
        if rows is None:
            return False
        self.accepted = 0
        self.written_at = self.clock()
        return True


def _time(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("the database's clock came back as no time")
    return value
