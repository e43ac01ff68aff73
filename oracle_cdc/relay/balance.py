"""What the source holds against what was handled of it, slice by slice. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from oracle_cdc.relay.slices import FIRST, Grid
from oracle_cdc.relay.values import Progress, Slice


@dataclass(frozen=True)
class Short:
    """A stretch of which fewer rows were handled than the source holds."""

    stretch: Slice
    source: int
    handled: int


@dataclass(frozen=True)
class Balance:
    """What is where, of the rows from a time on.

    Parameters:
        source: all of them that the source holds.
        discarded: those that were set aside, and that a person gave up.
        waiting: those that the watermark has not reached.
        short: where others are missing. Slices that touch are one stretch.
    """

    source: int
    published: int
    aside: int
    discarded: int
    waiting: int
    short: Sequence[Short]

    @property
    def missing(self) -> int:
        """Return how many are neither published nor set aside nor given up."""
        return self.source - self.published - self.aside - self.discarded


@dataclass(frozen=True)
class Known:
    """What a store has of each slice, by the slice's begin on the grid."""

    grid: Grid
    tallies: Mapping[datetime, int]
    aside: Mapping[datetime, int]
    discarded: Mapping[datetime, int] = field(default_factory=dict)


def first_time(progress: Progress, grid: Grid, keep: timedelta) -> datetime | None:
    """Return from where on rows are accounted for, None before the first start."""
    if progress.watermark is None:
        return None
    begin = grid.begin(max(progress.watermark, FIRST + keep) - keep)
    if progress.coverage is not None:
        begin = max(begin, progress.coverage)
    return begin


def weigh(slices: Sequence[Slice], counts: Sequence[int], known: Known, *, waiting: int) -> Balance:
    """Compare slice by slice, so that rows deleted in one hide no miss in another.

    Parameters:
        counts: the rows of each slice in the source.
        waiting: the rows behind them.
    """
    source = published = aside = discarded = 0
    short: list[Short] = []
    for slice, count in zip(slices, counts, strict=True):
        begin = known.grid.begin(slice.begin)
        handled = min(count, known.tallies.get(begin, 0))
        put_aside = min(handled, known.aside.get(begin, 0))
        given_up = min(handled - put_aside, known.discarded.get(begin, 0))
        source += count
        aside += put_aside
        discarded += given_up
        published += handled - put_aside - given_up
        if handled < count:
            short.append(Short(slice, count, handled))
    return Balance(source + waiting, published, aside, discarded, waiting, join(short))


def join(short: Iterable[Short]) -> list[Short]:
    """Return stretches, of which those that touch are one."""
    joined: list[Short] = []
    for each in short:
        if joined and joined[-1].stretch.end == each.stretch.begin:
            last = joined[-1]
            stretch = replace(last.stretch, end=each.stretch.end)
            joined[-1] = Short(stretch, last.source + each.source, last.handled + each.handled)
        else:
            joined.append(each)
    return joined
