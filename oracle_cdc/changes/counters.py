"""What is counted of row changes on their way to the stream, and their block of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oracle_cdc.changes.outbound.shipping import Counts
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.statistics import Statistics

#: The counter of rounds, and the age of the oldest change that waits.
CYCLES, LAG = "change_rounds", "changes"


class ChangeStatistics(Statistics):
    """Says what became of changes.

    Parameters:
        redactions: how much was replaced, by its kind.
    """

    title = "📊 CHANGES STATISTICS"
    counter = CYCLES
    # A round takes half a second.
    least_seconds = 60.0

    def __init__(
        self,
        progress: Progress,
        counts: Counts,
        redactions: Mapping[str, int],
        every_cycles: int,
    ) -> None:
        super().__init__(progress, every_cycles)
        self.counts = counts
        self.redactions = redactions

    def figures(self) -> Iterator[str]:
        """Yield the lines."""
        counts = self.counts
        yield f"Records shipped: {counts.shipped.total()}"
        yield f"Dead letters: {counts.dead.total()}"
        yield f"Changes that are not published: {counts.skipped.total()}"
        yield f"Rows held back: {counts.held_back.total()}"
        for kind, count in sorted(self.redactions.items()):
            yield f"Redacted, {kind}: {count}"
        for table, age in sorted(counts.ages.items()):
            yield f"Waiting in {table}: for {age:.0f} s"
