"""What conversations show as metrics, see watching/metrics.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

from oracle_cdc.conversations.counters import CONVERSATIONS, LAG, RECONCILED, RESULTS
from oracle_cdc.conversations.figures import Figures
from oracle_cdc.conversations.settings import KIND_NAMES
from oracle_cdc.running.breaker import Breaker, State
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import REDACTED
from oracle_cdc.watching.metrics import Source, counter, counters, gauge, labelled


class Measures:
    """Yields the metrics.

    Parameters:
        figures: the latest that SQL knew, None before it did.
    """

    def __init__(
        self, progress: Progress, breaker: Breaker, figures: Callable[[], Figures | None]
    ) -> None:
        self.progress = progress
        self.breaker = breaker
        self.figures = figures

    def sources(self) -> list[Source]:
        """Return what yields them, in their order."""
        return [self.counts, self.states, self.ages, self.from_sql]

    def counts(self) -> Iterator[Metric]:
        counts = self.progress.counts
        yield counters(
            "conversations",
            "Conversations by what became of them; refused includes failed",
            "outcome",
            {outcome: counts[outcome] for outcome in CONVERSATIONS},
        )
        yield counters(
            "results",
            "Results by what became of them; unmatched and empty ones are written too",
            "outcome",
            {outcome: counts[outcome] for outcome in RESULTS},
        )
        yield counter("cycles", "Outbound cycles", counts["cycles"])
        yield counters(
            "redacted",
            "What was marked as personal in accepted conversations and written summaries",
            "kind",
            {kind: counts[f"{REDACTED}{kind}"] for kind in KIND_NAMES},
        )

    def states(self) -> Iterator[Metric]:
        state = self.breaker.state
        yield labelled(
            "breaker",
            "State of the circuit breaker of the outbound queue: 1 for the one that holds",
            "state",
            {each.value: float(each is state) for each in State},
        )

    def ages(self) -> Iterator[Metric]:
        if (lag := self.progress.age(LAG).seconds()) is not None:
            yield gauge(
                "watermark_lag_seconds", "How far the watermark is behind the database's clock", lag
            )
        if (age := self.progress.age(RECONCILED).seconds()) is not None:
            yield gauge(
                "reconcile_age_seconds",
                "Since the last finished reconciliation began, by whichever copy",
                age,
            )

    def from_sql(self) -> Iterator[Metric]:
        if (figures := self.figures()) is None:
            return
        yield gauge(
            "oldest_unsent_seconds",
            "Age of the oldest segment that the ledger has found and not sent; read once a minute",
            figures.oldest_unsent_seconds,
        )
        yield gauge(
            "overdue_calls",
            "Sent calls without an answer in time; read once a minute",
            figures.overdue,
        )
        yield gauge(
            "failures", "Rows of SQS_PERMANENT_FAILURES; read once a minute", figures.failures
        )
        leases = {owner: float(calls) for owner, calls in figures.leases.items()}
        yield labelled(
            "leased_calls", "Calls in the hands of each copy; read once a minute", "owner", leases
        )
