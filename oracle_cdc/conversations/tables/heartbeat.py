"""CDC_PROCESSING_STATUS: the sign of life, with the watermark and the count that go with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from oracle_cdc.conversations.tables.modes import read_total
from oracle_cdc.conversations.tables.row_lock import RowLock
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)

#: The longest time between two heartbeats inside a long cycle. The health query calls LAST_UPDATED
#: stale after 5 minutes.
HEARTBEAT_SECONDS = 25.0


@dataclass(frozen=True)
class Doubt:
    """Accepted sendings that may be counted by now, and the total before."""

    accepted: int
    total: int


class Heartbeat:
    """Writes a mode's progress and sign of life.

    Accepted sendings beside which the row was locked are kept, and counted with the next heartbeat
    that stands alone.

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
        self.doubt: Doubt | None = None
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
        job_id: str | None = None,
    ) -> bool:
        """Write a heartbeat that stands alone in its transaction, and return whether its row was
        free.

        Parameters:
            seen: the watermark as it was read. Where somebody moved it since, it stays.
            watermark: the new one.
            job_id: of the historical job whose cursor it is: another one may begin where it began.
        """
        with self.lock:
            self.settle_doubt(session)
            if self.accepted and not self.row_lock.is_resting:
                self.doubt = Doubt(self.accepted, read_total(session, self.mode))
            is_written = self.write(
                session, self.accepted, seen=seen, watermark=watermark, job_id=job_id
            )
            if is_written:
                self.accepted, self.doubt = 0, None
            self.settle_doubt(session)
            return is_written

    def settle_doubt(self, session: Session) -> None:
        """Find out whether sendings were counted by a write of which nothing was heard.

        The total stands still unless they were, or another copy counts beside this one. They are
        not counted twice, and where that other copy wrote alone, they are missing.
        """
        if self.doubt is None:
            return
        if read_total(session, self.mode) != self.doubt.total:
            self.accepted -= self.doubt.accepted
            logger.info(
                "TOTAL_PROCESSED has changed since a write whose answer was lost; "
                "what that was to count is taken as counted: %d",
                self.doubt.accepted,
            )
        self.doubt = None

    def commit_with_heartbeat(self, session: Session, change: Callable[[], int]) -> bool:
        """Make changes, and commit them with a heartbeat in the same round trip.

        Returns False when the heartbeat's row is locked: then they are committed without it. Raises
        OracleUnavailable when it is unknown whether they were.

        Parameters:
            change: makes the changes, but for those that are committed already, and returns how
                many accepted sendings they stand for.
        """
        accepted = change()
        if not self.row_lock.is_resting:
            with self.lock:
                self.settle_doubt(session)
                if self.write(session, accepted):
                    return True
            # A commit that took too long looks like a lock, too. What it committed is counted, and
            # is not among what is changed now.
            session.rollback()
            accepted = change()
        session.commit()
        with self.lock:
            self.accepted += accepted
        return False

    def write(
        self,
        session: Session,
        accepted: int,
        *,
        seen: datetime | None = None,
        watermark: datetime | None = None,
        job_id: str | None = None,
    ) -> bool:
        """Write a heartbeat that counts accepted sendings, commit, and return whether its row was
        free.
        """

        def execute() -> int:
            return session.execute(
                "record_cycle",
                commit=True,
                mode_name=self.mode,
                is_one_mode=int(self.is_one_mode),
                accepted=accepted,
                seen_watermark=seen,
                new_watermark=watermark,
                job_id=job_id,
            )

        if self.row_lock.attempt(session, execute) is None:
            return False
        self.written_at = self.clock()
        return True
