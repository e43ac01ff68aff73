"""The stand-in as a process of its own, and the pages that it is steered by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from awslite.__main__ import make_parser
from awslite.cloud import Cloud
from standins.awsprocess import serve_awslite
from tests.awslite import streams
from tests.awslite.clients import code_of, connect


def ask(url: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Return the status and the document that a page answers."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    with serve_awslite(latency_ms=1) as url:
        yield url


def test_a_process_serves_takes_faults_and_ends_when_it_is_asked_to(process: str) -> None:
    kinesis, events = connect("kinesis", process), connect("events", process)
    streams.create(kinesis, "s")
    events.create_event_bus(Name="b")
    fault = {"action": "PutRecords", "times": 1, "refusal": [400, "LimitExceededException"]}

    assert ask(process, "POST", "/faults", fault) == (200, {})
    with pytest.raises(ClientError) as refused:
        streams.put(kinesis, "s", streams.entry("k"))
    streams.put(kinesis, "s", streams.entry("k", "שלום".encode()))
    detail = json.dumps({"n": 1})
    events.put_events(
        Entries=[{"Source": "s", "DetailType": "t", "Detail": detail, "EventBusName": "b"}]
    )

    assert code_of(refused) == "LimitExceededException"
    _, records = ask(process, "GET", "/records?stream=s")
    assert [(record["key"], record["data"]) for record in records["records"]] == [("k", "שלום")]
    _, page = ask(process, "GET", "/events?bus=b&after=0")
    assert [event["detail"] for event in page["events"]] == [{"n": 1}]
    assert ask(process, "GET", "/events?bus=b&after=1")[1] == {"events": [], "after": 1}
    _, counted = ask(process, "GET", "/requests")
    assert counted["requests"]["PutRecords"] == 2
    kinesis.close()
    events.close()


def test_events_are_read_in_pages(cloud: Cloud, events: Any, name: str) -> None:
    events.create_event_bus(Name=name)
    for number in range(3):
        event = {"Source": "s", "DetailType": str(number), "Detail": "{}", "EventBusName": name}
        events.put_events(Entries=[event])

    _, first = ask(cloud.url, "GET", f"/events?bus={name}&most=2")
    _, second = ask(cloud.url, "GET", f"/events?bus={name}&most=2&after={first['after']}")

    types = [event["detail-type"] for event in first["events"] + second["events"]]
    assert types == ["0", "1", "2"]
    assert (first["after"], second["after"]) == (2, 3)


def test_a_consumer_gets_events_late_and_twice_where_that_is_set(
    cloud: Cloud, events: Any, name: str
) -> None:
    events.create_event_bus(Name=name)
    now = 1000.0
    cloud.buses.clock = lambda: now
    ask(cloud.url, "POST", "/settings", {"late_rate": 0.5, "repeat_rate": 0.5, "late_seconds": 9})
    for number in range(20):
        event = {"Source": "s", "DetailType": str(number), "Detail": "{}", "EventBusName": name}
        events.put_events(Entries=[event])

    _, first = ask(cloud.url, "GET", f"/deliveries?bus={name}")
    now += 10
    _, second = ask(cloud.url, "GET", f"/deliveries?bus={name}&after={first['after']}")

    delivered = [event["detail-type"] for event in first["events"] + second["events"]]
    assert 0 < len(first["events"]) < 20 < len(delivered)
    assert set(delivered) == {str(number) for number in range(20)}
    assert delivered != sorted(delivered, key=int)


def test_a_consumer_gets_events_once_and_in_order_where_nothing_is_set(
    cloud: Cloud, events: Any, name: str
) -> None:
    events.create_event_bus(Name=name)
    for number in range(5):
        event = {"Source": "s", "DetailType": str(number), "Detail": "{}", "EventBusName": name}
        events.put_events(Entries=[event])

    delivered = ask(cloud.url, "GET", f"/deliveries?bus={name}")

    assert delivered == ask(cloud.url, "GET", f"/events?bus={name}")


def test_settings_are_changed_while_it_runs(cloud: Cloud) -> None:
    changes = {"iterator_seconds": 1.5, "throttles_reads": True, "seed": 7, "frozen": True}

    assert ask(cloud.url, "POST", "/settings", changes) == (200, {})

    assert cloud.streams.limits.iterator_seconds == 1.5
    assert cloud.streams.limits.throttles_reads
    assert cloud.is_frozen


def test_faults_end_when_they_are_cleared(cloud: Cloud, kinesis: Any, name: str) -> None:
    ask(cloud.url, "POST", "/faults", {"action": "*", "failed_entries": {"0": "InternalFailure"}})
    streams.create(kinesis, name)
    (failed,) = streams.put(kinesis, name, streams.entry("k"))

    ask(cloud.url, "DELETE", "/faults")
    (put,) = streams.put(kinesis, name, streams.entry("k"))

    assert (failed.get("ErrorCode"), put.get("ErrorCode")) == ("InternalFailure", None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("POST", "/faults", {"cut_befor": True}, 400),
        ("POST", "/settings", {"iterator_second": 1}, 400),
        ("GET", "/events?bus=none", None, 400),
        ("GET", "/records", None, 400),
    ],
)
def test_a_page_says_what_is_wrong(
    cloud: Cloud, method: str, path: str, body: object, status: int
) -> None:
    answered, document = ask(cloud.url, method, path, body)

    assert (answered, list(document)) == (status, ["error"])


@pytest.mark.parametrize(
    "arguments",
    [["--host", "0.0.0.0"], ["--port", "70000"], ["--latency-ms", "-1"], ["--seed", "x"]],
)
def test_arguments_out_of_bounds_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(arguments)

    assert arguments[0] in capsys.readouterr().err
