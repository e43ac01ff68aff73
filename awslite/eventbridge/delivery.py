"""What the consumer of a bus gets: each event at least once, in no certain order."""

from __future__ import annotations

import heapq
import itertools
import random

from awslite.limits import Limits
from awslite.refusals import Document


class Delivery:
    """The events of a bus on their way to its consumer."""

    def __init__(self, limits: Limits, chance: random.Random) -> None:
        self._limits = limits
        self._chance = chance
        self._numbers = itertools.count()
        self._waiting: list[tuple[float, int, Document]] = []
        self._delivered: list[Document] = []

    def add(self, envelope: Document, at: float) -> None:
        """Deliver an event: at once, late, or both."""
        is_late = self._chance.random() < self._limits.late_rate
        self._send(envelope, at, is_late=is_late)
        if self._chance.random() < self._limits.repeat_rate:
            self._send(envelope, at, is_late=True)

    def until(self, at: float) -> list[Document]:
        """Return everything that was delivered until a moment, in the order of its arrival."""
        while self._waiting and self._waiting[0][0] <= at:
            self._delivered.append(heapq.heappop(self._waiting)[2])
        return self._delivered

    def _send(self, envelope: Document, at: float, *, is_late: bool) -> None:
        arrives = at
        if is_late:
            arrives += self._chance.random() * self._limits.late_seconds
        heapq.heappush(self._waiting, (arrives, next(self._numbers), envelope))
