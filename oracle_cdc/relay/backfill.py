"""The rows of a stretch once more: neither the watermark nor the tallies learn of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from datetime import datetime
from time import monotonic

from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.seams import Source
from oracle_cdc.relay.sending import Counts
from oracle_cdc.relay.values import Row, SetAside, Slice


class Backfill:
    """Sends the rows of a stretch batch by batch, and goes on after a failure where it was.

    Parameters:
        set_aside: writes down what is refused.
        rate: rows a second at most, 0 for no limit.
    """

    def __init__(
        self,
        source: Source,
        delivery: Delivery,
        set_aside: Callable[[Sequence[SetAside]], None],
        stretch: Slice,
        *,
        rate: float = 0.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.source = source
        self.delivery = delivery
        self.set_aside = set_aside
        self.stretch = stretch
        self.rate = rate
        self.clock = clock
        self.counts = Counts()
        #: Every row before it is done.
        self.cursor = stretch.begin
        #: The keys of rows from there on that are done.
        self.done: set[str] = set()
        self.reading: Generator[Sequence[Row], None, None] | None = None

    @property
    def is_done(self) -> bool:
        return self.cursor >= self.stretch.end

    @property
    def fraction(self) -> float:
        """Return how much of the stretch is done, 0 to 1."""
        return (self.cursor - self.stretch.begin) / (self.stretch.end - self.stretch.begin)

    def step(self) -> float:
        """Send the next batch, and return the seconds until the one after.

        Raises why some of it waits. The next step begins with that.
        """
        began_at = self.clock()
        if self.reading is None:
            self.reading = self.read()
        try:
            rows = next(self.reading, None)
            if rows is not None:
                self.send(rows)
        except BaseException:
            self.close()
            raise
        if rows is None:
            self.cursor = self.stretch.end
            return 0.0
        return self.pause_after(len(rows), began_at)

    def read(self) -> Generator[Sequence[Row], None, None]:
        """Yield the rows from the cursor on."""
        with self.source.read(Slice(self.cursor, self.stretch.end)) as batches:
            yield from batches

    def send(self, rows: Sequence[Row]) -> None:
        """Send those rows that are not done, and note which are now. Raises why others wait."""
        delivered = self.delivery.deliver([row for row in rows if row.key not in self.done])
        aside = {item.key for item in delivered.aside}
        self.done |= delivered.handled - aside
        self.counts.published += delivered.published
        self.counts.repeats += delivered.repeats
        if aside:
            self.set_aside(delivered.aside)
            self.done |= aside
            self.counts.aside += len(aside)
        self.counts.read = self.counts.handled
        if delivered.error is not None:
            raise delivered.error
        self.advance(rows[-1].time, rows)

    def advance(self, time: datetime, rows: Sequence[Row]) -> None:
        """Move the cursor, and forget the rows before it."""
        if time > self.cursor:
            self.cursor = time
            self.done = {row.key for row in rows if row.time == time}

    def pause_after(self, count: int, began_at: float) -> float:
        """Return how long to wait after a number of rows, so that they are not too many a second.

        Parameters:
            began_at: when work on them began.
        """
        if not self.rate:
            return 0.0
        return max(0.0, count / self.rate - (self.clock() - began_at))

    def close(self) -> None:
        """End the reading, which the next step begins anew."""
        reading, self.reading = self.reading, None
        if reading is not None:
            reading.close()
