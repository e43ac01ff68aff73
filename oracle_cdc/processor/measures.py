"""What the processor shows as metrics, see watching/metrics.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import Metric

from oracle_cdc.processor.counters import dead_letters, redactions
from oracle_cdc.processor.publishing.counter_names import (
    PUBLISHED,
    RECORDS,
    RETRIES,
    SKIPPED,
    STATE_ERRORS,
)
from oracle_cdc.processor.publishing.processing import HEARTBEAT
from oracle_cdc.running.progress import Progress
from oracle_cdc.watching.metrics import Source, counter, counters, gauge, labelled


class Measures:
    """Yields the metrics.

    Parameters:
        lags: by shard of this copy, the seconds that its oldest record waits that is not settled.
    """

    def __init__(self, progress: Progress, lags: Callable[[], Mapping[str, float]]) -> None:
        self.progress = progress
        self.lags = lags

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.done, self.failed, self.behind]

    def done(self) -> Iterator[Metric]:
        counts = self.progress.counts
        yield counters(
            "processor_records",
            "Records of the stream by what became of them, read once more after a failure too",
            "outcome",
            {
                "read": counts[RECORDS],
                "published": counts[PUBLISHED],
                "skipped": counts[SKIPPED],
            },
        )
        yield counters(
            "processor_redactions",
            "What was replaced as personal, by its kind",
            "kind",
            redactions(counts),
        )

    def failed(self) -> Iterator[Metric]:
        counts = self.progress.counts
        yield counters(
            "processor_dead_letters",
            "Records that could not be published, by the code of their dead letter",
            "code",
            dead_letters(counts),
        )
        yield counter("processor_retries", "Tries of an event that were refused", counts[RETRIES])
        yield counter(
            "processor_state_errors",
            "Failures of writing checkpoints and states",
            counts[STATE_ERRORS],
        )

    def behind(self) -> Iterator[Metric]:
        lags = dict(self.lags())
        yield gauge("processor_shards", "Shards that this copy reads", len(lags))
        yield labelled(
            "processor_iterator_age_seconds",
            "How long the oldest record of a shard waits that is not settled",
            "shard",
            lags,
        )
        if (age := self.progress.age(HEARTBEAT).seconds()) is not None:
            yield gauge(
                "processor_heartbeat_age_seconds",
                "How long ago Oracle's last heartbeat was that came up to here",
                age,
            )
