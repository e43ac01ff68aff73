"""Work that must reach Oracle although the connection fails meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from oracle_cdc.errors import CdcError, ConfigurationError, TransientError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.progress import Progress

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: After the stop event an outcome is still tried to be written for so long; the process ends within 10 s.
GRACE_SECONDS = 6.0
GRACE_PAUSE_SECONDS = 0.25


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
        pause_seconds: float,
        longest_pause_seconds: float,
    ) -> None:
        self.database = database
        self.progress = progress
        self.stop = stop
        self.pause_seconds = pause_seconds
        self.longest_pause_seconds = longest_pause_seconds
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

        Raises its last error when the service stops before it succeeds, and at once what does not pass.

        Parameters:
            while_waiting: called before each pause.
        """
        pause, stopped_at = self.pause_seconds, None
        while True:
            try:
                return step()
            except (TransientError, ConfigurationError) as error:
                stopped_at = stopped_at or (monotonic() if self.stop.is_set() else None)
                while_waiting()
                self.give_up_or_wait(what, error, pause, stopped_at)
                pause = min(pause * 2, self.longest_pause_seconds)

    def give_up_or_wait(
        self, what: str, error: CdcError, pause: float, stopped_at: float | None
    ) -> None:
        self.progress.hindered(error)
        if stopped_at is None:
            logger.warning("%s will be tried again in %.1f s: %s", what, pause, error)
            self.progress.resting(pause)
            self.stop.wait(pause)
        elif monotonic() - stopped_at > self.grace_seconds:
            raise error
        else:
            sleep(GRACE_PAUSE_SECONDS)
