"""A circuit breaker: when to stop asking a system that keeps failing, and when to probe it."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from enum import Enum

from oracle_cdc.running.amounts import counted

logger = logging.getLogger(__name__)


class State(Enum):
    """Of a breaker: CLOSED lets everything through, OPEN nothing, HALF_OPEN one probe at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Says whether it is worth asking a system that keeps failing. Any thread may use it.

    Parameters:
        forget_seconds: after the latest failure. From then on failures say nothing of now: whoever
            has nothing to ask for would else never hear that the system is well again.
    """

    def __init__(
        self,
        *,
        name: str,
        failures: int,
        probe_seconds: float,
        forget_seconds: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._limit = failures
        self._probe_seconds = probe_seconds
        self._forget_seconds = forget_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._failed_at = -math.inf
        #: When the next probe may go; None while closed.
        self._probe_at: float | None = None

    @property
    def state(self) -> State:
        """Return the state at this moment."""
        with self._lock:
            return self._state()

    def is_closed(self) -> bool:
        """Return whether everything is let through."""
        return self.state is State.CLOSED

    @property
    def failures(self) -> int:
        """Return how many failures there were since the last success."""
        with self._lock:
            self._forget()
            return self._failures

    def allows(self) -> bool:
        """Return whether to go on now.

        While open that is once per probe_seconds, and whoever gets it is the probe.
        """
        with self._lock:
            state = self._state()
            if state is State.HALF_OPEN:
                self._probe_at = self._clock() + self._probe_seconds
            return state is not State.OPEN

    def wait_seconds(self) -> float:
        """Return the seconds until the next probe may go, 0 while closed."""
        with self._lock:
            self._forget()
            if self._probe_at is None:
                return 0.0
            return max(0.0, self._probe_at - self._clock())

    def succeeded(self) -> None:
        """Close, whatever was before."""
        with self._lock:
            failures, was_open = self._failures, self._probe_at is not None
            self._failures, self._probe_at = 0, None
        if was_open:
            logger.info("%s answers again after %s", self._name, counted(failures, "failure"))

    def failed(self) -> None:
        """Count a failure, open at the limit, and stay open after a failed probe."""
        with self._lock:
            self._forget()
            self._failures += 1
            self._failed_at = self._clock()
            opens = self._failures >= self._limit
            was_open = self._probe_at is not None
            if opens:
                self._probe_at = self._failed_at + self._probe_seconds
        if opens and not was_open:
            logger.warning(
                "%s failed %s times in a row: asked again every %s s",
                self._name,
                self._limit,
                self._probe_seconds,
            )

    def _state(self) -> State:
        self._forget()
        if self._probe_at is None:
            return State.CLOSED
        if self._clock() < self._probe_at:
            return State.OPEN
        return State.HALF_OPEN

    def _forget(self) -> None:
        if not self._failures or self._clock() - self._failed_at <= self._forget_seconds:
            return
        logger.info("%s was not asked for long: its failures are forgotten", self._name)
        self._failures, self._probe_at = 0, None
