"""What is counted of events, and their statistics block of the log."""

from __future__ import annotations

from collections.abc import Iterator

from oracle_cdc.relay.sending import Counts
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.statistics import Statistics

#: The counter of cycles, and the age of the watermark behind the database's clock.
CYCLES, LAG = "event_cycles", "events"


class EventStatistics(Statistics):
    """Says what became of rows."""

    title = "📊 EVENTS STATISTICS"
    counter = CYCLES

    def __init__(self, progress: Progress, counts: Counts, every_cycles: int) -> None:
        super().__init__(progress, every_cycles)
        self.counts = counts

    def figures(self) -> Iterator[str]:
        """Yield the lines."""
        counts = self.counts
        yield f"Rows read: {counts.read}"
        yield f"Events published: {counts.published}"
        yield f"Repeats that the stream knew: {counts.repeats}"
        yield f"Rows set aside: {counts.aside}"
        yield f"Rows committed late: {counts.late}"
        yield f"Rows deleted after publishing: {counts.gone}"
        yield self.behind("clock", LAG)
