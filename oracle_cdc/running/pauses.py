"""Uses the pauses of the main loop, one step of a chore at a time.

So the loop never waits for more than one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from oracle_cdc.errors import CdcError, OracleCredentialsError
from oracle_cdc.running.chore import Chore, Result
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)

#: After a failure of a chore, or while nothing can be sent, it is tried again this many seconds
#: later.
AGAIN_SECONDS = 30.0


class Planned:
    """A chore, and when its next step is due."""

    def __init__(self, chore: Chore) -> None:
        self.chore = chore
        self.due_at = 0.0


class Pauses:
    """Gives the chores their turns.

    Parameters:
        may_send: whether chores that send have their turn now.
    """

    def __init__(
        self,
        chores: Sequence[Chore],
        progress: Progress,
        repeats: RepeatLimiter,
        *,
        stop: threading.Event,
        may_send: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.plan = [Planned(chore) for chore in chores]
        self.may_send = may_send
        self.progress = progress
        self.repeats = repeats
        self.stop = stop
        self.clock = clock

    def use(self, seconds: float) -> float:
        """Work through what is due within these seconds, and return the seconds that it took.

        A chore's failure is logged and never raised, but for refused credentials.
        """
        began_at = self.clock()
        until = began_at + seconds
        while self.plan and not self.stop.is_set() and self.clock() < until:
            planned = min(self.plan, key=lambda each: each.due_at)
            if planned.due_at >= until:
                break
            self.wait(planned.due_at - self.clock())
            if self.stop.is_set():
                break
            next_seconds = self.run(planned.chore)
            planned.due_at = self.clock() + next_seconds
        return self.clock() - began_at

    def wait(self, seconds: float) -> None:
        if seconds > 0:
            self.progress.rest(seconds, self.stop)

    def run(self, chore: Chore) -> float:
        """Run one step of a chore, and return the seconds until its next one."""
        if chore.needs_queue and not self.may_send():
            return AGAIN_SECONDS
        try:
            result = chore.run_once()
        except OracleCredentialsError:
            raise
        except CdcError as error:
            self.repeats.failure(chore.name, logger, "%s: %s", chore.name, error)
            return AGAIN_SECONDS
        except Exception as error:  # a bug in a chore must not end the main loop
            self.repeats.failure(
                chore.name,
                logger,
                "%s: a bug; the work goes on: %s",
                chore.name,
                type(error).__name__,
                level=logging.CRITICAL,
                exc_info=error,
            )
            return AGAIN_SECONDS
        self.repeats.recovered(chore.name)
        self.progress.moved()
        log_result(chore, result)
        return result.next_seconds

    def end(self) -> None:
        """Let each chore end what is under way."""
        for planned in self.plan:
            planned.chore.end()


def log_result(chore: Chore, result: Result) -> None:
    """Log what a step did, or what it waits for."""
    if result.report:
        logger.log(result.level, "%s", result.report)
    elif result.waits_for:
        logger.debug("%s waits %.1f s for %s", chore.name, result.next_seconds, result.waits_for)
