"""The grid of slices that the source's time is cut into. Pure rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from oracle_cdc.relay.values import Slice

#: Where the grid begins. Any midnight would do, but it must be the same for ever.
ORIGIN = datetime(1970, 1, 1)
#: Before all slices: nobody counts hours back from the first years of the calendar.
FIRST = datetime(1900, 1, 1)
#: What a slice is cut into where late rows are looked for: one statement counts them all.
PIECES = 10


@dataclass(frozen=True)
class Grid:
    """Slices of one length, of which each time of the source belongs to one.

    Parameters:
        length: whole seconds, because a slice's begin is kept without a fraction.
    """

    length: timedelta

    @property
    def piece(self) -> timedelta:
        """Return the length of a piece."""
        return self.length / PIECES

    def pieces(self, slice: Slice) -> list[Slice]:
        """Return the pieces of a slice. Where one is cut off those beyond its ends are empty."""
        pieces = []
        begin = self.begin(slice.begin)
        for _ in range(PIECES):
            end = begin + self.piece
            pieces.append(Slice(max(begin, slice.begin), min(end, slice.end)))
            begin = end
        return pieces

    def begin(self, time: datetime) -> datetime:
        """Return the begin of the slice that a time belongs to."""
        return time - (time - ORIGIN) % self.length

    def cut(self, begin: datetime, end: datetime) -> Iterator[Slice]:
        """Yield the slices from one time to another, the first and last of them cut off there."""
        while begin < end:
            next_begin = min(self.begin(begin) + self.length, end)
            yield Slice(begin, next_begin)
            begin = next_begin
