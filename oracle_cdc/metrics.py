"""The service in Prometheus' format. No label holds anything of a call or a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from oracle_cdc.durations import BUCKETS_SECONDS, Durations
from oracle_cdc.figures import Figures
from oracle_cdc.progress import Progress
from oracle_cdc.readiness import Readiness
from oracle_cdc.retrying import State

#: Counters of progress by the outcome that a metric tells.
CONVERSATIONS = ("sent", "rejected", "failed", "refused")
RESULTS = (
    "received",
    "written",
    "outdated",
    "unmatched",
    "set_aside",
    "empty",
    "put_back",
    "unread",
)


class Metrics(Collector):
    """Reads everything at the moment of the scrape.

    Parameters:
        figures: the latest that SQL told, None before it did.
    """

    def __init__(self, readiness: Readiness, figures: Callable[[], Figures | None]) -> None:
        self.readiness = readiness
        self.figures = figures
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def text(self) -> bytes:
        """The exposition, in the text format 0.0.4."""
        return generate_latest(self.registry)

    def describe(self) -> Iterator[Metric]:
        """Nothing to look for before the first scrape: no metric of another collector has these names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        progress = self.readiness.progress
        yield from counters(progress)
        yield from self.states()
        yield from self.moments(progress)
        yield from self.calls()
        yield from self.from_sql()

    def states(self) -> Iterator[Metric]:
        checks = {check.name: float(check.ok) for check in self.readiness.dependencies()}
        state = self.readiness.breaker.state
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
        paused = dict.fromkeys(self.readiness.progress.paused, 1.0)
        yield labelled("paused", "Modes that IS_ENABLED = 0 has paused", "mode", paused)

    def moments(self, progress: Progress) -> Iterator[Metric]:
        ages = progress.late_loops(float("-inf"))
        now = progress.clock()
        succeeded = {
            name: now - moments.succeeded_at for name, moments in dict(progress.loops).items()
        }
        yield labelled(
            "loop_progress_age_seconds",
            "Seconds since a loop last got on; below 0 while it pauses",
            "loop",
            ages,
        )
        yield labelled(
            "loop_success_age_seconds", "Seconds since a loop's last success", "loop", succeeded
        )
        yield histogram("batch_seconds", "Duration of batches", "direction", progress.batches)

    def calls(self) -> Iterator[Metric]:
        each = {
            "oracle": self.readiness.oracle,
            "outbound": self.readiness.outbound,
            "results": self.readiness.results,
        }
        family = CounterMetricFamily(
            "oracle_cdc_round_trips",
            "Calls to Oracle, requests to SQS in each direction",
            labels=["to"],
        )
        for name, dependency in each.items():
            family.add_metric([name], dependency.calls)
        yield family
        durations = {name: dependency.durations for name, dependency in each.items()}
        yield histogram(
            "request_seconds", "Duration of round trips, long polls left out", "to", durations
        )

    def from_sql(self) -> Iterator[Metric]:
        progress = self.readiness.progress
        if (lag := progress.lag.seconds()) is not None:
            yield gauge(
                "watermark_lag_seconds", "How far the watermark is behind the database's clock", lag
            )
        if (age := progress.reconciled.seconds()) is not None:
            yield gauge(
                "reconcile_age_seconds",
                "Since the last finished reconciliation began, by whichever copy",
                age,
            )
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


def counters(progress: Progress) -> Iterator[Metric]:
    counts = progress.counts
    for name, text, outcomes in (
        (
            "conversations",
            "Conversations by what became of them; refused includes failed",
            CONVERSATIONS,
        ),
        (
            "results",
            "Results by what became of them; unmatched and empty ones are written too",
            RESULTS,
        ),
    ):
        family = CounterMetricFamily(f"oracle_cdc_{name}", text, labels=["outcome"])
        for outcome in outcomes:
            family.add_metric([outcome], counts[outcome])
        yield family
    yield CounterMetricFamily("oracle_cdc_cycles", "Outbound cycles", value=counts["cycles"])


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"oracle_cdc_{name}", text, value=value)


def labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"oracle_cdc_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def histogram(name: str, text: str, label: str, durations: Mapping[str, Durations]) -> Metric:
    family = HistogramMetricFamily(f"oracle_cdc_{name}", text, labels=[label])
    for key, each in durations.items():
        counts, total_seconds = each.read()
        ends = [*(str(seconds) for seconds in BUCKETS_SECONDS), "+Inf"]
        family.add_metric([key], list(zip(ends, counts, strict=True)), total_seconds)
    return family
