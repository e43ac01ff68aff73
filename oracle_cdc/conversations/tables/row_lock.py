"""CDC_PROCESSING_STATUS: a row that another session has locked keeps nobody waiting for long."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from oracle_cdc.errors import OracleUnavailable, RowLocked
from oracle_cdc.oracle.session import Session

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: A DBA's uncommitted update of a mode's row delays the service by at most this.
LOCK_WAIT_SECONDS = 5.0
#: While the row is locked, it is not tried more often than this.
LOCK_PAUSE_SECONDS = 30.0


class RowLock:
    """Changes a row of CDC_PROCESSING_STATUS, and never waits for long where another session has it
    locked.

    After a row was found locked, nobody asks for it again for LOCK_PAUSE_SECONDS.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.locked_until = 0.0

    def forget(self) -> None:
        """Ask for the row again, however shortly ago it was found locked."""
        self.locked_until = 0.0

    @property
    def is_resting(self) -> bool:
        """Return whether nobody asks for the row now."""
        return self.clock() < self.locked_until

    def attempt(self, session: Session, write: Callable[[], Result]) -> Result | None:
        """Run a write that commits, and return its result.

        Returns None where another session has the row locked. A slow commit looks the same, so what
        must not be written twice is asked for then. Raises OracleUnavailable when Oracle itself is
        in trouble.
        """
        if self.is_resting:
            return None
        try:
            with session.deadline(LOCK_WAIT_SECONDS):
                return write()
        except (OracleUnavailable, RowLocked):
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
