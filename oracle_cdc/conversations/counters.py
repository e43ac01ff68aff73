"""What is counted of conversations and results, and the statistics block of the log."""

from __future__ import annotations

from collections.abc import Iterator

from oracle_cdc.running.statistics import Statistics

#: The directions of batches.
DIRECTIONS = ("outbound", "results")
#: The age of the watermark behind the database's clock, and of the last finished reconciliation.
LAG, RECONCILED = "watermark", "reconciliation"
#: Counters by what became of a conversation. A refused one may also be a failed one.
CONVERSATIONS = ("sent", "rejected", "failed", "refused")
#: Counters by what became of a result.
RESULTS = (
    "received",
    "written",
    "outdated",
    "unmatched",
    "set_aside",
    "empty",
    "put_back",
    "unread",
)


class CallStatistics(Statistics):
    """Says what became of calls and of the answers to them."""

    title = "📊 CDC SERVICE STATISTICS"
    counter = "cycles"

    def figures(self) -> Iterator[str]:
        """Yield the lines."""
        counts = self.progress.counts
        yield f"Calls processed: {counts['sent'] + counts['rejected']}"
        yield f"Calls failed: {counts['failed']}"
        yield f"SQS sent: {counts['sent']}"
        yield f"SQS failed: {counts['refused']}"
        yield f"ML results received: {counts['received']}"
        yield f"ML results written: {counts['written']}"
