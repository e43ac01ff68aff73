"""Which stretch of the source to search next, and how far the watermark may move. Times are the source's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: The newest window has no upper bound: what is stamped ahead of the clock is read all the same.
FAR_FUTURE = datetime(9999, 12, 31)
SHORTEST_SLICE = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """Nominates the calls with a segment in [start, end)."""

    start: datetime
    end: datetime

    @property
    def is_newest(self) -> bool:
        return self.end == FAR_FUTURE


@dataclass(frozen=True)
class Sweep:
    """How far one cycle has come: every call nominated before `position` is accounted for in the ledger."""

    position: datetime
    slice_length: timedelta
    longest_slice: timedelta
    overlap: timedelta
    is_finished: bool = False

    def window(self, now: datetime) -> Window:
        """The next stretch; open-ended once it would reach the database's clock."""
        end = self.position + self.slice_length
        return Window(self.position, FAR_FUTURE if end >= now else end)

    def newest_window(self, now: datetime) -> Window:
        """What live calls fall into, so that they do not wait for a backlog."""
        return Window(max(self.position, now - self.overlap), FAR_FUTURE)

    def advanced(self, window: Window, now: datetime) -> Sweep:
        """After a search that found the whole window: all that it nominated is in the ledger."""
        if window.is_newest:
            return replace(self, position=now, is_finished=True)
        return replace(self, position=window.end, slice_length=min(self.slice_length * 2, self.longest_slice))

    def shortened(self, reached: datetime) -> Sweep:
        """After a search that the row limit cut at a call whose oldest segment in the window is `reached`.

        The slice shrinks to what the limit covers, so that the cost of a backlog grows with its calls, not with their
        square.
        """
        covered = max(reached - self.position, SHORTEST_SLICE)
        return replace(self, position=reached, slice_length=min(covered * 2, self.longest_slice))


def begin_sweep(
    watermark: datetime, coverage_start: datetime, now: datetime, *, overlap: timedelta, slice_length: timedelta
) -> Sweep:
    """One cycle's work: from the watermark less the overlap, never before the start of coverage.

    A watermark ahead of the database's clock (which may move back) counts as the clock.
    """
    position = max(coverage_start, min(watermark, now) - overlap)
    longest = overlap + slice_length
    return Sweep(position, longest, longest, overlap)


def next_watermark(watermark: datetime, sweep: Sweep, now: datetime) -> datetime:
    """Where the watermark may stand after a cycle: what the sweep accounted for, never past now, never back for an
    unfinished sweep."""
    if sweep.is_finished:
        return min(sweep.position, now)
    return min(max(watermark, sweep.position), now)
