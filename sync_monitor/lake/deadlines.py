"""Statements that run too long are interrupted, by one thread for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

#: How often what runs is looked at: as often as the deadline wants, and once a second at least.
CHECKS_OF_A_DEADLINE = 5
LONGEST_PAUSE_SECONDS = 1.0


class Interruptible(Protocol):
    """What a statement runs on."""

    def interrupt(self) -> None:
        """End what runs now, from another thread."""


@dataclass
class Running:
    """A statement that runs: where, until when, and whether it was interrupted for that."""

    connection: Interruptible
    ends_at: float
    is_late: bool = False


class Deadlines:
    """Watches statements, each of which may take as long as the others.

    Parameters:
        seconds: of a statement.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.pause = min(LONGEST_PAUSE_SECONDS, seconds / CHECKS_OF_A_DEADLINE)
        self.statements: dict[int, Running] = {}
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.watch, name="deadlines", daemon=True)
        self.thread.start()

    @contextmanager
    def of(self, connection: Interruptible) -> Iterator[Running]:
        """Watch what runs on a connection inside the block."""
        found = Running(connection, monotonic() + self.seconds)
        with self.lock:
            self.statements[id(found)] = found
        try:
            yield found
        finally:
            with self.lock:
                del self.statements[id(found)]

    def watch(self) -> None:
        """Interrupt what is late, until the end."""
        while not self.stop.wait(self.pause):
            now = monotonic()
            with self.lock:
                for each in self.statements.values():
                    if now >= each.ends_at:
                        each.is_late = True
                        each.connection.interrupt()

    def interrupt_all(self) -> None:
        """Interrupt everything that runs now."""
        with self.lock:
            for each in self.statements.values():
                each.connection.interrupt()

    def close(self) -> None:
        """Watch no longer."""
        self.stop.set()
        self.thread.join()
