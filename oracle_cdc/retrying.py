"""The one retry policy: how long to wait after a failure, how often to try, and when to stop asking at all."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from enum import Enum

from tenacity import (
    Retrying,
    stop_after_attempt,
    stop_after_delay,
    stop_when_event_set,
    wait_random_exponential,
)
from tenacity.nap import sleep_using_event
from tenacity.retry import retry_base

logger = logging.getLogger(__name__)


class State(Enum):
    """Of a breaker: CLOSED lets everything through, OPEN nothing, HALF_OPEN one probe at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


def retry_policy(
    *,
    initial_seconds: float,
    max_seconds: float,
    attempts: int,
    within_seconds: float,
    stop: threading.Event,
    retry: retry_base,
) -> Retrying:
    """Make a policy that tries a few times, with Backoff's waits, which the stop event ends.

    No try follows another that ended later than within_seconds.
    The last failure is raised as it is, and the last result that `retry` did not like is returned.
    """
    return Retrying(
        retry=retry,
        stop=stop_after_attempt(attempts)
        | stop_after_delay(within_seconds)
        | stop_when_event_set(stop),
        wait=wait_random_exponential(
            multiplier=2 * initial_seconds, min=initial_seconds, max=max_seconds
        ),
        sleep=sleep_using_event(stop),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )


class Backoff:
    """The waits of a loop that fails: random between initial_seconds and a bound that doubles up to max_seconds.

    Several copies that fail together must not come back together.
    """

    def __init__(
        self,
        *,
        initial_seconds: float,
        max_seconds: float,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._initial_seconds = initial_seconds
        self._max_seconds = max(initial_seconds, max_seconds)
        self._uniform = uniform
        self._bound_seconds = initial_seconds

    def next_wait(self) -> float:
        """Return the seconds to wait before the next try, and lengthen the one after."""
        self._bound_seconds = min(2 * self._bound_seconds, self._max_seconds)
        return self._uniform(self._initial_seconds, self._bound_seconds)

    def reset(self) -> None:
        """Begin anew: something succeeded."""
        self._bound_seconds = self._initial_seconds


class Breaker:
    """Says whether it is worth asking a system that keeps failing; safe to use from several threads."""

    def __init__(
        self,
        *,
        name: str,
        failures: int,
        probe_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._limit = failures
        self._probe_seconds = probe_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        #: When the next probe may go; None while closed.
        self._probe_at: float | None = None

    @property
    def state(self) -> State:
        """The state at this moment."""
        with self._lock:
            return self._state()

    @property
    def failures(self) -> int:
        """How many failures there were since the last success."""
        return self._failures

    def allows(self) -> bool:
        """Whether to go on now. While open, True once per probe_seconds: whoever gets it is the probe."""
        with self._lock:
            state = self._state()
            if state is State.HALF_OPEN:
                self._probe_at = self._clock() + self._probe_seconds
            return state is not State.OPEN

    def wait_seconds(self) -> float:
        """Seconds until the next probe may go; 0 while closed."""
        with self._lock:
            return 0.0 if self._probe_at is None else max(0.0, self._probe_at - self._clock())

    def succeeded(self) -> None:
        """Close, whatever was before."""
        with self._lock:
            failures, was_open = self._failures, self._probe_at is not None
            self._failures, self._probe_at = 0, None
        if was_open:
            logger.info("%s answers again after %s failures", self._name, failures)

    def failed(self) -> None:
        """Count a failure; open at the limit, and stay open after a failed probe."""
        with self._lock:
            self._failures += 1
            opens = self._failures >= self._limit
            was_open = self._probe_at is not None
            if opens:
                self._probe_at = self._clock() + self._probe_seconds
        if opens and not was_open:
            logger.warning(
                "%s failed %s times in a row: asked again every %s s",
                self._name,
                self._limit,
                self._probe_seconds,
            )

    def _state(self) -> State:
        if self._probe_at is None:
            return State.CLOSED
        return State.HALF_OPEN if self._clock() >= self._probe_at else State.OPEN
