"""What the leg of row changes shows of itself: how far behind, statistics."""

from __future__ import annotations

from datetime import datetime, timezone

from oracle_cdc.changes.counters import LAG, ChangeStatistics
from oracle_cdc.running.progress import Progress


class Signs:
    """Keeps them up to date."""

    def __init__(self, progress: Progress, statistics: ChangeStatistics) -> None:
        self.progress = progress
        self.statistics = statistics

    def update(self) -> None:
        """Show what a round came to."""
        ages = self.statistics.counts.ages.values()
        self.progress.age(LAG).see(max(ages, default=0.0))
        self.statistics.cycle_done(datetime.now(timezone.utc).astimezone())
