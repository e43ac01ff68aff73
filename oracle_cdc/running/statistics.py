"""The block of the log that says, after every few cycles, what a pipeline has done so far."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta

from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

RULER = "=" * 48


class Statistics(ABC):
    """Counts the cycles, and logs the block after every_cycles of them.

    Parameters:
        title: the block's first line.
        counter: of the cycles, in the progress.
        least_seconds: between two blocks, however short the cycles are.
    """

    title: str
    counter: str
    least_seconds = 0.0

    def __init__(self, progress: Progress, every_cycles: int = 1) -> None:
        self.progress = progress
        self.every_cycles = every_cycles
        self.last_cycle_at: datetime | None = None
        self.said_at = progress.started_at

    @abstractmethod
    def figures(self) -> Iterable[str]:
        """Return the pipeline's own lines."""

    def behind(self, what: str, age: str) -> str:
        """Return the line that says how far it is behind.

        Parameters:
            what: it is behind, such as the clock.
            age: by its name in the progress.
        """
        seconds = self.progress.age(age).seconds()
        if seconds is None:
            return f"Behind the {what}: not known"
        return f"Behind the {what}: {seconds:.0f} s"

    def cycle_done(self, ended_at: datetime) -> None:
        """Count one cycle."""
        self.last_cycle_at = ended_at
        self.progress.add(**{self.counter: 1})
        now = self.progress.clock()
        is_due = self.progress.counts[self.counter] % self.every_cycles == 0
        if is_due and now - self.said_at >= self.least_seconds:
            self.said_at = now
            logger.info(self.text())

    def text(self) -> str:
        """Return the block."""
        progress = self.progress
        last_cycle = "none yet"
        if self.last_cycle_at:
            last_cycle = f"{self.last_cycle_at:%Y-%m-%d %H:%M:%S}"
        lines = [
            self.title,
            RULER,
            f"Uptime: {timedelta(seconds=progress.clock() - progress.started_at)}",
            f"Cycles completed: {progress.counts[self.counter]}",
            *self.figures(),
            f"Last cycle: {last_cycle}",
            RULER,
        ]
        return "\n".join(lines)
