"""Deliveries beside the search for more: while one batch is sent, the next is claimed and read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress

logger = logging.getLogger(__name__)

#: Batches in delivery at a time: while one sends, others read and write Oracle. They share max_batch_bytes. Two take a
#: tenth longer for a backlog where answers take their time, and so do four (bench: drain-far).
LANES = 3


class Lanes:
    """Runs deliveries in threads of their own, each with a session of its own.

    As a context: its end waits for all of them, and raises what the first of them raised.
    """

    def __init__(self, database: Database, progress: Progress, count: int = LANES) -> None:
        self.database = database
        self.progress = progress
        self.count = count
        self.free = threading.Semaphore(count)
        self.failures: list[BaseException] = []

    def start(self, deliver: Callable[[Session], None]) -> None:
        """Begin a delivery as soon as a lane is free. Raises why it can have no session; then it was not begun."""
        self.free.acquire()
        with ExitStack() as undo:
            undo.callback(self.free.release)
            session = undo.enter_context(self.database.session())
            held = undo.pop_all()
        loop, name = self.progress.loop(), threading.current_thread().name
        threading.Thread(target=self.run, args=(deliver, session, held, loop), name=name, daemon=True).start()

    def run(self, deliver: Callable[[Session], None], session: Session, held: ExitStack, loop: str | None) -> None:
        """A lane's thread: what it does counts for the loop that started it."""
        self.progress.lend(loop)
        try:
            with held, self.progress.holding():
                deliver(session)
        except BaseException as error:  # thread entry: the loop raises it
            self.failures.append(error)

    def check(self) -> None:
        """Raises what a delivery raised, once."""
        if self.failures:
            first, self.failures = self.failures[0], []
            raise first

    def __enter__(self) -> Lanes:
        self.failures = []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for _ in range(self.count):
            self.free.acquire()
        self.free.release(self.count)
        if error is None:
            self.check()
        for failure in self.failures:
            logger.warning("a delivery failed too: %s", describe(failure))
