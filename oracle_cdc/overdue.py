"""Answers that do not come: a call that waits too long is sent again, a bounded number of times."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.ledger import open_overdue

logger = logging.getLogger(__name__)

#: Between two looks; where one look opened a whole batch, the next follows soon.
LOOK_SECONDS = 60.0
NEXT_BATCH_SECONDS = 1.0


@dataclass(frozen=True)
class Overdue:
    """Makes calls due again that are unanswered for deadline_minutes, up to `times` times each."""

    database: Database
    deadline_minutes: int
    times: int
    batch_size: int

    def step(self) -> float:
        """One batch; the seconds until the next. They are sent as everything that is due."""
        with self.database.session() as session:
            count = open_overdue(
                session,
                deadline_minutes=self.deadline_minutes,
                resend_limit=self.times,
                row_limit=self.batch_size,
            )
        if count:
            logger.warning(
                "calls unanswered for over %d minutes, sent again: %d", self.deadline_minutes, count
            )
        return NEXT_BATCH_SECONDS if count == self.batch_size else LOOK_SECONDS
