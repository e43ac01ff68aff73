"""How often a person may ask for a look at one sync, and ask Claude about it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

#: Between two that are asked for.
SECONDS = 30.0


class Limiter:
    """Lets one through for each name in a while.

    Names are those of syncs, so there are no more of them.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """Return 0 and count, or for how many seconds it is too early."""
        now = self._clock()
        with self._lock:
            last = self._last.get(name)
            if last is not None and now - last < SECONDS:
                return SECONDS - (now - last)
            self._last[name] = now
        return 0.0


class RateLimits(NamedTuple):
    """One limiter for each thing that may be asked for."""

    looks: Limiter
    questions: Limiter
