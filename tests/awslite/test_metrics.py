"""Metrics come through as botocore writes them, packed if they are large."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from tests.awslite.clients import code_of, connect
from tests.awslite.test_pages import ask


@pytest.fixture
def cloudwatch(cloud: Cloud) -> Iterator[Any]:
    client = connect("cloudwatch", cloud.url)
    yield client
    client.close()


def test_metrics_are_kept_as_they_were_put(cloudwatch: Any, cloud: Cloud, name: str) -> None:
    at = datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc)
    datum = {
        "MetricName": "Published",
        "Dimensions": [{"Name": "Shard", "Value": "שלום"}],
        "Timestamp": at,
        "Values": [1.5, -2.0, 1e300],
        "Counts": [1.0, 2.0, 300.0],
        "Unit": "Count",
        "StorageResolution": 60,
    }
    # Of this size botocore packs the request.
    cloudwatch.put_metric_data(Namespace=name, MetricData=[datum] * 100)

    _, page = ask(cloud.url, "GET", f"/metrics?namespace={name}")

    assert len(page["metrics"]) == 100
    kept = page["metrics"][0]
    assert kept.pop("sender") == "tester"
    assert kept.pop("at") > 0
    assert kept == {**datum, "Timestamp": at.timestamp()}


@pytest.mark.parametrize(
    "data",
    [
        [{"MetricName": "m", "Value": 1.0}] * 1001,
        [{"MetricName": "m", "Values": [1.0] * 151}],
        [{"MetricName": "m", "Value": float("nan")}],
        [{"MetricName": "m", "Dimensions": [{"Name": "d", "Value": ""}]}],
        [{"MetricName": "", "Value": 1.0}],
    ],
)
def test_metrics_over_a_limit_are_refused_together(
    cloudwatch: Any, cloud: Cloud, name: str, data: list[dict[str, Any]]
) -> None:
    before = len(cloud.metrics.accepted)

    with pytest.raises(ClientError) as refused:
        cloudwatch.put_metric_data(
            Namespace=name, MetricData=[{"MetricName": "m", "Value": 1.0}, *data]
        )

    assert code_of(refused) == "InvalidParameterValue"
    assert len(cloud.metrics.accepted) == before


def test_faults_happen_to_metrics_too(cloudwatch: Any, cloud: Cloud, name: str) -> None:
    treatment = Treatment(refusal=(400, "Throttling"))
    cloud.faults.order(Fault("PutMetricData", treatment=treatment))

    with pytest.raises(ClientError) as refused:
        cloudwatch.put_metric_data(Namespace=name, MetricData=[{"MetricName": "m", "Value": 1.0}])

    assert code_of(refused) == "Throttling"
