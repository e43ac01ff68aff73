"""What to search next in the source, and how far the watermark may move.

Times are the source's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: The newest window has no upper bound: what is stamped ahead of the clock is read all the same.
FAR_FUTURE = datetime(9999, 12, 31, 23, 59, 59, 999_999)
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
class Stretch:
    """What is to be searched, slice by slice.

    Every call nominated before `position` is accounted for in the ledger.
    """

    position: datetime
    slice_length: timedelta
    longest_slice: timedelta
    overlap: timedelta = timedelta(0)
    end: datetime = FAR_FUTURE
    is_finished: bool = False

    def window(self, now: datetime) -> Window:
        """Return the next slice.

        Without an end, it is open-ended once it would reach the database's clock.
        """
        end = min(self.position + min(self.slice_length, FAR_FUTURE - self.position), self.end)
        if end >= now and self.end == FAR_FUTURE:
            end = FAR_FUTURE
        return Window(self.position, end)

    def newest_window(self, now: datetime) -> Window:
        """Return what live calls fall into, so that they do not wait for a backlog."""
        return Window(max(self.position, now - self.overlap), FAR_FUTURE)

    def advanced(self, window: Window, now: datetime) -> Stretch:
        """Move on after a search that found the whole window, which is in the ledger now."""
        if window.is_newest:
            return replace(self, position=now, is_finished=True)
        longer = min(self.slice_length * 2, self.longest_slice)
        return replace(
            self, position=window.end, slice_length=longer, is_finished=window.end >= self.end
        )

    def skipped_to(self, next_time: datetime | None) -> Stretch:
        """Move on to what comes next in the source: an empty time costs no search.

        Parameters:
            next_time: None where nothing comes.
        """
        position = max(self.position, min(next_time or self.end, self.end))
        return replace(self, position=position, is_finished=position >= self.end)

    def moved_on(self, position: datetime) -> Stretch:
        """Go on past what others have searched."""
        return replace(self, position=max(self.position, position))

    def sliced_as(self, other: Stretch) -> Stretch:
        """Go on in slices no longer than another's longest."""
        return replace(
            self,
            slice_length=min(self.slice_length, other.longest_slice),
            longest_slice=other.longest_slice,
        )

    def shortened(self, reached: datetime) -> Stretch:
        """Move on after a search that the row limit cut.

        The slice shrinks to what the limit covers, so that the cost of a backlog grows with its
        calls, not with their square.

        Parameters:
            reached: the oldest segment in the window of the call at which it was cut.
        """
        covered = max(reached - self.position, SHORTEST_SLICE)
        return replace(self, position=reached, slice_length=min(covered * 2, self.longest_slice))


def begin_stretch(
    watermark: datetime,
    coverage_start: datetime,
    now: datetime,
    *,
    overlap: timedelta,
    slice_length: timedelta,
    failed_searches: int = 0,
) -> Stretch:
    """Begin one cycle's work: at the watermark less the overlap, never before coverage starts.

    A watermark ahead of the database's clock (which may move back) counts as the clock. After
    searches that did not end within their deadline the slices are shorter: the same search again
    would end the same way.

    Parameters:
        failed_searches: how many, less those that were quick since.
    """
    position = max(coverage_start, min(watermark, now) - overlap)
    longest = max((overlap + slice_length) / 2 ** min(failed_searches, 16), SHORTEST_SLICE)
    return Stretch(position, longest, longest, overlap)


def next_watermark(watermark: datetime, stretch: Stretch, now: datetime) -> datetime:
    """Return where the watermark may stand after a cycle: up to what the stretch accounted for.

    It is never past now. An unfinished stretch moves it back only where it was ahead of the clock,
    for which the stretch began at the clock.
    """
    if stretch.is_finished or watermark > now:
        return min(stretch.position, now)
    return min(max(watermark, stretch.position), now)


def needed_from(
    watermark: datetime,
    now: datetime,
    *,
    overlap: timedelta,
    sweep: datetime | None,
    job_cursor: datetime | None,
) -> datetime:
    """Return the oldest time that a window, a sweep or the historical job still reaches."""
    oldest = min(watermark, now) - overlap
    if sweep is not None:
        oldest = min(oldest, sweep)
    if job_cursor is not None:
        oldest = min(oldest, job_cursor)
    return oldest


def sweep_start(
    watermark: datetime,
    coverage_start: datetime,
    now: datetime,
    *,
    last_end: datetime | None,
    length: timedelta,
) -> datetime:
    """Return where a sweep begins to find what came late by `length` at most.

    Parameters:
        last_end: the database's clock when the last finished sweep began. A downtime lengthens the
            next one.
    """
    return max(coverage_start, min(watermark, now, last_end or now) - length)
