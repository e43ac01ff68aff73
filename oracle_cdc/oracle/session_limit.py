"""How many sessions may be in use at a time: what is wanted, or what the user's profile allows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted

logger = logging.getLogger(__name__)

#: How long after Oracle refused another session one more is asked for.
LOOK_AGAIN_SECONDS = 300.0


def read_session_limit(session: Session) -> int | None:
    """Return how many sessions the profile of the user allows.

    Returns None when it sets no limit, or does not say.
    """
    for record in session.query("read_session_limit"):
        limit = str(record["session_limit"])
        if limit.isdigit():
            return int(limit)
    return None


class Places:
    """Counts sessions in use, and has who asks for one too many wait until another is given back.

    Any thread may use it.
    """

    def __init__(self, wanted: int, clock: Callable[[], float] = monotonic) -> None:
        self.wanted = wanted
        self.allowed = wanted
        self.used = 0
        self._clock = clock
        self._condition = threading.Condition()
        self._look_again_at = 0.0

    def take(self, timeout_seconds: float) -> bool:
        """Wait for a place. Returns False when none was given back in time."""
        with self._condition:
            self._look_again()
            is_free = self._condition.wait_for(lambda: self.used < self.allowed, timeout_seconds)
            self.used += is_free
            return is_free

    def give_back(self) -> None:
        """Give a place back, for one who waits."""
        with self._condition:
            self.used -= 1
            self._condition.notify()

    def refused(self) -> bool:
        """Record that Oracle refused the session of a place, and give the place back.

        Returns whether it is worth waiting for another: this process has sessions in use, which
        come back.
        """
        with self._condition:
            self.used -= 1
            if not self.used:
                return False
            if self.used < self.allowed:
                self.allowed = self.used
                logger.warning(
                    "Oracle allows this user %s here, %d are wanted: "
                    "what is done at a time is less",
                    counted(self.allowed, "session"),
                    self.wanted,
                )
            self._look_again_at = self._clock() + LOOK_AGAIN_SECONDS
            return True

    def _look_again(self) -> None:
        if self.allowed < self.wanted and self._clock() >= self._look_again_at:
            self.allowed += 1
            self._look_again_at = self._clock() + LOOK_AGAIN_SECONDS
