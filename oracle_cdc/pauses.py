"""What is done in the pauses of normal mode, one step at a time, so that it never waits for more than a step."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.progress import Progress
from oracle_cdc.repeats import RepeatLimiter
from oracle_cdc.retrying import Breaker, State

logger = logging.getLogger(__name__)

#: After a failure of a chore, or while SQS is down, it is tried again so many seconds later.
AGAIN_SECONDS = 30.0


class Chore:
    """Something to do beside normal mode. `step` returns the seconds until its next step, and raises CdcError."""

    def __init__(self, name: str, step: Callable[[], float], *, needs_queue: bool) -> None:
        self.name = name
        self.step = step
        self.needs_queue = needs_queue
        self.due_at = 0.0


class Pauses:
    """Gives the chores their turns."""

    def __init__(
        self,
        chores: Sequence[Chore],
        breaker: Breaker,
        progress: Progress,
        repeats: RepeatLimiter,
        stop: threading.Event,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.chores = chores
        self.breaker = breaker
        self.progress = progress
        self.repeats = repeats
        self.stop = stop
        self.clock = clock

    def use(self, seconds: float) -> float:
        """Work through what is due, for about so long, or until nothing more is; the seconds that it took.

        A chore's failure is told and never raised, but for refused credentials.
        """
        began_at = self.clock()
        until = began_at + seconds
        while self.chores and not self.stop.is_set() and self.clock() < until:
            chore = min(self.chores, key=lambda each: each.due_at)
            if chore.due_at >= until:
                break
            self.wait(chore.due_at - self.clock())
            if not self.stop.is_set():
                chore.due_at = self.clock() + self.take(chore)
        return self.clock() - began_at

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.progress.resting(seconds)
            self.stop.wait(seconds)

    def take(self, chore: Chore) -> float:
        """One step; the seconds until the next one."""
        if chore.needs_queue and self.breaker.state is not State.CLOSED:
            return AGAIN_SECONDS
        try:
            pause = chore.step()
        except OracleCredentialsError:
            raise
        except CdcError as error:
            self.repeats.failure(chore.name, logger, "%s: %s", chore.name, error)
            return AGAIN_SECONDS
        except Exception as error:
            logger.critical("%s: a bug; the work goes on", chore.name, exc_info=True)
            self.repeats.failure(chore.name, logger, "%s: %s", chore.name, type(error).__name__)
            return AGAIN_SECONDS
        self.repeats.recovered(chore.name)
        self.progress.moved()
        return pause
