"""Questions that wait for their turn: one of each sync, and a person's before what looks offer."""

from __future__ import annotations

import threading
from typing import NamedTuple

from sync_monitor.triage.payload import Question


class Wanted(NamedTuple):
    """A question that waits for its turn."""

    question: Question
    by_person: bool = False

    @property
    def name(self) -> str:
        """Return the name of the sync that it is about."""
        return self.question.case.sync.name


class Turns:
    """Questions from any thread, which one thread takes."""

    def __init__(self) -> None:
        self.waiting: dict[str, Wanted] = {}
        self.under_way = ""
        self.is_closed = False
        self._changed = threading.Condition()

    def put(self, wanted: Wanted) -> None:
        """Let a question wait. What a person asks is not replaced by what a look offers."""
        with self._changed:
            before = self.waiting.get(wanted.name)
            if before is None or wanted.by_person or not before.by_person:
                self.waiting[wanted.name] = wanted
            self._changed.notify()

    def take(self) -> Wanted | None:
        """Wait for the next question, the one before being done. None: it is closed."""
        with self._changed:
            self.under_way = ""
            self._changed.wait_for(lambda: self.waiting or self.is_closed)
            if self.is_closed:
                return None
            self.under_way = next(iter(self.waiting))
            return self.waiting.pop(self.under_way)

    def has(self, name: str) -> bool:
        """Return whether a question about a sync waits, or is under way."""
        with self._changed:
            return name in self.waiting or name == self.under_way

    def names(self) -> frozenset[str]:
        """Return the names of the syncs about which a question waits, or is under way."""
        with self._changed:
            return frozenset((*self.waiting, self.under_way))

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self.is_closed = True
            self._changed.notify()
