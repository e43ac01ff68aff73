"""Answers that do not come: a call that waits too long is sent again, a bounded number of times."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from oracle_cdc.conversations.tables.ledger import open_overdue
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.chore import Chore, Result

#: Between two looks, and after a look that filled its batch.
LOOK_SECONDS = 60.0
NEXT_BATCH_SECONDS = 1.0


@dataclass(frozen=True)
class Overdue(Chore):
    """Makes calls due again that are unanswered for deadline_minutes, up to `times` times each.

    They are sent as everything that is due.
    """

    name = "overdue answers"
    needs_queue = True

    database: Database
    deadline_minutes: int
    times: int
    batch_size: int

    def run_once(self) -> Result:
        """Make one batch due."""
        with self.database.session() as session:
            count = open_overdue(
                session,
                deadline_minutes=self.deadline_minutes,
                resend_limit=self.times,
                row_limit=self.batch_size,
            )
        if not count:
            return Result(LOOK_SECONDS)
        report = f"calls unanswered for over {self.deadline_minutes} minutes, sent again: {count}"
        next_seconds = LOOK_SECONDS
        if count == self.batch_size:
            next_seconds = NEXT_BATCH_SECONDS
        return Result(next_seconds, report, logging.WARNING)
