"""Old rows of the journal, the error log and the ledger go, in small batches."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.jobs import read_history
from oracle_cdc.oracle.session import Binds, Session
from oracle_cdc.oracle.sweeps import read_ground
from oracle_cdc.windows import needed_from, sweep_start

logger = logging.getLogger(__name__)

#: Rows that one statement deletes: it holds its locks for a moment only.
BATCH_ROWS = 500
NEXT_BATCH_SECONDS = 1.0
LOOK_SECONDS = 600.0


@dataclass(frozen=True)
class Retention:
    """How long rows are kept, 0 = for ever, and what windows and sweeps reach back."""

    log_days: int
    ledger_days: int
    overlap: timedelta
    sweep_length: timedelta


@dataclass(frozen=True)
class Housekeeping:
    """Purges what the retention gives up. A call that has work left, or may be found again, stays in the ledger."""

    database: Database
    retention: Retention

    def step(self) -> float:
        """One batch of each table; the seconds until the next. Raises after all, if one can't be purged."""
        deleted, failure = 0, None
        with self.database.session() as session:
            for name, binds in self.purges(session):
                try:
                    count = session.execute(name, commit=True, row_limit=BATCH_ROWS, **binds)
                except OracleUnavailable:
                    raise
                except CdcError as error:
                    failure = failure or error
                    continue
                deleted = max(deleted, count)
                if count:
                    logger.debug("%s: %d rows", name, count)
        if failure is not None:
            raise failure
        return NEXT_BATCH_SECONDS if deleted == BATCH_ROWS else LOOK_SECONDS

    def purges(self, session: Session) -> Iterator[tuple[str, Binds]]:
        """Each statement that has something to do, with its binds."""
        if self.retention.log_days:
            yield "purge_log", {"days": self.retention.log_days}
            yield "purge_errors", {"days": self.retention.log_days}
        oldest = self.oldest_needed(session) if self.retention.ledger_days else None
        if oldest is not None:
            yield "purge_ledger", {"days": self.retention.ledger_days, "needed_from": oldest}

    def oldest_needed(self, session: Session) -> datetime | None:
        """None while coverage has not begun: then nothing of the ledger goes."""
        ground = read_ground(session, full_minutes=0)
        if ground is None:
            return None
        sweep = ground.range_start if ground.cursor else None
        if self.retention.sweep_length:
            start = sweep_start(
                ground.watermark,
                ground.coverage_start,
                ground.now,
                last_end=ground.last_end,
                length=self.retention.sweep_length,
            )
            sweep = min(start, sweep or start)
        history = read_history(session)
        cursor = None if history.job is None or history.job.is_finished else history.job.cursor
        return needed_from(
            ground.watermark,
            ground.now,
            overlap=self.retention.overlap,
            sweep=sweep,
            job_cursor=cursor,
        )
