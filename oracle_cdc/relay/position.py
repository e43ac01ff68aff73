"""How far the rows have come, here and in the store, which a person may move."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from oracle_cdc.relay.handled import Handled
from oracle_cdc.relay.seams import Tracking
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Progress, Slice


class Moved(Exception):
    """Somebody else wrote the progress meanwhile."""


class Position:
    """Moves the watermark, and writes it down with the tallies of the slices behind it.

    Parameters:
        keep: how far behind the watermark a tally is of use.
    """

    def __init__(self, tracking: Tracking, program: str, grid: Grid, keep: timedelta) -> None:
        self.tracking = tracking
        self.program = program
        self.grid = grid
        self.keep = keep
        self.handled = Handled(grid)
        #: The source's clock at the last look. None: there was none.
        self.now: datetime | None = None
        #: How far the rows have come, which the store may not know yet.
        self.reached = Progress(None)
        #: The watermarks that the store may have: what was read or written last, and tried since.
        #: Each with where it was before a person moved it: what he wrote is no save of ours.
        self.stored: set[tuple[datetime | None, datetime | None]] = set()
        self.is_begun = False

    def begin(self) -> None:
        """Read what the store has, and follow it unless it is what was written last.

        Raises Moved where a person wrote it since: before anything more is sent.
        """
        if self.is_begun:
            self.save()
            return
        stored = self.tracking.begin(self.program)
        mark = (stored.watermark, stored.moved_from)
        if mark in self.stored:
            self.reached = replace(self.reached, is_paused=stored.is_paused)
        else:
            self.go_on_from(stored)
        self.stored = {mark}
        self.is_begun = True

    def go_on_from(self, stored: Progress) -> None:
        """Begin where the store says, with nothing but what it knows."""
        self.reached = follow_move(stored, self.grid)
        self.handled.restore(self.reached.tallies, self.reached.watermark)
        for begin in stored.tallies.keys() - self.reached.tallies.keys():
            # The store must not know any more what a person's move makes wrong.
            self.handled.correct(Slice(begin, begin + self.grid.length), 0)

    def begin_coverage(self, start: datetime) -> None:
        """Set for the first time where to begin, and write it down."""
        self.reached = replace(self.reached, watermark=start, coverage=start)
        self.save()

    def take_over(self, watermark: datetime, coverage: datetime) -> None:
        """Go on from where others had come, with nothing handled before it but what is counted."""
        known = self.reached.tallies
        self.reached = replace(self.reached, watermark=watermark, coverage=coverage, tallies={})
        self.handled.restore({}, watermark)
        for begin in known:
            self.handled.correct(Slice(begin, begin + self.grid.length), 0)

    def look_again(self) -> None:
        """Read the store before the next cycle, because a person paused the program there."""
        self.is_begun = False

    def published(self, count: int) -> None:
        """Count rows that were published."""
        self.reached = replace(self.reached, records=self.reached.records + count)

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
        # A whole slice is looked at as long as a part of it is of use. A clock that was set back
        # brings rows from behind all of them: what was counted there is of use, too.
        oldest = self.grid.begin(min(watermark, self.now or watermark) - self.keep)
        self.is_begun = False
        self.stored.add((watermark, None))
        if not self.tracking.save(self.reached, tallies, forget=oldest):
            self.stored.clear()
            raise Moved
        self.is_begun = True
        self.stored = {(watermark, None)}
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
