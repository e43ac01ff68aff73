"""What a person must look at although everything answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf


class Concerns:
    """Keeps reasons by their subjects, each until it ends or is withdrawn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = threading.Lock()
        #: By the subject, the reason and until when it stands.
        self.reasons: dict[str, tuple[str, float]] = {}

    def note(self, subject: str, reason: str, seconds: float = inf) -> None:
        """Note a reason, for these seconds or until it is withdrawn.

        What was noted before for longer stands as long.
        """
        with self.lock:
            _, until = self.reasons.get(subject, (reason, 0.0))
            self.reasons[subject] = reason, max(until, self.clock() + seconds)

    def withdraw(self, subject: str) -> None:
        """Forget a subject that is well again."""
        with self.lock:
            self.reasons.pop(subject, None)

    def standing(self) -> list[str]:
        """Return the reasons that stand now."""
        now = self.clock()
        standing: list[str] = []
        with self.lock:
            for reason, until in self.reasons.values():
                if now <= until:
                    standing.append(reason)
        return standing
