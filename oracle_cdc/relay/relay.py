"""From a source to a destination by counted slices.

Behind the watermark the rows of each slice are counted: more than were handled means that a row
was committed late, and that slice is read again. Before it everything is read, in order, up to a
moment that lies a little behind the source's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from oracle_cdc.relay.delivery import Delivered, Delivery
from oracle_cdc.relay.handled import Handled
from oracle_cdc.relay.seams import Source, Tracking
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Progress, Row, Slice

logger = logging.getLogger(__name__)


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


@dataclass
class Counts:
    """What was done since the start of the process."""

    read: int = 0
    published: int = 0
    repeats: int = 0
    aside: int = 0
    late: int = 0
    gone: int = 0


class Moved(Exception):
    """Somebody else wrote the progress meanwhile."""


class Relay:
    """Reads, sends, and writes down how far it has come. One thread at a time.

    Parameters:
        is_stopping: asked between two batches.
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
    ) -> None:
        self.source = source
        self.delivery = delivery
        self.tracking = tracking
        self.rules = rules
        self.grid = grid
        self.is_stopping = is_stopping
        self.handled = Handled(grid)
        self.counts = Counts()
        #: How far the rows have come, which the store may not know yet.
        self.reached = Progress(None)
        #: The watermarks that the store may have: what was read or written last, and tried since.
        self.stored: set[datetime | None] = set()
        self.is_begun = False
        self.now: datetime | None = None

    def run_cycle(self) -> bool:
        """Send what is new and what came late, and return False where a person stopped it.

        Raises what the source, the destination or the store raise. What was sent before is not
        lost, and what waits is sent by a later cycle.
        """
        try:
            self.begin()
            if not self.reached.is_paused:
                self.work()
        except Moved:
            logger.warning("the progress of %s was moved by somebody else", self.rules.program)
        if self.reached.is_paused:
            self.is_begun = False
        return not self.reached.is_paused

    def work(self) -> None:
        """Look for late rows, then send what is new."""
        slices = self.behind()
        look = self.source.look(slices)
        self.now = look.now
        if self.reached.watermark is None:
            self.begin_coverage(look.now)
        before = self.counts.read
        self.recount(slices, look.counts)
        self.stream(look.now - self.rules.settle)
        # Where nothing came the next cycle writes it, which needs a look at the store anyhow.
        if self.counts.read > before:
            self.save()

    def begin(self) -> None:
        """Take over what the store says, unless this is what it was told last.

        Raises Moved where a person wrote it since: before anything more is sent.
        """
        if self.is_begun:
            self.save()
            return
        stored = self.tracking.begin(self.rules.program)
        if stored.watermark in self.stored:
            self.reached = replace(self.reached, is_paused=stored.is_paused)
        else:
            self.take_over(follow_move(stored, self.grid))
        self.stored = {stored.watermark}
        self.is_begun = True

    def take_over(self, stored: Progress) -> None:
        """Begin where the store says, with nothing but what it knows."""
        self.reached = stored
        self.handled.restore(stored.tallies, stored.watermark)

    def begin_coverage(self, now: datetime) -> None:
        """Fix for the first time where to begin, and write it down."""
        start = self.rules.start or now - self.rules.settle
        self.reached = replace(self.reached, watermark=start, coverage=start)
        self.save()

    def behind(self) -> Sequence[Slice]:
        """Return the slices in which late rows are looked for.

        A clock that was set back brings rows from before the watermark: there too.
        """
        watermark = self.reached.watermark
        if watermark is None:
            return ()
        begin = watermark
        if self.now is not None:
            begin = min(begin, self.now)
        begin = self.grid.begin(begin - self.rules.overlap)
        if self.reached.coverage is not None:
            begin = max(begin, self.reached.coverage)
        return tuple(self.grid.cut(begin, watermark))

    def recount(self, slices: Sequence[Slice], counts: Sequence[int]) -> int:
        """Send what is missing of slices behind the watermark, and return how many rows were.

        Fewer rows than were handled are only noted: what was published stays published.
        """
        found = 0
        for slice, count in zip(slices, counts, strict=True):
            handled = self.handled.count(slice)
            if count > handled:
                found += self.send_late(slice)
            elif count < handled:
                self.note_gone(slice, handled - count)
            if count != handled:
                self.handled.correct(slice, count)
        return found

    def note_gone(self, slice: Slice, gone: int) -> None:
        """Note that rows were deleted after they were handled."""
        logger.info("from %s on: %d handled rows are not in the source any more", slice.begin, gone)
        self.counts.gone += gone

    def send_late(self, slice: Slice) -> int:
        """Send the rows of a slice that are not known to be handled, and return how many."""
        found = 0
        with self.source.read_others(slice, self.handled.keys(slice)) as batches:
            for rows in batches:
                self.send_and_remember(rows)
                found += len(rows)
        self.counts.late += found
        return found

    def stream(self, end: datetime) -> None:
        """Send the rows from the watermark on, in order."""
        begin = self.reached.watermark
        if begin is None or begin >= end:
            return
        self.handled.edge = []
        with self.source.read(Slice(begin, end)) as batches:
            reached = self.stream_batches(batches, end)
        if reached is not None:
            self.handled.pass_edge()
            self.advance(reached)

    def stream_batches(self, batches: Iterator[Sequence[Row]], end: datetime) -> datetime | None:
        """Send batch after batch, and return the time before which nothing is left.

        It is None where the work is broken off to stop.
        """
        sent = 0
        for rows in batches:
            if self.is_stopping():
                return None
            if sent >= self.rules.max_rows and self.handled.is_later(rows[0]):
                # A time that is cut in two would come again as a whole.
                return rows[0].time
            sent += len(rows)
            self.send_new(rows)
            self.save()
        return end

    def send_new(self, rows: Sequence[Row]) -> None:
        """Send the next rows, and move the watermark as far as all before it are handled."""
        try:
            self.send_and_remember([row for row in rows if not self.handled.knows(row)])
        finally:
            done = list(takewhile(self.handled.knows, rows))
            self.handled.add(done)
            if done:
                self.advance(done[-1].time)

    def send_and_remember(self, rows: Sequence[Row]) -> None:
        """Send rows, and remember those that are handled. Raises why others wait."""
        delivered = self.send(rows)
        for row in rows:
            if row.key in delivered.handled:
                self.handled.remember(row)
        if delivered.error is not None:
            raise delivered.error

    def send(self, rows: Sequence[Row]) -> Delivered:
        """Send rows, set aside what is refused, and count both."""
        delivered = self.delivery.deliver(rows)
        if delivered.aside:
            self.tracking.set_aside(delivered.aside)
        self.counts.read += len(rows)
        self.counts.published += delivered.published
        self.counts.repeats += delivered.repeats
        self.counts.aside += len(delivered.aside)
        records = self.reached.records + delivered.published
        self.reached = replace(self.reached, records=records)
        return delivered

    def advance(self, watermark: datetime) -> None:
        """Move the watermark, never back."""
        before = self.reached.watermark
        if before is None or watermark > before:
            self.reached = replace(self.reached, watermark=watermark)

    def save(self) -> None:
        """Write down how far the rows have come. Raises Moved where somebody else wrote meanwhile.

        After any other error the store has it or not: it is read again before the next cycle.
        """
        watermark = self.reached.watermark
        if watermark is None:
            return
        tallies = self.handled.unsaved()
        oldest = watermark - self.rules.keep
        self.is_begun = False
        self.stored.add(watermark)
        if not self.tracking.save(self.reached, tallies, forget=oldest):
            self.stored.clear()
            raise Moved
        self.is_begun = True
        self.stored = {watermark}
        self.handled.saved(tallies)
        self.handled.forget_before(oldest)


def follow_move(stored: Progress, grid: Grid) -> Progress:
    """Return progress as it counts after a person moved the watermark.

    Set back, everything behind it is sent again. Set ahead, what it passed over is skipped.
    """
    watermark = stored.watermark
    if watermark is None or stored.moved_from is None:
        return stored
    if watermark > stored.moved_from:
        return replace(stored, coverage=watermark, tallies={})
    kept = {}
    for begin, count in stored.tallies.items():
        if begin + grid.length <= watermark:
            kept[begin] = count
    coverage = min(stored.coverage or watermark, watermark)
    return replace(stored, coverage=coverage, tallies=kept)
