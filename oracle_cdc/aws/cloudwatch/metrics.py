"""Metrics to CloudWatch, in few requests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from oracle_cdc.errors import CdcError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDatumTypeDef

    from oracle_cdc.aws.cloudwatch.client import MetricsClient

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, and
# PutMetricData of botocore's service model of CloudWatch (botocore/data/cloudwatch/2010-08-01).

#: Metrics of one request.
MAX_METRICS = 1000
#: Bytes of one request.
MAX_REQUEST_BYTES = 1024 * 1024
#: Different values of one metric of a request.
MAX_VALUES = 150

# What a metric, a dimension and a value take at most of a request beside their texts: the names of
# the fields, and numbers of eight bytes.
METRIC_BYTES, DIMENSION_BYTES, VALUE_BYTES = 120, 24, 20


@dataclass(frozen=True)
class Metric:
    """One value of one metric.

    unit: as CloudWatch names it: Count, Seconds, Milliseconds, Bytes, None ...
    dimensions: at most 30.
    """

    name: str
    value: float
    unit: str = "Count"
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Series:
    """All values of one metric that go into one request: each value, and how often it came."""

    metric: Metric
    counts: dict[float, int] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """Return the bytes that it takes at most."""
        metric = self.metric
        size = METRIC_BYTES + len(metric.name.encode()) + VALUE_BYTES * len(self.counts)
        for name, value in metric.dimensions.items():
            size += DIMENSION_BYTES + len(name.encode()) + len(value.encode())
        return size


def put_metrics(client: MetricsClient, metrics: Iterable[Metric], at: datetime) -> list[CdcError]:
    """Send metrics, and return what failed, a request each. Nothing is raised or sent again.

    Parameters:
        at: when they were measured, with a zone.
    """
    errors: list[CdcError] = []
    for request in split_requests(gather(metrics)):
        data = [make_datum(series, at) for series in request]
        try:
            with client.calling("PutMetricData") as cloudwatch:
                cloudwatch.put_metric_data(Namespace=client.place, MetricData=data)
        except CdcError as error:
            errors.append(error)
    return errors


def gather(metrics: Iterable[Metric]) -> list[Series]:
    """Return the values of each metric together.

    What is no number is left out: CloudWatch refuses the whole request for it.
    """
    found: list[Series] = []
    latest: dict[object, Series] = {}
    for metric in metrics:
        if not math.isfinite(metric.value):
            continue
        key = (metric.name, metric.unit, tuple(sorted(metric.dimensions.items())))
        series = latest.get(key)
        if series is None or (metric.value not in series.counts and is_full(series)):
            series = Series(metric)
            latest[key] = series
            found.append(series)
        series.counts[metric.value] = series.counts.get(metric.value, 0) + 1
    return found


def is_full(series: Series) -> bool:
    """Return whether a metric of a request takes no further value."""
    return len(series.counts) == MAX_VALUES


def split_requests(gathered: Sequence[Series]) -> Iterator[Sequence[Series]]:
    """Yield the metrics in requests that CloudWatch takes."""
    begin, size_bytes = 0, 0
    for number, series in enumerate(gathered):
        is_over = size_bytes + series.size_bytes > MAX_REQUEST_BYTES
        if number > begin and (is_over or number - begin == MAX_METRICS):
            yield gathered[begin:number]
            begin, size_bytes = number, 0
        size_bytes += series.size_bytes
    if begin < len(gathered):
        yield gathered[begin:]


def make_datum(series: Series, at: datetime) -> MetricDatumTypeDef:
    """Return a metric as CloudWatch takes it."""
    dimensions: list[DimensionTypeDef] = []
    for name, value in series.metric.dimensions.items():
        dimensions.append({"Name": name, "Value": value})
    return {
        "MetricName": series.metric.name,
        "Dimensions": dimensions,
        "Timestamp": at,
        "Unit": series.metric.unit,  # type: ignore[typeddict-item]  # a literal
        "Values": list(series.counts),
        "Counts": [float(count) for count in series.counts.values()],
    }
