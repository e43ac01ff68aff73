"""What is counted of events, and their statistics block of the log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from oracle_cdc.relay.sending import Counts
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: The counter of cycles, and the age of the watermark behind the database's clock.
CYCLES, LAG = "event_cycles", "events"
RULER = "=" * 48


class Statistics:
    """Counts the cycles, and logs the statistics block after every_cycles of them."""

    def __init__(self, progress: Progress, counts: Counts, every_cycles: int) -> None:
        self.progress = progress
        self.counts = counts
        self.every_cycles = every_cycles
        self.last_cycle_at: datetime | None = None

    def cycle_done(self, ended_at: datetime) -> None:
        """Count one cycle."""
        self.last_cycle_at = ended_at
        self.progress.add(**{CYCLES: 1})
        if self.progress.counts[CYCLES] % self.every_cycles == 0:
            logger.info(self.text())

    def text(self) -> str:
        """Return the block."""
        progress, counts = self.progress, self.counts
        last_cycle = "none yet"
        if self.last_cycle_at:
            last_cycle = f"{self.last_cycle_at:%Y-%m-%d %H:%M:%S}"
        lag = progress.age(LAG).seconds()
        behind = "not known"
        if lag is not None:
            behind = f"{lag:.0f} s"
        lines = [
            "📊 EVENTS STATISTICS",
            RULER,
            f"Uptime: {timedelta(seconds=progress.clock() - progress.started_at)}",
            f"Cycles completed: {progress.counts[CYCLES]}",
            f"Rows read: {counts.read}",
            f"Events published: {counts.published}",
            f"Repeats that the stream knew: {counts.repeats}",
            f"Rows set aside: {counts.aside}",
            f"Rows committed late: {counts.late}",
            f"Rows deleted after publishing: {counts.gone}",
            f"Behind the clock: {behind}",
            f"Last cycle: {last_cycle}",
            RULER,
        ]
        return "\n".join(lines)
