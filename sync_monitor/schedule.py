"""When which sync is looked at: each in its time, and one that hangs delays no other."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sync_monitor.model import Sync
from sync_monitor.verdicts import Trigger


@dataclass(frozen=True)
class Turn:
    """A sync whose turn it is, and why."""

    sync: Sync
    trigger: Trigger
    by: str = ""


@dataclass(order=True)
class Waiting:
    """A look that waits: until when, and who comes first of those that are due."""

    due_at: float
    order: int
    turn: Turn = field(compare=False)


class Schedule:
    """Gives syncs to workers, each sync to one at a time.

    A sync that was slow takes one of the workers less: a number of slow ones together never has
    all of them. Times are of a clock that never goes back, in seconds.

    Parameters:
        workers: how many there are.
        slow: a look that took longer makes its sync a slow one, until one is quicker.
    """

    def __init__(
        self, syncs: Sequence[Sync], interval: timedelta, workers: int, slow: timedelta, now: float
    ) -> None:
        self.interval = interval.total_seconds()
        self.most_slow = max(1, workers - 1)
        self.slow_seconds = slow.total_seconds()
        self.syncs = {sync.name: sync for sync in syncs}
        self.lock = threading.Lock()
        self.waiting: list[Waiting] = []
        self.began: dict[str, float] = {}
        self.slow: set[str] = set()
        for order, sync in enumerate(syncs):
            self.waiting.append(Waiting(now, order, Turn(sync, Trigger.TIMER)))
        heapq.heapify(self.waiting)

    def take(self, now: float) -> Turn | None:
        """Return whose turn it is now, None where nobody's is. `done` must follow."""
        with self.lock:
            passed_over: list[Waiting] = []
            found: Turn | None = None
            while self.waiting and self.waiting[0].due_at <= now:
                first = heapq.heappop(self.waiting)
                if self.may_begin(first.turn.sync.name):
                    found = first.turn
                    self.began[found.sync.name] = now
                    break
                passed_over.append(first)
            for each in passed_over:
                heapq.heappush(self.waiting, each)
            return found

    def may_begin(self, name: str) -> bool:
        """Return whether a sync is not looked at already, and leaves a worker to the quick ones."""
        if name in self.began:
            return False
        if name not in self.slow:
            return True
        return len(self.slow & self.began.keys()) < self.most_slow

    def done(self, turn: Turn, now: float) -> None:
        """Note that a look has ended: the next one is an interval behind its begin."""
        name = turn.sync.name
        with self.lock:
            began = self.began.pop(name, now)
            self.slow.discard(name)
            if now - began > self.slow_seconds:
                self.slow.add(name)
            if turn.trigger is Trigger.PERSON:
                # Its own turn still waits.
                return
            due = max(now, began + self.interval)
            heapq.heappush(self.waiting, Waiting(due, 0, Turn(turn.sync, Trigger.TIMER)))

    def ask(self, name: str, by: str, now: float) -> bool:
        """Put a sync that a person asks for before the others. False for one that is not there."""
        sync = self.syncs.get(name)
        if sync is None:
            return False
        with self.lock:
            for each in self.waiting:
                if each.turn.sync.name == name and each.turn.trigger is Trigger.PERSON:
                    return True
            heapq.heappush(self.waiting, Waiting(now - 1e9, 0, Turn(sync, Trigger.PERSON, by)))
        return True

    def hanging(self, now: float, limit: float) -> list[Sync]:
        """Return the syncs whose looks began longer ago than a limit, in seconds."""
        with self.lock:
            found: list[Sync] = []
            for name, began in self.began.items():
                if now - began > limit:
                    found.append(self.syncs[name])
            return found
