"""What the processor counts, to CloudWatch from time to time: differences since the last time."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING

from oracle_cdc.aws.cloudwatch.metrics import Metric, put_metrics
from oracle_cdc.processor.counters import redactions
from oracle_cdc.processor.publishing.counter_names import (
    CODES,
    PUBLISHED,
    RECORDS,
    RETRIES,
    SKIPPED,
    STATE_ERRORS,
    dead,
)
from oracle_cdc.processor.publishing.processing import HEARTBEAT
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import REDACTED
from oracle_cdc.running.repeats import RepeatLimiter

if TYPE_CHECKING:
    from oracle_cdc.aws.cloudwatch.client import MetricsClient

logger = logging.getLogger(__name__)

#: Counter -> metric.
COUNTED = {
    RECORDS: "RecordsRead",
    PUBLISHED: "EventsPublished",
    SKIPPED: "EventsSkipped",
    RETRIES: "Retries",
    STATE_ERRORS: "StateErrors",
}


class CloudWatchMetrics:
    """Sends them. That this fails keeps nothing else from going on. One thread uses it.

    Parameters:
        lags: by shard of this copy, the seconds that its oldest record waits that is not settled.
        interval_seconds: between two times, 0: never.
    """

    def __init__(
        self,
        client: MetricsClient,
        progress: Progress,
        repeats: RepeatLimiter,
        *,
        processor: str,
        interval_seconds: float,
        lags: Callable[[], Mapping[str, float]],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.client = client
        self.progress = progress
        self.repeats = repeats
        self.dimensions = {"Processor": processor}
        self.interval_seconds = interval_seconds
        self.lags = lags
        self.clock = clock
        self.due_at = clock() + interval_seconds
        self.sent: Counter[str] = Counter()

    def send_if_due(self) -> None:
        """Send what was counted since, if it is time for that."""
        if self.interval_seconds and self.clock() >= self.due_at:
            self.due_at = self.clock() + self.interval_seconds
            self.send()

    def send(self) -> None:
        """Send what was counted since the last time. What fails is sent with the next ones."""
        counts = Counter(self.progress.counts)
        errors = put_metrics(self.client, self.make(counts), utc_now())
        if errors:
            self.repeats.failure("metrics", logger, "metrics were not taken: %s", errors[0])
            return
        self.repeats.recovered("metrics")
        self.sent = counts

    def make(self, counts: Mapping[str, int]) -> Iterator[Metric]:
        for name, metric in COUNTED.items():
            yield self.count(metric, counts, name)
        for code in CODES:
            yield self.count("DeadLetters", counts, dead(code), Code=code)
        for kind in redactions(counts):
            yield self.count("Redactions", counts, f"{REDACTED}{kind}", Kind=kind)
        lags = self.lags()
        yield Metric("Shards", len(lags), dimensions=self.dimensions)
        if lags:
            age = max(lags.values())
            yield Metric("IteratorAge", age, "Seconds", self.dimensions)
        if (heartbeat := self.progress.age(HEARTBEAT).seconds()) is not None:
            yield Metric("HeartbeatAge", heartbeat, "Seconds", self.dimensions)

    def count(self, metric: str, counts: Mapping[str, int], name: str, **more: str) -> Metric:
        """Return by how much a counter has grown since the last time."""
        grown = counts.get(name, 0) - self.sent[name]
        return Metric(metric, grown, dimensions={**self.dimensions, **more})
