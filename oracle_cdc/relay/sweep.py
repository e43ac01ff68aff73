"""The slow look behind the overlap, whose sums say what the source holds and what is missing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from oracle_cdc.relay.cycle import Relay
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.chore import Chore, Result

#: Slices that one statement counts.
SLICES_AT_A_TIME = 100


@dataclass(frozen=True)
class Balance:
    """What a sweep saw.

    Parameters:
        source: rows in the source.
        handled: those of them that were published or set aside before the sweep.
        missing: those that were not. They are sent now.
    """

    begin: datetime
    source: int = 0
    handled: int = 0
    missing: int = 0


@dataclass
class Walk:
    """A sweep under way."""

    position: datetime
    end: datetime
    balance: Balance
    found: int = 0
    slices: list[Slice] = field(default_factory=list)


class Sweep(Chore):
    """Compares what the source holds with what was handled, slice by slice, in the pauses."""

    name = "the sweep"
    needs_queue = True

    def __init__(
        self, relay: Relay, *, keep: timedelta, interval_seconds: float, pause_seconds: float
    ) -> None:
        self.relay = relay
        self.keep = keep
        self.interval_seconds = interval_seconds
        self.pause_seconds = pause_seconds
        self.walk: Walk | None = None
        #: Of the last sweep that came to its end.
        self.balance: Balance | None = None

    def run_once(self) -> Result:
        """Compare the next slices. Raises what the source, the destination or the store raise."""
        walk = self.walk or self.begin()
        if walk is None:
            return Result(self.interval_seconds, waits_for="the first cycle")
        self.walk = walk
        slices = tuple(islice(self.slices(walk), SLICES_AT_A_TIME))
        if slices:
            look = self.relay.source.look(slices)
            for slice, count in zip(slices, look.counts, strict=True):
                self.compare(walk, slice, count)
        if next(self.slices(walk), None) is not None:
            return Result(self.pause_seconds)
        return self.finish(walk)

    def slices(self, walk: Walk) -> Iterator[Slice]:
        """Return what is left of a walk, as far as it is behind the watermark and covered now.

        The last slice is whole once the watermark has left it, as its rows are counted then. A
        person may have moved the watermark since the walk began, and skipped what lies before it.
        """
        reached, grid = self.relay.position.reached, self.relay.grid
        begin, end = walk.position, grid.begin(walk.end) + grid.length
        if reached.coverage is not None:
            begin = max(begin, reached.coverage)
        if reached.watermark is not None:
            end = min(end, reached.watermark)
        return grid.cut(begin, end)

    def begin(self) -> Walk | None:
        """Begin a sweep up to where the cycles are, or return None where none has begun."""
        reached = self.relay.position.reached
        if reached.watermark is None or not self.relay.position.is_begun:
            return None
        begin = self.relay.grid.begin(reached.watermark - self.keep)
        if reached.coverage is not None:
            begin = max(begin, reached.coverage)
        return Walk(begin, reached.watermark, Balance(begin))

    def compare(self, walk: Walk, slice: Slice, count: int) -> None:
        """Send what is missing of a slice, and go on behind it.

        It is in the balance only then: where sending fails the same slice is the next one.
        """
        handled = min(count, self.relay.handled.count(slice))
        walk.found += self.relay.late.recount([slice], [count])
        before = walk.balance
        walk.balance = Balance(
            before.begin,
            before.source + count,
            before.handled + handled,
            before.missing + count - handled,
        )
        walk.position = slice.end

    def finish(self, walk: Walk) -> Result:
        """Keep the balance of a sweep, and say what it found."""
        self.walk = None
        self.balance = walk.balance
        level = logging.DEBUG
        if walk.found:
            level = logging.WARNING
        report = (
            f"swept from {walk.balance.begin} on: "
            f"{counted(walk.balance.source, 'row')} in the source, "
            f"{walk.balance.handled} handled, "
            f"{counted(walk.found, 'came late and was', 'came late and were')} sent now"
        )
        return Result(self.interval_seconds, report, level)
