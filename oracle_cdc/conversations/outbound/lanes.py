"""Deliveries beside the search for more: while one batch is sent, the next is claimed and read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType

from oracle_cdc.conversations.rules.claims import Claim, put_off
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: Batches in delivery at a time: while one sends, others read and write Oracle. They share
#: max_batch_bytes. Two take a tenth longer for a backlog where answers take their time, and so do
#: four (bench: drain-far).
LANES = 3
#: And one more, for calls that have failed by themselves. Nobody waits for it.
APART = 1
#: Sessions of Oracle that a service likes: one for each thread that uses them, lanes and both
#: loops. No thread takes a second one while it holds one.
SESSIONS = LANES + APART + 2
#: A cycle goes on without a delivery that is older: one call may be what delays it.
PATIENCE_SECONDS = 5.0
#: Between two looks of a wait whether the service stops.
_LOOK_SECONDS = 0.2


class Lanes:
    """Runs deliveries in threads of their own.

    As a context: its end waits for all that are not too old, and raises what the first of them
    raised.
    """

    def __init__(
        self,
        progress: Progress,
        stop: threading.Event,
        count: int = LANES,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.progress = progress
        self.stop = stop
        self.count = count
        self.patience_seconds = patience_seconds
        self.changed = threading.Condition()
        #: When each delivery under way began.
        self.running: dict[threading.Thread, float] = {}
        self.apart: threading.Thread | None = None
        self.failures: list[BaseException] = []

    @property
    def is_busy(self) -> bool:
        """Return whether anything is being delivered."""
        return bool(self.running or self.apart)

    @property
    def is_apart_free(self) -> bool:
        return self.apart is None

    def start(self, deliver: Callable[[], None]) -> None:
        """Begin a delivery as soon as a lane is free."""
        with self.changed:
            while len(self.running) >= self.count:
                self.changed.wait()
            thread = self.make_thread(deliver, self.failed)
            self.running[thread] = monotonic()
        thread.start()

    def start_apart(self, deliver: Callable[[], None]) -> None:
        """Begin a delivery that no cycle waits for, for which the lane must be free."""
        self.apart = self.make_thread(deliver, log_apart)
        self.apart.start()

    def start_alone(self, deliver: Callable[[], None]) -> None:
        """Begin a delivery, and wait for it as long as a cycle waits for any."""
        self.start_apart(deliver)
        with self.changed:
            self.changed.wait_for(lambda: self.is_apart_free, self.patience_seconds)

    def make_thread(
        self, deliver: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> threading.Thread:
        """Make a lane's thread, whose work counts for the loop that starts it."""
        loop = self.progress.loop()

        def run() -> None:
            self.progress.lend(loop)
            try:
                with self.progress.holding(loop):
                    deliver()
            except BaseException as error:  # thread entry: the loop raises it
                failed(error)
            finally:
                self.ended()

        return threading.Thread(target=run, name=threading.current_thread().name, daemon=True)

    def failed(self, error: BaseException) -> None:
        self.failures.append(error)

    def ended(self) -> None:
        """Note that the delivery of the calling thread ended."""
        thread = threading.current_thread()
        with self.changed:
            if self.running.pop(thread, None) is None:
                self.apart = None
            self.changed.notify_all()

    def check(self) -> None:
        """Raise what a delivery raised, once."""
        if self.failures:
            first, self.failures = self.failures[0], []
            raise first

    def finish(self) -> None:
        """Wait for every delivery, those apart too."""
        with self.changed:
            while self.running or self.apart:
                self.changed.wait()

    def wait(self) -> None:
        """Wait for the deliveries that are not too old, or for all when the service stops."""
        with self.changed:
            while self.running and (self.stop.is_set() or self.has_young()):
                self.changed.wait(_LOOK_SECONDS)

    def has_young(self) -> bool:
        return monotonic() - max(self.running.values()) < self.patience_seconds

    def __enter__(self) -> Lanes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.wait()
        if error is None:
            self.check()
        failures, self.failures = self.failures, []
        for failure in failures:
            logger.warning("a delivery failed too: %s", describe(failure))


def log_apart(error: BaseException) -> None:
    logger.warning("calls that have failed by themselves wait on: %s", describe(error))


def split_apart(
    claims: Sequence[Claim], lanes: Lanes | None, *, is_probe: bool
) -> list[list[Claim]]:
    """Return the batches to deliver.

    Calls that have failed by themselves make one of their own, where there is a lane for it. While
    that is busy, and where a queue is probed with others, they are put off.
    """
    together: list[Claim] = []
    apart: list[Claim] = []
    for claim in claims:
        if claim.is_apart:
            apart.append(claim)
        else:
            together.append(claim)
    if (is_probe and together) or (lanes and not lanes.is_apart_free):
        for claim in apart:
            together.append(put_off(claim))
        return [together]
    if lanes is None:
        return [together + apart]
    return [batch for batch in (together, apart) if batch]
