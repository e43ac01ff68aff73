"""What events show as metrics, see watching/metrics.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

from oracle_cdc.events.counters import CYCLES, LAG
from oracle_cdc.relay.sending import Counts
from oracle_cdc.relay.sweep import Balance
from oracle_cdc.running.progress import Progress
from oracle_cdc.watching.metrics import Source, counter, counters, gauge, labelled


class Measures:
    """Yields the metrics.

    Parameters:
        balance: of the last sweep, None before the first.
    """

    def __init__(
        self, progress: Progress, counts: Counts, balance: Callable[[], Balance | None]
    ) -> None:
        self.progress = progress
        self.counts = counts
        self.balance = balance

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.done, self.lag, self.swept]

    def done(self) -> Iterator[Metric]:
        counts = self.counts
        yield counters(
            "events",
            "Rows by what became of them; late ones are published too, repeats were before",
            "outcome",
            {
                "read": counts.read,
                "published": counts.published,
                "repeated": counts.repeats,
                "set_aside": counts.aside,
                "late": counts.late,
                "gone": counts.gone,
            },
        )
        yield counter("event_cycles", "Cycles of events", self.progress.counts[CYCLES])

    def lag(self) -> Iterator[Metric]:
        if (lag := self.progress.age(LAG).seconds()) is not None:
            yield gauge(
                "events_lag_seconds",
                "How far the watermark of events is behind the database's clock",
                lag,
            )

    def swept(self) -> Iterator[Metric]:
        if (balance := self.balance()) is None:
            return
        yield labelled(
            "events_swept",
            "Rows that the last sweep saw: in the source, handled before, missing until then",
            "figure",
            {
                "source": balance.source,
                "handled": balance.handled,
                "missing": balance.missing,
            },
        )
