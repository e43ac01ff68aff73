"""What the leg of the processor shows of itself: its shards, how far behind, statistics."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from oracle_cdc.processor.counters import LAG, ProcessorStatistics
from oracle_cdc.processor.reading.shard import ShardWork
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter

logger = logging.getLogger(__name__)

#: The share of the retention from which on records are in danger.
DANGER = 0.5
#: Under which it is logged, and what a person must look at.
LATE = "the processor is late"


class Signs:
    """Keeps them up to date, and logs what changes.

    Parameters:
        retention_hours: returns for how long the stream keeps records, None while it is not known.
    """

    def __init__(
        self,
        progress: Progress,
        repeats: RepeatLimiter,
        statistics: ProcessorStatistics,
        retention_hours: Callable[[], int | None],
        *,
        utc: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.progress = progress
        self.repeats = repeats
        self.statistics = statistics
        self.retention_hours = retention_hours
        self.utc = utc
        self.clock = clock
        #: By shard, the seconds that its oldest record waits that is not settled.
        self.lags: dict[str, float] = {}

    def update(self, works: Sequence[ShardWork]) -> None:
        """Show what the shards of this copy have come to."""
        lags: dict[str, float] = {}
        for work in works:
            lags[work.held.shard_id] = work.lag.seconds(self.clock(), self.utc())
        self.lags = lags
        if lags:
            self.progress.age(LAG).see(max(lags.values()))
        else:
            self.progress.age(LAG).forget()
        self.note_danger(max(lags.values(), default=0.0))
        self.statistics.shards = len(works)
        self.statistics.cycle_done(self.utc().astimezone())

    def note_danger(self, seconds: float) -> None:
        """Say loudly that records come near their end in the stream."""
        hours = self.retention_hours()
        if hours is None:
            return
        if seconds <= hours * 3600 * DANGER:
            self.progress.concerns.withdraw(LATE)
            self.repeats.recovered(LATE)
            return
        reason = (
            f"records wait for {seconds / 3600:.1f} h, and the stream keeps them for {hours} h: "
            "what is older is lost"
        )
        self.progress.concerns.note(LATE, reason)
        self.repeats.failure(LATE, logger, "%s", reason, level=logging.CRITICAL)
