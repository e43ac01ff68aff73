"""What Prometheus scrapes. What was not measured has no sample: 0 would be a figure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from sync_monitor.history.notices import count_results
from sync_monitor.measurements import Figures
from sync_monitor.model import Severity
from sync_monitor.web.site import Site
from sync_monitor.web.states import State

TYPE = CONTENT_TYPE_PLAIN_0_0_4
PREFIX = "sync_monitor_"


class Collected:
    """Metrics that were made already, as prometheus_client takes them."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> list[Metric]:
        """Return them."""
        return self.metrics


def expose(connection: sqlite3.Connection, site: Site) -> bytes:
    """Return the text that is scraped. Its names of syncs are those that are declared."""
    now = site.now()
    states = sorted(site.states.read(connection, now), key=lambda state: state.name)
    metrics = list(figures_of(states))
    metrics.append(severities(states))
    age = gauge("measured_age_seconds", "Since the newest look at a sync began", "sync")
    for state in states:
        if state.look is not None:
            age.add_metric([state.name], max(0.0, (now - state.look.began).total_seconds()))
    metrics.append(age)
    statements = CounterMetricFamily(
        f"{PREFIX}statements", "Statements of looks since the first scrape", labels=["side"]
    )
    for side, number in site.statements.read(connection)._asdict().items():
        statements.add_metric([side], number)
    notices = CounterMetricFamily(
        f"{PREFIX}notices",
        "Notices sent, and refused by a channel",
        labels=["result"],
    )
    for result, number in count_results(connection).items():
        notices.add_metric([result], number)
    return generate_latest(Collected([*metrics, statements, notices]))


def gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    """Return a gauge without samples."""
    return GaugeMetricFamily(f"{PREFIX}{name}", words, labels=list(labels))


def figures_of(states: list[State]) -> Iterator[Metric]:
    """Yield the figures of all syncs that were measured."""
    gap = gauge("gap_rows", "Rows that the lake lacks", "sync")
    ratio = gauge("gap_ratio", "Rows that the lake lacks, of those in Oracle", "sync")
    extra = gauge("extra_rows", "Rows that the lake has too many", "sync")
    lag = gauge("lag_seconds", "Newest row of Oracle minus that of the lake", "sync")
    missing = gauge("missing_partitions", "Partitions that the lake lacks", "sync")
    quality = gauge("quality", "The smallest of the measured ratios, in percent", "sync")
    for state in states:
        figures = state.figures
        if figures is None or not figures.judged_count:
            continue
        label = [state.name]
        if figures.sync_gap is not None:
            gap.add_metric(label, figures.sync_gap)
            if figures.oracle_count:
                ratio.add_metric(label, figures.sync_gap / figures.oracle_count)
        if figures.extra_rows is not None:
            extra.add_metric(label, figures.extra_rows)
        if figures.lag is not None:
            lag.add_metric(label, figures.lag.total_seconds())
        missing.add_metric(label, len(figures.missing_partitions))
        add_score(quality, label, figures)
    yield from (gap, ratio, extra, lag, missing, quality)


def add_score(metric: GaugeMetricFamily, label: list[str], figures: Figures) -> None:
    """Add the score, where there is one."""
    if figures.quality.score is not None:
        metric.add_metric(label, figures.quality.score)


def severities(states: list[State]) -> Metric:
    """Return how each sync is: 1 for its state, 0 for the others."""
    found = gauge("severity", "1 for the state that a sync is in", "sync", "severity")
    for state in states:
        for severity in Severity:
            is_so = float(state.severity is severity)
            found.add_metric([state.name, severity.value], is_so)
    return found
