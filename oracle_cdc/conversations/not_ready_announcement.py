"""Says through Oracle that this copy is not ready, and why: `status` reads it on any host."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from oracle_cdc.conversations.tables.row_lock import RowLock
from oracle_cdc.conversations.tables.signs_of_life import write_not_ready
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database

logger = logging.getLogger(__name__)


class Announcement:
    """Writes what this copy lacks into its mode's row, and costs nothing while it is ready.

    Parameters:
        row_lock: of that row.
        missing: what keeps this copy from being ready, by readiness.
    """

    def __init__(
        self,
        database: Database,
        row_lock: RowLock,
        owner: str,
        missing: Callable[[], Sequence[str]],
    ) -> None:
        self.database = database
        self.row_lock = row_lock
        self.owner = owner
        self.missing = missing
        self.was_missing = False
        self.is_written = False

    def update(self) -> None:
        """Write what is missing for the second time, or take it back.

        Raises nothing: while Oracle is down it can't be written there.
        """
        reasons = "; ".join(self.missing())
        is_lasting = bool(reasons) and self.was_missing
        is_over = self.is_written and not reasons
        self.was_missing = bool(reasons)
        if not (is_lasting or is_over) or self.database.answered_at is None:
            return
        try:
            self.write(reasons)
        except CdcError as error:
            logger.debug("it could not be written that this copy is not ready: %s", error)

    def write(self, reasons: str) -> None:
        with self.database.session() as session:
            rows = self.row_lock.attempt(
                session, lambda: write_not_ready(session, self.owner, reasons)
            )
        if rows is not None:
            self.is_written = bool(reasons)
