"""Metrics to moto's CloudWatch, and log lines from it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from oracle_cdc.aws.cloudwatch.client import open_function_logs, open_metrics
from oracle_cdc.aws.cloudwatch.logs import LogTail
from oracle_cdc.aws.cloudwatch.metrics import Metric, put_metrics
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.errors import DestinationMissing, DestinationUnavailable
from standins.scriptedsqs import serve_endpoint
from tests.awsplaces import connect, make_name, make_session

NOW = datetime.now(timezone.utc).replace(microsecond=0)


@pytest.fixture
def session(sqs_server: str) -> Iterator[AwsSession]:
    made = make_session(sqs_server)
    yield made
    made.close()


@pytest.fixture
def function(sqs_server: str) -> str:
    """Create the log group of a function of this test's own."""
    name = make_name("function")
    logs = connect("logs", sqs_server)
    logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    logs.create_log_stream(logGroupName=f"/aws/lambda/{name}", logStreamName="s")
    return name


def write_lines(endpoint: str, function: str, *lines: tuple[datetime, str]) -> None:
    events = [{"timestamp": int(at.timestamp() * 1000), "message": text} for at, text in lines]
    connect("logs", endpoint).put_log_events(
        logGroupName=f"/aws/lambda/{function}", logStreamName="s", logEvents=events
    )


def test_metrics_arrive_with_their_units_and_dimensions(
    sqs_server: str, session: AwsSession
) -> None:
    namespace = make_name("CdcPipeline")
    table = {"Table": "users"}
    metrics = [Metric("Published", 3.0, "Count", table), Metric("Published", 4.0, "Count", table)]

    assert put_metrics(open_metrics(session, namespace), metrics, NOW) == []

    answer = connect("cloudwatch", sqs_server).get_metric_statistics(
        Namespace=namespace,
        MetricName="Published",
        Dimensions=[{"Name": "Table", "Value": "users"}],
        StartTime=NOW - timedelta(minutes=5),
        EndTime=NOW + timedelta(minutes=5),
        Period=60,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )
    (point,) = answer["Datapoints"]
    assert (point["Sum"], point["SampleCount"], point["Maximum"]) == (7.0, 2.0, 4.0)
    assert point["Unit"] == "Count"


def test_no_metrics_are_no_request() -> None:
    session = make_session("http://127.0.0.1:9")
    assert put_metrics(open_metrics(session, "CdcPipeline"), [], NOW) == []


def test_metrics_that_are_not_taken_are_an_error_for_each_request_and_nothing_is_raised() -> None:
    session = make_session("http://127.0.0.1:9")
    metrics = [Metric(f"m{number}", 1.0) for number in range(1001)]
    errors = put_metrics(open_metrics(session, "CdcPipeline"), metrics, NOW)
    session.close()
    assert [type(error) for error in errors] == [DestinationUnavailable] * 2


def test_lines_are_shown_once_and_late_ones_too(
    sqs_server: str, session: AwsSession, function: str
) -> None:
    tail = LogTail(open_function_logs(session, function), since=NOW - timedelta(minutes=2))
    write_lines(
        sqs_server,
        function,
        (NOW - timedelta(minutes=5), "long ago"),
        (NOW - timedelta(minutes=1), "START\n"),
        (NOW, "done"),
    )
    assert [line.text for line in tail.read()] == ["START", "done"]
    assert list(tail.read()) == []

    write_lines(sqs_server, function, (NOW - timedelta(seconds=30), "late"))

    (late,) = tail.read()
    assert (late.text, late.at) == ("late", NOW - timedelta(seconds=30))
    assert list(tail.read()) == []


def test_lines_are_read_page_by_page_past_empty_pages() -> None:
    at_ms = int(time.time() * 1000)
    pages: dict[str | None, dict[str, Any]] = {
        None: {"events": [], "nextToken": "a"},
        "a": {"events": [{"eventId": "1", "timestamp": at_ms, "message": "x"}], "nextToken": "b"},
        "b": {"events": [{"eventId": "2", "timestamp": at_ms, "message": "y"}]},
    }
    with serve_endpoint(lambda _a, request: (200, pages[request.get("nextToken")])) as endpoint:
        session = make_session(endpoint.url)
        lines = list(LogTail(open_function_logs(session, "f"), since=NOW).read())
        session.close()
    assert [line.text for line in lines] == ["x", "y"]


def test_a_function_that_has_never_run_has_no_log_group(session: AwsSession) -> None:
    with pytest.raises(DestinationMissing, match="/aws/lambda/nobody"):
        list(LogTail(open_function_logs(session, "nobody"), since=NOW).read())
