"""Old rows of the journal, the error log and the ledger go, in small batches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from oracle_cdc.conversations.rules.windows import needed_from, sweep_start
from oracle_cdc.conversations.tables.jobs import read_job_status
from oracle_cdc.conversations.tables.purges import purge_errors, purge_ledger, purge_log
from oracle_cdc.conversations.tables.sweeps import SweepState, read_sweep_state
from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.chore import Chore, Result

#: Rows that one statement deletes: it holds its locks for a moment only.
BATCH_ROWS = 500
#: Between two looks, and after a look that filled a batch.
LOOK_SECONDS = 600.0
NEXT_BATCH_SECONDS = 1.0


@dataclass(frozen=True)
class Retention:
    """How many days rows are kept, 0 for ever, and what windows and sweeps reach back."""

    log_days: int
    ledger_days: int
    overlap: timedelta
    sweep_length: timedelta


@dataclass(frozen=True)
class Housekeeping(Chore):
    """Purges what the retention gives up.

    A call that has work left, or may be found again, stays in the ledger.
    """

    name = "housekeeping"

    database: Database
    retention: Retention

    def run_once(self) -> Result:
        """Purge one batch of each table. Raises the first failure after all were tried."""
        counts: dict[str, int] = {}
        failure: CdcError | None = None
        with self.database.session() as session:
            for name, purge in self.purges(session):
                try:
                    counts[name] = purge()
                except OracleUnavailable:
                    raise
                except CdcError as error:
                    failure = failure or error
        if failure is not None:
            raise failure
        next_seconds = LOOK_SECONDS
        if BATCH_ROWS in counts.values():
            next_seconds = NEXT_BATCH_SECONDS
        return Result(next_seconds, in_words(counts), logging.DEBUG)

    def purges(self, session: Session) -> Iterator[tuple[str, Callable[[], int]]]:
        """Yield what has something to purge: its name, and what returns how many rows went."""
        days = self.retention.log_days
        if days:
            yield "purge_log", partial(purge_log, session, days=days, row_limit=BATCH_ROWS)
            yield "purge_errors", partial(purge_errors, session, days=days, row_limit=BATCH_ROWS)
        days = self.retention.ledger_days
        if not days:
            return
        oldest = self.oldest_needed(session)
        if oldest is not None:
            yield (
                "purge_ledger",
                lambda: purge_ledger(session, days=days, needed_from=oldest, row_limit=BATCH_ROWS),
            )

    def oldest_needed(self, session: Session) -> datetime | None:
        """Return the oldest time that something still reaches back to.

        None while coverage has not begun: then nothing of the ledger goes.
        """
        state = read_sweep_state(session, full_minutes=0)
        if state is None:
            return None
        job = read_job_status(session).job
        job_cursor = None
        if job is not None and not job.is_finished:
            job_cursor = job.cursor
        return needed_from(
            state.watermark,
            state.now,
            overlap=self.retention.overlap,
            sweep=self.sweep_reaches_to(state),
            job_cursor=job_cursor,
        )

    def sweep_reaches_to(self, state: SweepState) -> datetime | None:
        """Return where a sweep under way began, or the next one will, if there is one."""
        under_way = None
        if state.cursor:
            under_way = state.range_start
        if not self.retention.sweep_length:
            return under_way
        start = sweep_start(
            state.watermark,
            state.coverage_start,
            state.now,
            last_end=state.last_end,
            length=self.retention.sweep_length,
        )
        return min(start, under_way or start)


def in_words(counts: dict[str, int]) -> str:
    """Say how many rows each statement deleted, and nothing where there were none."""
    said: list[str] = []
    for name, count in counts.items():
        if count:
            said.append(f"{name}: {counted(count, 'row')}")
    return ", ".join(said)
