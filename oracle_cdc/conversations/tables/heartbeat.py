"""CDC_PROCESSING_STATUS: the sign of life, with the watermark and the count that go with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from oracle_cdc.conversations.tables.row_lock import RowLock, do_nothing
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.session import Session

#: The longest time between two heartbeats inside a long cycle. The health query calls LAST_UPDATED
#: stale after 5 minutes.
HEARTBEAT_SECONDS = 25.0


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
            return self.write(session, 0, seen=seen, watermark=watermark, job_id=job_id)

    def beat_and_commit(self, session: Session, *, accepted: int) -> bool:
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
        job_id: str | None = None,
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
                job_id=job_id,
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
