"""Tells the other hosts, through Oracle, that this copy is not ready, and why: `status` reads it anywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.signs import tell_not_ready

logger = logging.getLogger(__name__)


class Announcement:
    """Costs nothing while the copy is ready.

    Parameters:
        heartbeat: knows whether somebody has the row locked, which is waited for no longer than it allows.
        missing: what keeps this copy from being ready, by readiness.
    """

    def __init__(
        self,
        database: Database,
        heartbeat: Heartbeat,
        owner: str,
        missing: Callable[[], Sequence[str]],
    ) -> None:
        self.database = database
        self.heartbeat = heartbeat
        self.owner = owner
        self.missing = missing
        self.was_missing = False
        self.is_told = False

    def tell(self) -> None:
        """Write what is missing for the second time, or take it back. Raises nothing: while Oracle is down it can't be
        told there."""
        reasons = "; ".join(self.missing())
        is_news = bool(reasons and self.was_missing) or (self.is_told and not reasons)
        self.was_missing = bool(reasons)
        if not is_news or self.database.answered_at is None:
            return
        try:
            with self.database.session() as session:
                if self.heartbeat.try_write(
                    session, lambda: tell_not_ready(session, self.owner, reasons)
                ):
                    self.is_told = bool(reasons)
        except CdcError as error:
            logger.debug("it could not be told that this copy is not ready: %s", error)
