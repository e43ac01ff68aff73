"""What this service shows as metrics, see metrics.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import Metric

from oracle_cdc.conversations.counters import CONVERSATIONS, LAG, RECONCILED, RESULTS
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.retrying import Breaker, State
from oracle_cdc.running.rotation import Secret
from oracle_cdc.watching.figures import Figures
from oracle_cdc.watching.metrics import (
    Metrics,
    counter,
    counters,
    counters_of_pairs,
    gauge,
    histogram,
    labelled,
)
from oracle_cdc.watching.readiness import Readiness


class Measures:
    """Yields the metrics.

    Parameters:
        dependencies: Oracle, and SQS in each direction.
        figures: the latest that SQL knew, None before it did.
        secrets: which log-ins need, and which may change.
    """

    def __init__(
        self,
        readiness: Readiness,
        dependencies: Sequence[Dependency],
        breaker: Breaker,
        figures: Callable[[], Figures | None],
        *,
        secrets: Sequence[Secret] = (),
    ) -> None:
        self.readiness = readiness
        self.progress = readiness.progress
        self.dependencies = dependencies
        self.breaker = breaker
        self.figures = figures
        self.secrets = secrets

    def metrics(self) -> Metrics:
        """Return them as one collector."""
        return Metrics(
            [
                self.counts,
                self.states,
                self.moments,
                self.calls,
                self.rereads,
                self.ages,
                self.from_sql,
            ]
        )

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

    def states(self) -> Iterator[Metric]:
        checks = {check.name: float(check.ok) for check in self.readiness.dependencies()}
        state = self.breaker.state
        yield gauge("ready", "Whether /readyz says so", float(self.readiness.is_ready()))
        yield labelled(
            "dependency_ok",
            "Whether oracle, outbound, results and tables are usable",
            "dependency",
            checks,
        )
        yield labelled(
            "breaker",
            "State of the circuit breaker of the outbound queue: 1 for the one that holds",
            "state",
            {each.value: float(each is state) for each in State},
        )
        paused = dict.fromkeys(self.progress.paused, 1.0)
        yield labelled("paused", "Modes that IS_ENABLED = 0 has paused", "mode", paused)

    def moments(self) -> Iterator[Metric]:
        ages = self.progress.late_loops(float("-inf"))
        now = self.progress.clock()
        succeeded = {}
        for name, moments in dict(self.progress.loops).items():
            succeeded[name] = now - moments.succeeded_at
        yield labelled(
            "loop_progress_age_seconds",
            "Seconds since a loop last got on; below 0 while it pauses",
            "loop",
            ages,
        )
        yield labelled(
            "loop_success_age_seconds", "Seconds since a loop's last success", "loop", succeeded
        )
        batches = dict(self.progress.batches)
        yield histogram("batch_seconds", "Duration of batches", "direction", batches)

    def calls(self) -> Iterator[Metric]:
        calls, durations = {}, {}
        for dependency in self.dependencies:
            calls[dependency.name] = dependency.calls
            durations[dependency.name] = dependency.durations
        yield counters(
            "round_trips", "Calls to Oracle, requests to SQS in each direction", "to", calls
        )
        yield histogram(
            "request_seconds", "Duration of round trips, long polls left out", "to", durations
        )

    def rereads(self) -> Iterator[Metric]:
        values: dict[tuple[str, str], float] = {}
        for secret in self.secrets:
            for outcome, count in secret.rereads.items():
                values[secret.name, outcome] = count
        yield counters_of_pairs(
            "secret_rereads",
            "Secrets that were refused and read again from their place, by what that showed",
            ("secret", "outcome"),
            values,
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
