"""Metrics into requests that CloudWatch takes."""

from __future__ import annotations

import math

from oracle_cdc.aws.cloudwatch.metrics import (
    MAX_METRICS,
    MAX_REQUEST_BYTES,
    MAX_VALUES,
    Metric,
    gather,
    split_requests,
)


def test_values_of_one_metric_stand_together_with_how_often_each_came() -> None:
    table = {"Table": "users"}
    (series, other) = gather(
        [
            Metric("Latency", 5.0, "Milliseconds", table),
            Metric("Latency", 7.0, "Milliseconds", table),
            Metric("Latency", 5.0, "Milliseconds", {"Table": "orders"}),
            Metric("Latency", 5.0, "Milliseconds", table),
        ]
    )
    assert series.counts == {5.0: 2, 7.0: 1}
    assert other.metric.dimensions == {"Table": "orders"}


def test_a_metric_of_a_request_has_150_different_values_at_most() -> None:
    metrics = [Metric("Latency", float(number)) for number in range(MAX_VALUES + 1)]
    gathered = gather([*metrics, metrics[-1]])
    assert [len(series.counts) for series in gathered] == [MAX_VALUES, 1]


def test_what_is_no_number_is_left_out() -> None:
    values = [math.nan, math.inf, -math.inf, 1.0]
    (series,) = gather([Metric("Age", value) for value in values])
    assert series.counts == {1.0: 1}


def test_a_request_has_a_thousand_metrics_at_most() -> None:
    gathered = gather(Metric(f"m{number}", 1.0) for number in range(2 * MAX_METRICS + 1))
    assert [len(request) for request in split_requests(gathered)] == [1000, 1000, 1]


def test_a_request_has_one_mebibyte_at_most() -> None:
    large = {f"d{number}": "x" * 1000 for number in range(30)}
    gathered = gather(Metric(f"m{number}", 1.0, "Count", large) for number in range(100))
    requests = list(split_requests(gathered))
    assert len(requests) > 1
    for request in requests:
        assert sum(series.size_bytes for series in request) <= MAX_REQUEST_BYTES
    assert sum(len(request) for request in requests) == 100
