"""What the capture leg shows of itself: how far behind, figures, statistics."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timezone

from oracle_cdc.conversations.counters import LAG, CallStatistics
from oracle_cdc.conversations.figures import FigureReader
from oracle_cdc.conversations.outbound.cycle import Capture
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)


class Signs:
    """Keeps them up to date, and logs what a person must look at.

    Parameters:
        reconciliation: why it is late, empty while it is not.
    """

    def __init__(
        self,
        progress: Progress,
        repeats: RepeatLimiter,
        statistics: CallStatistics,
        figures: FigureReader,
        reconciliation: Callable[[], str],
    ) -> None:
        self.progress = progress
        self.repeats = repeats
        self.statistics = statistics
        self.figures = figures
        self.reconciliation = reconciliation

    def update(self, capture: Capture | None) -> None:
        """Count a cycle, and note how far it is behind."""
        if capture is not None and capture.position is not None:
            position = capture.position
            lag = position.clocks.now - position.watermark
            self.progress.age(LAG).see(lag.total_seconds())
        self.log_reconciliation()
        self.figures.refresh()
        self.statistics.cycle_done(datetime.now(timezone.utc).astimezone())

    def log_reconciliation(self) -> None:
        """Log that a reconciliation has not finished for a day.

        It loses nothing by itself, but nobody would notice.
        """
        self.repeats.state("the end of the reconciliation", logger, self.reconciliation())
