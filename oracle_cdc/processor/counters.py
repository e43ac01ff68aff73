"""What is counted of events on their way to the bus, and their block of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oracle_cdc.processor.publishing.counter_names import (
    CODES,
    PUBLISHED,
    RECORDS,
    RETRIES,
    SKIPPED,
    STATE_ERRORS,
    dead,
)
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import REDACTED
from oracle_cdc.running.statistics import Statistics

#: The counter of looks at the leases, the age of the oldest record that is not settled, and that
#: of the last heartbeat when it came.
CYCLES, LAG = "processor_looks", "processor"


class ProcessorStatistics(Statistics):
    """Says what became of records."""

    title = "📊 PROCESSOR STATISTICS"
    counter = CYCLES

    def __init__(self, progress: Progress, every_cycles: int) -> None:
        super().__init__(progress, every_cycles)
        #: How many shards this copy reads.
        self.shards = 0

    def figures(self) -> Iterator[str]:
        """Yield the lines."""
        counts = self.progress.counts
        yield f"Shards read: {self.shards}"
        yield f"Records read: {counts[RECORDS]}"
        yield f"Events published: {counts[PUBLISHED]}"
        yield f"Events that are not wanted: {counts[SKIPPED]}"
        yield f"Tries that were refused: {counts[RETRIES]}"
        for code, count in dead_letters(counts).items():
            yield f"Dead letters, {code}: {count}"
        for kind, count in sorted(redactions(counts).items()):
            yield f"Redacted, {kind}: {count}"
        yield f"Failures of the state tables: {counts[STATE_ERRORS]}"
        yield self.behind("stream", LAG)


def dead_letters(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the dead letters by their codes."""
    return {code: counts.get(dead(code), 0) for code in CODES}


def redactions(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return how much was replaced, by its kind."""
    found: dict[str, int] = {}
    for name, count in dict(counts).items():
        if name.startswith(REDACTED):
            found[name.removeprefix(REDACTED)] = count
    return found
