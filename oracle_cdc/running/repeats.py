"""Logs a failure once, then at most once a minute, then that it is over.

The caller chooses the level: WARNING where it says none.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from oracle_cdc.running.amounts import counted

#: Keys beyond this are forgotten, the oldest first: a key with an id in it must not fill the
#: memory.
MAX_KEYS = 1000
#: How many different texts of one key are logged within the interval, before it is silent.
MAX_TEXTS = 10


@dataclass
class _Series:
    """Failures in a row under one key."""

    log: logging.Logger
    began_at: float
    logged_at: float
    count: int = 1
    silent_count: int = 0
    said: set[str] = field(default_factory=set)


class RepeatLimiter:
    """Keeps a failure that repeats from filling the log.

    Parameters:
        interval_seconds: how long repetitions stay silent.
        clock: monotonic seconds.
    """

    def __init__(
        self, interval_seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval_seconds = interval_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._series: dict[Hashable, _Series] = {}

    def failure(
        self,
        key: Hashable,
        log: logging.Logger,
        message: str,
        *args: object,
        level: int = logging.WARNING,
        exc_info: BaseException | None = None,
    ) -> bool:
        """Log a failure unless the same was logged of the key within the interval.

        Returns whether it was logged.
        """
        text = message
        if args:
            text = message % args
        silent_count = self._count(key, log, text)
        if silent_count is None:
            return False
        if silent_count:
            message += " (and %s since this was last said)"
            args = (*args, counted(silent_count, "time"))
        log.log(level, message, *args, exc_info=exc_info, stacklevel=2)
        return True

    def state(self, key: Hashable, log: logging.Logger, reason: str) -> None:
        """Log as an error why something is not well, or, with an empty reason, that it is again."""
        if reason:
            self.failure(key, log, "%s", reason, level=logging.ERROR)
        else:
            self.recovered(key)

    def recovered(self, key: Hashable) -> bool:
        """Log that what failed works again, and return whether it had failed.

        Asking costs next to nothing.
        """
        with self._lock:
            series = self._series.pop(key, None)
        if series is None:
            return False
        lasted_seconds = self._clock() - series.began_at
        series.log.info(
            "%s: recovered after %s in %.0f s",
            key,
            counted(series.count, "failure"),
            lasted_seconds,
            stacklevel=2,
        )
        return True

    def _count(self, key: Hashable, log: logging.Logger, text: str) -> int | None:
        """Count one more, and return the number of silent ones if it is time for a line.

        Returns None otherwise.
        """
        now = self._clock()
        with self._lock:
            series = self._series.get(key)
            if series is None:
                self._forget_oldest()
                self._series[key] = _Series(log, began_at=now, logged_at=now, said={text})
                return 0
            series.count += 1
            if now - series.logged_at < self._interval_seconds:
                return self._count_again(series, text)
            silent_count = series.silent_count
            series.said = {text}
            series.silent_count = 0
            series.logged_at = now
            return silent_count

    def _count_again(self, series: _Series, text: str) -> int | None:
        """Count one more within the interval, where only what was not logged yet is logged."""
        if text in series.said or len(series.said) >= MAX_TEXTS:
            series.silent_count += 1
            return None
        series.said.add(text)
        return 0

    def _forget_oldest(self) -> None:
        if len(self._series) >= MAX_KEYS:
            del self._series[next(iter(self._series))]
