"""The records of a shard, each batch read while the one before it is published."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.aws.kinesis.inbound import Batch, IteratorExpired, ShardReader
from oracle_cdc.aws.kinesis.pace import Pace
from oracle_cdc.processor.reading.held_lease import HeldLease


@dataclass(frozen=True)
class Read:
    """What one request gave.

    Parameters:
        asked_at: when it was made, on the clock of whoever reads.
    """

    batch: Batch
    asked_at: float


class ReadingAhead:
    """One request in a thread of its own.

    Parameters:
        read: makes the request.
    """

    def __init__(self, read: Callable[[], Read], name: str) -> None:
        self.read = read
        self.answer: Read | None = None
        self.failure: Exception | None = None
        self.thread = threading.Thread(target=self.run, name=name, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            self.answer = self.read()
        except Exception as error:  # thread entry: whoever takes the answer raises it
            self.failure = error

    def take(self) -> Read:
        """Wait for the answer and return it. Raises what the request raised."""
        self.thread.join()
        if self.failure is not None:
            raise self.failure
        assert self.answer is not None, "it was answered or failed"
        return self.answer


class Intake:
    """Reads one shard, no more often than Kinesis answers. One thread uses it.

    Parameters:
        poll_seconds: between two reads that had nothing new.
        rest: waits these seconds, but not beyond the stop event.
        stop: of the service.
    """

    def __init__(
        self,
        held: HeldLease,
        reader: ShardReader,
        *,
        poll_seconds: float,
        rest: Callable[[float], None],
        stop: threading.Event,
        moments: Callable[[], float] = monotonic,
    ) -> None:
        self.held = held
        self.reader = reader
        self.poll_seconds = poll_seconds
        self.rest = rest
        self.stop = stop
        self.moments = moments
        self.iterator: str | None = None
        self.pace = Pace()
        self.ahead: ReadingAhead | None = None

    def take(self, may_go_on: Callable[[], bool]) -> Read | None:
        """Return the next records: those that were read ahead, or else from the stream.

        None where they are not wanted any more after a wait.

        Raises what Kinesis raises. After IteratorExpired reading goes on behind what was settled.
        """
        try:
            answer = self.find(may_go_on)
        except IteratorExpired:
            self.iterator = None
            raise
        if answer is not None:
            self.iterator = answer.batch.next_iterator
            self.pace = self.choose_pace(answer)
        return answer

    def find(self, may_go_on: Callable[[], bool]) -> Read | None:
        if self.ahead is not None:
            ahead, self.ahead = self.ahead, None
            return ahead.take()
        self.rest(self.pace.wait_seconds(self.moments()))
        if not may_go_on():
            return None
        iterator = self.iterator
        if iterator is None:
            iterator = self.reader.find_iterator(self.held.shard_id, self.held.position)
        return self.ask(iterator)

    def ask(self, iterator: str) -> Read:
        """Ask the stream for records."""
        asked_at = self.moments()
        return Read(self.reader.read(iterator), asked_at)

    def choose_pace(self, answer: Read) -> Pace:
        """Return when the shard is read again: soon where there is more."""
        pace = self.pace.after_read(answer.asked_at, answer.batch.size_bytes)
        if answer.batch.millis_behind:
            return pace
        return Pace(max(pace.next_at, answer.asked_at + self.poll_seconds))

    def read_ahead(self, batch: Batch) -> None:
        """Begin to read what comes behind a batch, if it is known that something does.

        So two batches are in memory at a time.
        """
        iterator = batch.next_iterator
        if iterator is None or not batch.millis_behind or self.ahead is not None:
            return
        wait_seconds = self.pace.wait_seconds(self.moments())

        def read() -> Read:
            self.stop.wait(wait_seconds)
            return self.ask(iterator)

        self.ahead = ReadingAhead(read, f"{self.held.shard_id}-ahead")
