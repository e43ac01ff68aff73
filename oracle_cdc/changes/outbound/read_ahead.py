"""The session of a visit: rows read and deleted while others are made records and sent."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from oracle_cdc.changes.lanes.change_log import Named
from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.running.workers import Workers

#: Deletes rows of the change table, and returns how many there were.
DeleteRows = Callable[[Sequence[Named]], int]


class Came(NamedTuple):
    """What a read or a delete gave.

    Parameters:
        rows: that were read.
        deleted: how many are gone.
        failure: what it raised instead.
    """

    rows: Sequence[LogRow] = ()
    deleted: int = 0
    failure: BaseException | None = None


class ReadAhead:
    """Reads and deletes in a thread of its own, one after another. One thread asks for both.

    The session is in one thread's hands at a time: whoever uses it for something else waits first.

    Parameters:
        chunks: the rows of each round trip.
        workers: one thread.
    """

    def __init__(
        self, chunks: Iterator[Sequence[LogRow]], delete_rows: DeleteRows, workers: Workers
    ) -> None:
        self.chunks = chunks
        self.delete_rows = delete_rows
        self.workers = workers
        self.answers: queue.SimpleQueue[Came] = queue.SimpleQueue()
        #: What is under way, in its order: whether each is a read.
        self.asked: deque[bool] = deque()
        #: What was read and not taken.
        self.came: Came | None = None
        #: How many rows are gone.
        self.deleted = 0
        self.failure: BaseException | None = None

    def begin(self) -> None:
        """Begin to read, unless that was done and not taken."""
        if self.came is None and True not in self.asked:
            self.ask(lambda: Came(next(self.chunks, ())), is_read=True)

    def delete(self, rows: Sequence[Named]) -> None:
        """Delete rows, behind what is under way. What that fails with is raised later."""
        self.ask(lambda: Came(deleted=self.delete_rows(rows)), is_read=False)

    def ask(self, do: Callable[[], Came], *, is_read: bool) -> None:
        def work() -> None:
            try:
                self.answers.put(do())
            except BaseException as error:  # thread entry: whoever waits for it raises it
                self.answers.put(Came(failure=error))

        self.asked.append(is_read)
        self.workers.begin(work)

    def wait(self) -> None:
        """Wait until nothing is under way. Rows that came wait to be taken."""
        while self.asked:
            self.receive()

    def receive(self) -> None:
        """Wait for what was asked first."""
        came = self.answers.get()
        if self.asked.popleft():
            self.came = came
        self.deleted += came.deleted
        self.failure = self.failure or came.failure

    def take(self) -> Sequence[LogRow]:
        """Return the next rows, none at the end. Raises what reading or deleting failed with."""
        self.begin()
        while self.came is None:
            self.receive()
        self.require()
        rows, self.came = self.came.rows, None
        return rows

    def require(self) -> None:
        """Raise what reading or deleting failed with, if anything did."""
        if self.failure is not None:
            raise self.failure
