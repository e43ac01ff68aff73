"""What is counted of conversations and results, and the statistics block of the log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

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
RULER = "=" * 48


class Statistics:
    """Counts the cycles, and logs the statistics block after every_cycles of them."""

    def __init__(self, progress: Progress, every_cycles: int = 1) -> None:
        self.progress = progress
        self.every_cycles = every_cycles
        self.last_cycle_at: datetime | None = None

    def cycle_done(self, ended_at: datetime) -> None:
        """Count one outbound cycle."""
        self.last_cycle_at = ended_at
        self.progress.add(cycles=1)
        if self.progress.counts["cycles"] % self.every_cycles == 0:
            logger.info(self.text())

    def text(self) -> str:
        """Return the block."""
        progress, counts = self.progress, self.progress.counts
        last_cycle = "none yet"
        if self.last_cycle_at:
            last_cycle = f"{self.last_cycle_at:%Y-%m-%d %H:%M:%S}"
        lines = [
            "📊 CDC SERVICE STATISTICS",
            RULER,
            f"Uptime: {timedelta(seconds=progress.clock() - progress.started_at)}",
            f"Cycles completed: {counts['cycles']}",
            f"Calls processed: {counts['sent'] + counts['rejected']}",
            f"Calls failed: {counts['failed']}",
            f"SQS sent: {counts['sent']}",
            f"SQS failed: {counts['refused']}",
            f"ML results received: {counts['received']}",
            f"ML results written: {counts['written']}",
            f"Last cycle: {last_cycle}",
            RULER,
        ]
        return "\n".join(lines)
