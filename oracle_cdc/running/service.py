"""The loops, and the one stop event. Knows nothing of Oracle or AWS."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff

logger = logging.getLogger(__name__)

#: A call to Oracle that still runs then, after the stop, is cancelled: the process ends within 10
#: s.
CANCEL_AFTER_SECONDS = 7.0
ABANDON_AFTER_SECONDS = 8.5
SIGNAL_SECONDS = 0.5


class Fatal(Exception):
    """The process must end with this code.

    The loop's work can't be done until somebody changes something, and trying on would do harm.
    """

    def __init__(self, exit_code: ExitCode, reason: str) -> None:
        super().__init__(reason)
        self.exit_code = exit_code
        self.reason = reason


@dataclass(frozen=True)
class Leg:
    """One direction.

    Parameters:
        step: works until nothing is left to do.
        pause_seconds: between two steps.
        report: called with each failure that is logged: the first of a series, then one a minute.
        may_be_abandoned: whether the process may end while the step is under way, because nothing
            is in its hands.
        use_pause: works in the pause after a step that succeeded, for about the seconds that it is
            given, and returns the seconds that it took.
        finish: waits at the end for what the leg has under way beside its steps.
        is_over: whether its work is done before the service stops.
    """

    name: str
    step: Callable[[], None]
    pause_seconds: float
    report: Callable[[CdcError], None] = lambda error: None
    may_be_abandoned: Callable[[], bool] = lambda: False
    use_pause: Callable[[float], float] = lambda seconds: 0.0
    finish: Callable[[], None] = lambda: None
    is_over: Callable[[], bool] = lambda: False


class Loop:
    """Runs a leg until the stop event. No failure ends it but a Fatal."""

    def __init__(
        self,
        leg: Leg,
        backoff: Backoff,
        progress: Progress,
        repeats: RepeatLimiter,
        stop: threading.Event,
    ) -> None:
        self.leg = leg
        self.backoff = backoff
        self.progress = progress
        self.repeats = repeats
        self.stop = stop
        self.exit_code = ExitCode.DONE
        self.thread = threading.Thread(target=self.run, name=leg.name, daemon=True)

    def run(self) -> None:
        """Run step after step, with its pauses. A Fatal sets the stop event and the exit code."""
        self.progress.begin(self.leg.name)
        try:
            while not self.stop.is_set() and not self.leg.is_over():
                self.pause(self.run_once())
            self.leg.finish()
        except Fatal as error:
            logger.critical("%s", error.reason)
            self.exit_code = error.exit_code
            self.stop.set()

    def run_once(self) -> bool:
        """Do one step, and return whether it succeeded. Raises Fatal only.

        Failures between which something was delivered are not in a row.
        """
        succeeded_at = self.succeeded_at()
        try:
            self.leg.step()
        except Fatal:
            raise
        except CdcError as error:
            failure = error
            self.failed(error)
        except Exception as error:
            failure = CdcError(f"a bug: {type(error).__name__}")
            self.repeats.failure(
                self.leg.name,
                logger,
                "%s: a bug; the loop goes on: %s",
                self.leg.name,
                type(error).__name__,
                level=logging.CRITICAL,
                exc_info=error,
            )
        else:
            self.progress.stepped(self.leg.name, succeeded=True)
            if self.repeats.recovered(self.leg.name):
                collect_lost()
            self.backoff.reset()
            return True
        if self.succeeded_at() != succeeded_at:
            self.backoff.reset()
        self.progress.stepped(self.leg.name, succeeded=False, error=failure)
        collect_lost()
        return False

    def failed(self, error: CdcError) -> None:
        """Log a failure of a step, and report the first of a series."""
        if self.stop.is_set():
            return
        log = logging.getLogger(f"oracle_cdc.{error.area}.{self.leg.name}")
        if self.repeats.failure(
            self.leg.name, log, "%s: %s", self.leg.name, error, level=logging.ERROR
        ):
            self.leg.report(error)

    def succeeded_at(self) -> float | None:
        """Return when the leg last succeeded, also inside a step, None before it begins."""
        moments = self.progress.loops.get(self.leg.name)
        if moments is None:
            return None
        return moments.succeeded_at

    def is_holding(self) -> bool:
        return self.progress.is_holding(self.leg.name)

    def pause(self, succeeded: bool) -> None:
        """Wait, but not beyond the stop, and not for a step that will not come."""
        if self.leg.is_over():
            return
        if succeeded:
            used_seconds = self.leg.use_pause(self.leg.pause_seconds)
            seconds = max(0.0, self.leg.pause_seconds - used_seconds)
        else:
            seconds = self.backoff.next_wait()
        self.progress.rest(seconds, self.stop)


def collect_lost() -> None:
    """Free what failures lost: a connection is a cycle with large buffers, and seldom looked for.

    The latest failure keeps what it saw until the loop recovers.
    """
    gc.collect()


class Service:
    """Both loops from their start to their end."""

    def __init__(
        self, loops: Sequence[Loop], stop: threading.Event, cancel: Callable[[], None]
    ) -> None:
        self.loops = loops
        self.stop = stop
        self.cancel = cancel

    def run(self) -> int:
        """Work until the stop event, and return the exit code."""
        for loop in self.loops:
            loop.thread.start()
        # No wait without an end: a signal that another thread happens to receive does not wake this
        # one, whose turn it is to handle it.
        while not self.stop.wait(SIGNAL_SECONDS):
            pass
        logger.info("stopping: what is in flight is finished")
        return self.finish()

    def finish(self) -> int:
        """Wait for the loops within the stop limit, and return the exit code.

        It is FAILED if work had to be abandoned, which a search is not.
        """
        began_at = monotonic()
        self.join(began_at + CANCEL_AFTER_SECONDS)
        if self.working():
            logger.warning("a call to Oracle still runs; it is cancelled")
            self.cancel()
            self.join(began_at + ABANDON_AFTER_SECONDS)
        hanging: list[str] = []
        abandoned: list[str] = []
        for loop in self.working():
            hanging.append(loop.leg.name)
            if loop.is_holding():
                abandoned.append(loop.leg.name)
        if abandoned:
            logger.error(
                "abandoned at the stop limit: %s; leases and visibility bring it back",
                ", ".join(abandoned),
            )
        elif hanging:
            logger.warning(
                "at the stop limit still in a call, with nothing in hand: %s", ", ".join(hanging)
            )
        for loop in self.loops:
            if loop.exit_code:
                return loop.exit_code
        if abandoned:
            return ExitCode.FAILED
        return ExitCode.DONE

    def join(self, deadline: float) -> None:
        while self.working() and monotonic() < deadline:
            self.working()[0].thread.join(0.05)

    def working(self) -> list[Loop]:
        """Return the loops that still run, and must not be left."""
        working: list[Loop] = []
        for loop in self.loops:
            if loop.thread.is_alive() and not loop.leg.may_be_abandoned():
                working.append(loop)
        return working
