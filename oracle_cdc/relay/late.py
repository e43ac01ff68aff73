"""Rows that were committed behind the watermark: found by the counts of their slices."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from oracle_cdc.relay.seams import Source
from oracle_cdc.relay.sending import Sender
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.amounts import counted

logger = logging.getLogger(__name__)


class LateRows:
    """Compares the counts of slices with what was handled, and sends what is missing.

    Parameters:
        overlap: how far behind the watermark each cycle looks.
    """

    def __init__(self, source: Source, sender: Sender, overlap: timedelta) -> None:
        self.source = source
        self.sender = sender
        self.position = sender.position
        self.handled = sender.position.handled
        self.overlap = overlap

    def slices(self, now: datetime | None) -> Sequence[Slice]:
        """Return the slices in which late rows are looked for.

        A clock that was set back brings rows from before the watermark: there too.

        Parameters:
            now: the source's clock when it was last looked at.
        """
        watermark = self.position.reached.watermark
        if watermark is None:
            return ()
        begin = watermark
        if now is not None:
            begin = min(begin, now)
        begin = self.position.grid.begin(begin - self.overlap)
        if self.position.reached.coverage is not None:
            begin = max(begin, self.position.reached.coverage)
        return tuple(self.position.grid.cut(begin, watermark))

    def recount(self, slices: Sequence[Slice], counts: Sequence[int]) -> int:
        """Send what is missing of slices behind the watermark, and return how many rows were.

        Fewer rows than were handled are only noted: what was published stays published.
        """
        found = 0
        for slice, count in zip(slices, counts, strict=True):
            handled = self.handled.count(slice)
            if count > handled:
                found += self.send_late(slice, count - handled)
            elif count < handled:
                self.note_gone(slice, handled - count)
            if count != handled:
                self.handled.correct(slice, count)
        return found

    def note_gone(self, slice: Slice, gone: int) -> None:
        """Note that rows were deleted after they were handled."""
        logger.info("from %s on: %d handled rows are not in the source any more", slice.begin, gone)
        self.sender.counts.gone += gone

    def send_late(self, slice: Slice, missing: int) -> int:
        """Send the rows of a slice that are not known to be handled, and return how many.

        They are looked for in the pieces that have other counts than are known. A piece that lost
        a row and got another has none: where some are still missing the whole slice is read.
        """
        found = 0
        for piece in self.odd_pieces(slice):
            found += self.send_unknown(piece)
        if found < missing:
            found += self.send_unknown(slice)
        self.sender.counts.late += found
        logger.info(
            "from %s on: a row was committed late; of its slice %s sent now",
            slice.begin,
            counted(found, "row is", "rows are"),
        )
        return found

    def odd_pieces(self, slice: Slice) -> list[Slice]:
        """Return the pieces of a slice that have another count than is known."""
        known = self.handled.pieces(slice)
        if not known:
            return []
        counts = self.source.look([piece for piece, _ in known]).counts
        odd = []
        for (piece, handled), count in zip(known, counts, strict=True):
            if count != handled:
                odd.append(piece)
        return odd

    def send_unknown(self, slice: Slice) -> int:
        """Send the rows of a stretch that are not known to be handled, and return how many."""
        found = 0
        with self.source.read_others(slice, self.handled.keys(slice)) as batches:
            for rows in batches:
                self.sender.send(rows)
                found += len(rows)
        return found
