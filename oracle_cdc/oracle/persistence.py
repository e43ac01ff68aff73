"""Work that must reach Oracle although the connection fails meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from oracle_cdc.errors import (
    CdcError,
    ConfigurationError,
    OracleCredentialsError,
    OracleUnavailable,
    TransientError,
)
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.retrying import Doubling, keep_trying

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: How long after the stop event an outcome is still tried to be written. The process ends within
#: 10 s.
GRACE_SECONDS = 6.0


class Persistence:
    """Runs work again and again until it succeeds.

    The work must be repeatable: its commit may have been executed although the answer was lost.
    """

    def __init__(
        self,
        database: Database,
        progress: Progress,
        stop: threading.Event,
        *,
        waits: Doubling,
    ) -> None:
        self.database = database
        self.progress = progress
        self.stop = stop
        self.waits = waits
        self.grace_seconds = GRACE_SECONDS

    def run(self, what: str, work: Callable[[Session], Result]) -> Result:
        """Keep trying work, each time in a session of its own."""

        def step() -> Result:
            with self.database.session() as session:
                return work(session)

        return self.keep_trying(what, step)

    def keep_trying(
        self,
        what: str,
        step: Callable[[], Result],
        *,
        while_waiting: Callable[[], None] = lambda: None,
    ) -> Result:
        """Try a step until it succeeds, and return its result.

        Raises its last error when the service stops before it succeeds, and at once what does not
        pass.

        Parameters:
            while_waiting: called before each pause.
        """

        def note_failure(error: Exception, seconds: float | None) -> None:
            while_waiting()
            if isinstance(error, CdcError):
                self.progress.hindered(error)
            if seconds is not None:
                logger.warning("%s will be tried again in %.1f s: %s", what, seconds, error)

        return keep_trying(
            lambda: self.try_once(step),
            waits=self.waits,
            errors=(TransientError, ConfigurationError),
            stop=self.stop,
            grace_seconds=self.grace_seconds,
            before_wait=note_failure,
            rest=lambda seconds: self.progress.rest(seconds, self.stop),
        )

    def try_once(self, step: Callable[[], Result]) -> Result:
        """Try a step. A refused log-in counts as an outage while the password may change."""
        try:
            return step()
        except OracleCredentialsError as error:
            if not self.database.password.may_pass:
                raise
            raise OracleUnavailable(str(error)) from error
