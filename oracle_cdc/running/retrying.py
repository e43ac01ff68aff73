"""Waits that grow from failure to failure, and tries within a time.

A wait that stays the same is a constant beside what waits: CONTRIBUTING.md names them.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying
    from tenacity.retry import retry_base

Result = TypeVar("Result")

#: Between two tries after the stop event, which ends every longer wait.
STOPPING_SECONDS = 0.25
#: Beyond this many doublings a wait is longer than any that is allowed.
MOST_DOUBLINGS = 64


@dataclass(frozen=True)
class Doubling:
    """A wait that doubles with each failure, from initial_seconds up to max_seconds."""

    initial_seconds: float
    max_seconds: float

    def after(self, failures: int) -> float:
        """Return the seconds to wait when there were failures before the latest one."""
        return min(self.initial_seconds * 2.0 ** min(failures, MOST_DOUBLINGS), self.max_seconds)


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
    # `extract` waits as the others do, and has no tenacity.
    import tenacity

    return tenacity.Retrying(
        retry=retry,
        stop=tenacity.stop_after_attempt(attempts)
        | tenacity.stop_after_delay(within_seconds)
        | tenacity.stop_when_event_set(stop),
        wait=tenacity.wait_random_exponential(
            multiplier=2 * initial_seconds, min=initial_seconds, max=max_seconds
        ),
        sleep=tenacity.sleep_using_event(stop),
        retry_error_callback=last_result,
    )


def last_result(state: RetryCallState) -> Any:
    """Return the result of the last try. Raises what it raised."""
    if state.outcome is None:
        return None
    return state.outcome.result()


def keep_trying(
    step: Callable[[], Result],
    *,
    waits: Doubling,
    errors: tuple[type[Exception], ...],
    stop: threading.Event,
    grace_seconds: float,
    before_wait: Callable[[Exception, float | None], None],
    rest: Callable[[float], object],
) -> Result:
    """Try a step until it succeeds, and return its result.

    Raises at once what is none of the errors, and the last of them grace_seconds after a failure
    met the stop event.

    Parameters:
        before_wait: called with each error and the seconds until the next try, None while the
            service stops.
        rest: waits these seconds, but not beyond the stop event.
    """
    failures = 0
    stopped_at: float | None = None
    while True:
        try:
            return step()
        except errors as error:
            if stopped_at is None and stop.is_set():
                stopped_at = time.monotonic()
            if stopped_at is None:
                seconds = waits.after(failures)
                before_wait(error, seconds)
                rest(seconds)
            else:
                before_wait(error, None)
                if time.monotonic() - stopped_at > grace_seconds:
                    raise
                time.sleep(STOPPING_SECONDS)
            failures += 1


class Backoff:
    """The waits of a loop that fails.

    They are random between initial_seconds and a bound that doubles up to max_seconds: several
    copies that fail together must not come back together.
    """

    def __init__(
        self,
        *,
        initial_seconds: float,
        max_seconds: float,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._initial_seconds = initial_seconds
        self._bound = Doubling(initial_seconds, max(initial_seconds, max_seconds))
        self._uniform = uniform
        self._failures = 0

    def next_wait(self) -> float:
        """Return the seconds to wait before the next try, and lengthen the one after."""
        self._failures += 1
        return self._uniform(self._initial_seconds, self._bound.after(self._failures))

    def reset(self) -> None:
        """Begin anew: something succeeded."""
        self._failures = 0
