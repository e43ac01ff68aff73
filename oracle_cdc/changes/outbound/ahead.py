"""The next rows of a lane, read while those before them are made records and sent."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.running.workers import Workers


class Came(NamedTuple):
    """What a read gave. failure: what it raised instead."""

    rows: Sequence[LogRow] = ()
    failure: BaseException | None = None


class Ahead:
    """Reads in a thread of its own. One thread asks for it, and for what came.

    The session is in one thread's hands at a time: whoever uses it for something else waits first.

    Parameters:
        chunks: the rows of each round trip.
    """

    def __init__(self, chunks: Iterator[Sequence[LogRow]], workers: Workers) -> None:
        self.chunks = chunks
        self.workers = workers
        self.read: queue.SimpleQueue[Came] = queue.SimpleQueue()
        self.is_reading = False
        #: What was read and not taken.
        self.came: Came | None = None

    def begin(self) -> None:
        """Begin to read, unless that was done and not taken."""
        if self.is_reading or self.came is not None:
            return

        def read() -> None:
            try:
                self.read.put(Came(next(self.chunks, ())))
            except BaseException as error:  # thread entry: whoever takes the rows raises it
                self.read.put(Came(failure=error))

        self.is_reading = True
        self.workers.begin(read)

    def wait(self) -> None:
        """Wait until nothing is read. What came waits to be taken."""
        if self.is_reading:
            self.came = self.read.get()
            self.is_reading = False

    def take(self) -> Sequence[LogRow]:
        """Return the next rows, none at the end. Raises what the read failed with."""
        self.begin()
        self.wait()
        came, self.came = self.came, None
        assert came is not None, "waited for"
        if came.failure is not None:
            raise came.failure
        return came.rows
