"""Metrics in Prometheus' format, of a program that says what it counts.

No label has anything of a call or a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from oracle_cdc.running.durations import BUCKETS_SECONDS, Durations

Source = Callable[[], Iterator[Metric]]

#: How Prometheus names the end of each bucket.
BUCKET_ENDS = [str(seconds) for seconds in BUCKETS_SECONDS]
BUCKET_ENDS.append("+Inf")


class Metrics(Collector):
    """Reads everything at the moment of the scrape.

    Parameters:
        sources: each yields some of the metrics, in this order.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def text(self) -> bytes:
        """Return the exposition, in the text format 0.0.4."""
        return generate_latest(self.registry)

    def describe(self) -> Iterator[Metric]:
        """Return nothing to look for before the first scrape.

        No metric of another collector has these names.
        """
        return iter(())

    def collect(self) -> Iterator[Metric]:
        for source in self.sources:
            yield from source()


def counter(name: str, text: str, value: float) -> Metric:
    """Return a counter of one value."""
    return CounterMetricFamily(f"oracle_cdc_{name}", text, value=value)


def counters(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a counter with a value for each value of a label."""
    family = CounterMetricFamily(f"oracle_cdc_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def counters_of_pairs(
    name: str, text: str, labels: tuple[str, str], values: Mapping[tuple[str, str], float]
) -> Metric:
    """Return a counter with a value for each pair of values of two labels."""
    family = CounterMetricFamily(f"oracle_cdc_{name}", text, labels=labels)
    for keys, value in values.items():
        family.add_metric(keys, value)
    return family


def gauge(name: str, text: str, value: float) -> Metric:
    """Return a gauge of one value."""
    return GaugeMetricFamily(f"oracle_cdc_{name}", text, value=value)


def labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    """Return a gauge with a value for each value of a label."""
    family = GaugeMetricFamily(f"oracle_cdc_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def histogram(name: str, text: str, label: str, durations: Mapping[str, Durations]) -> Metric:
    """Return a histogram of durations for each value of a label."""
    family = HistogramMetricFamily(f"oracle_cdc_{name}", text, labels=[label])
    for key, each in durations.items():
        counts, total_seconds = each.read()
        family.add_metric([key], list(zip(BUCKET_ENDS, counts, strict=True)), total_seconds)
    return family
