"""From a source to a destination by counted slices.

Behind the watermark the rows of each slice are counted: more than were handled means that a row
was committed late, and that slice is read again. Before it everything is read, in order, up to a
moment that lies a little behind the source's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.late import LateRows
from oracle_cdc.relay.position import Moved, Position
from oracle_cdc.relay.seams import Source, Tracking
from oracle_cdc.relay.sending import Counts, Sender
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Row, Slice

logger = logging.getLogger(__name__)

#: How far before the watermark a look counts rows, which spares a read where there are none.
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class RelayRules:
    """How a source is read.

    Parameters:
        settle: rows younger than this on the source's clock are not read yet.
        overlap: how far behind the watermark each cycle looks for late rows.
        keep: how far behind the watermark a sweep looks for them.
        max_rows: a cycle ends after these many, where the time changes.
        start: where the first start begins, None for the source's now.
    """

    program: str
    settle: timedelta
    overlap: timedelta
    keep: timedelta
    max_rows: int
    start: datetime | None = None


class Relay:
    """Reads, sends, and writes down how far it has come. One thread at a time.

    Parameters:
        is_stopping: asked between two batches.
        counts: what was done before, which goes on. None: nothing was.
    """

    def __init__(
        self,
        source: Source,
        delivery: Delivery,
        tracking: Tracking,
        *,
        rules: RelayRules,
        grid: Grid,
        is_stopping: Callable[[], bool] = lambda: False,
        counts: Counts | None = None,
    ) -> None:
        self.source = source
        self.position = Position(tracking, rules.program, grid, rules.keep)
        self.sender = Sender(delivery, self.position, counts)
        self.late = LateRows(source, self.sender, rules.overlap)
        self.handled = self.position.handled
        self.rules = rules
        self.grid = grid
        self.is_stopping = is_stopping
        self.now: datetime | None = None
        #: The last read left nothing. Rows ahead are not counted while there is a backlog.
        self.is_at_end = False

    def run_cycle(self) -> bool:
        """Send what is new and what came late, and return False where a person stopped it.

        Raises what the source, the destination or the store raise. What was sent before is not
        lost, and what waits is sent by a later cycle.
        """
        try:
            self.position.begin()
            if not self.position.reached.is_paused:
                self.work()
        except Moved:
            logger.warning("the progress of %s was moved by somebody else", self.rules.program)
        is_paused = self.position.reached.is_paused
        if is_paused:
            self.position.look_again()
        return not is_paused

    def work(self) -> None:
        """Look for late rows, then send what is new."""
        slices = self.late.slices(self.now)
        ahead = self.slices_ahead()
        look = self.source.look((*slices, *ahead))
        counts = look.counts[: len(slices)]
        self.now = self.position.now = look.now
        if self.position.reached.watermark is None:
            self.position.begin_coverage(self.rules.start or look.now - self.rules.settle)
        before = self.sender.counts.read
        self.late.recount(slices, counts)
        end = look.now - self.rules.settle
        if ahead and ahead[0].end >= end and not look.counts[-1]:
            self.position.advance(end)
        else:
            self.stream(end)
        # Where nothing came the next cycle writes it, which needs a look at the store anyhow.
        if self.sender.counts.read > before:
            self.position.save()

    def slices_ahead(self) -> Sequence[Slice]:
        """Return the slice before the watermark in which the next rows are looked for, if any."""
        watermark = self.position.reached.watermark
        if watermark is None or not self.is_at_end:
            return ()
        return (Slice(watermark, watermark + AHEAD),)

    def stream(self, end: datetime) -> None:
        """Send the rows from the watermark on, in order."""
        begin = self.position.reached.watermark
        if begin is None or begin >= end:
            return
        self.handled.edge = []
        self.is_at_end = False
        with self.source.read(Slice(begin, end)) as batches, ThreadPoolExecutor(1) as reader:
            reached = self.stream_batches(batches, end, reader)
        if reached is not None:
            self.handled.pass_edge()
            self.position.advance(reached)
            self.is_at_end = reached == end

    def stream_batches(
        self, batches: Iterator[Sequence[Row]], end: datetime, reader: Executor
    ) -> datetime | None:
        """Send batch after batch, and return the time before which nothing is left.

        It is None where the work is broken off to stop.

        Parameters:
            reader: reads a batch while the one before it is sent.
        """
        sent = 0
        rows = next(batches, ())
        while rows:
            if self.is_stopping():
                return None
            if sent >= self.rules.max_rows and self.handled.is_later(rows[0]):
                # A time that is cut in two would come again as a whole.
                return rows[0].time
            sent += len(rows)
            following = reader.submit(next, batches, ())
            self.send_new(rows)
            self.position.save()
            rows = following.result()
        return end

    def send_new(self, rows: Sequence[Row]) -> None:
        """Send the next rows, and move the watermark as far as all before it are handled."""
        try:
            self.sender.send([row for row in rows if not self.handled.knows(row)])
        finally:
            done = list(takewhile(self.handled.knows, rows))
            self.handled.add(done)
            if done:
                self.position.advance(done[-1].time)
