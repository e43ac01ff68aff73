"""Faults happen to the requests that they are ordered for, and to no others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from awslite.cloud import Cloud
from awslite.faults import Fault, Faults
from awslite.treatment import PLAIN, Request, Treatment
from tests.awslite import streams, tables
from tests.awslite.clients import code_of, connect

THROTTLED = "ProvisionedThroughputExceededException"


@pytest.fixture
def stream(kinesis: Any, name: str) -> str:
    return streams.create(kinesis, name)


def order(cloud: Cloud, action: str, **treatment: Any) -> None:
    """Let something happen to the next request of an action."""
    cloud.faults.order(Fault(action, times=1, treatment=Treatment(**treatment)))


def put(kinesis: Any, stream: str, data: bytes = b"x") -> list[dict[str, Any]]:
    return streams.put(kinesis, stream, streams.entry("k", data))


def stored(kinesis: Any, stream: str) -> list[bytes]:
    (shard,) = streams.shard_names(kinesis, stream)
    return streams.data_of(streams.read(kinesis, stream, shard))


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, THROTTLED), (400, "ThrottlingException"), (500, "InternalFailure"), (503, "Slow")],
)
def test_a_refused_request_does_nothing(
    kinesis: Any, cloud: Cloud, stream: str, status: int, code: str
) -> None:
    order(cloud, "PutRecords", refusal=(status, code))

    with pytest.raises(ClientError) as refused:
        put(kinesis, stream, b"lost")
    put(kinesis, stream, b"kept")

    assert code_of(refused) == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert stored(kinesis, stream) == [b"kept"]


@pytest.mark.parametrize(
    ("treatment", "error"),
    [
        ({"cut_after": True}, ConnectionClosedError),
        ({"refusal_after": (500, "InternalFailure")}, ClientError),
        ({"page_after": 502}, ClientError),
        # botocore takes what it cannot parse for an answer without any of its keys.
        ({"half_after": "whole"}, KeyError),
        ({"half_after": "cut"}, ConnectionClosedError),
    ],
    ids=["cut", "refused", "a page", "half of it", "cut in its middle"],
)
def test_what_is_lost_after_it_was_done_is_done(
    kinesis: Any,
    cloud: Cloud,
    stream: str,
    treatment: dict[str, Any],
    error: type[Exception],
) -> None:
    order(cloud, "PutRecords", **treatment)

    with pytest.raises(error):
        put(kinesis, stream, b"done")

    assert stored(kinesis, stream) == [b"done"]


@pytest.mark.parametrize("treatment", [{"cut_before": True}, {"page": 502}])
def test_what_is_cut_before_it_was_done_is_not_done(
    kinesis: Any, cloud: Cloud, stream: str, treatment: dict[str, Any]
) -> None:
    order(cloud, "PutRecords", **treatment)

    with pytest.raises((ConnectionClosedError, EndpointConnectionError, ClientError)):
        put(kinesis, stream)

    assert stored(kinesis, stream) == []


def test_a_conditional_write_whose_answer_is_lost_is_done(
    dynamodb: Any, cloud: Cloud, name: str
) -> None:
    tables.create(dynamodb, name)
    order(cloud, "UpdateItem", cut_after=True)
    options = {
        "ConditionExpression": "attribute_not_exists(n)",
        "ExpressionAttributeValues": {":n": tables.number(1)},
    }

    with pytest.raises(ConnectionClosedError):
        tables.update(dynamodb, name, "SET n = :n", **options)
    with pytest.raises(ClientError) as refused:
        tables.update(dynamodb, name, "SET n = :n", **options)

    assert code_of(refused) == "ConditionalCheckFailedException"
    assert tables.get(dynamodb, name)["n"] == tables.number(1)


def test_records_fail_alone_by_their_place(kinesis: Any, cloud: Cloud, stream: str) -> None:
    order(cloud, "PutRecords", failed_entries={0: "InternalFailure", 2: THROTTLED})
    entries = [streams.entry("k", str(number).encode()) for number in range(4)]

    answer = kinesis.put_records(StreamName=stream, Records=entries)

    codes = [result.get("ErrorCode") for result in answer["Records"]]
    assert codes == ["InternalFailure", None, THROTTLED, None]
    assert answer["FailedRecordCount"] == 2
    assert stored(kinesis, stream) == [b"1", b"3"]


def test_records_and_events_fail_by_what_is_in_them(
    kinesis: Any, events: Any, cloud: Cloud, stream: str, name: str
) -> None:
    events.create_event_bus(Name=name)
    treatment = Treatment(marked_entries={"poison": "InternalFailure"})
    cloud.faults.order(Fault(treatment=treatment))
    event = {"Source": "s", "DetailType": "t", "EventBusName": name}

    results = streams.put(kinesis, stream, streams.entry("good"), streams.entry("a poisoned key"))
    answer = events.put_events(
        Entries=[{**event, "Detail": '{"a": "poison"}'}, {**event, "Detail": "{}"}]
    )

    assert [result.get("ErrorCode") for result in results] == [None, "InternalFailure"]
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == ["InternalFailure", None]
    assert len(cloud.buses.buses[name].accepted) == 1


def test_a_single_record_that_fails_is_refused(kinesis: Any, cloud: Cloud, stream: str) -> None:
    order(cloud, "PutRecord", failed_entries={0: THROTTLED})

    with pytest.raises(ClientError) as refused:
        kinesis.put_record(StreamName=stream, PartitionKey="k", Data=b"x")

    assert code_of(refused) == THROTTLED


def test_a_late_request_is_carried_out_though_its_client_left(
    kinesis: Any, cloud: Cloud, stream: str
) -> None:
    order(cloud, "PutRecords", delay_seconds=0.3)
    client = connect("kinesis", cloud.url, read_timeout=0.1)

    with pytest.raises(ReadTimeoutError):
        put(client, stream, b"late")
    before = stored(kinesis, stream)
    wait_until(lambda: stored(kinesis, stream) == [b"late"])

    assert before == []


def test_a_frozen_server_answers_once_it_thaws(kinesis: Any, cloud: Cloud, stream: str) -> None:
    cloud.is_frozen = True
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(put(kinesis, stream)))
    asking.start()
    asking.join(0.1)
    waiting = list(answers)

    cloud.is_frozen = False
    asking.join(5)

    assert waiting == []
    assert len(answers) == 1


def test_an_answer_that_comes_later_than_its_client_waits_is_lost(
    kinesis: Any, cloud: Cloud, stream: str
) -> None:
    order(cloud, "PutRecords", delay_after_seconds=30)
    client = connect("kinesis", cloud.url, read_timeout=0.1)

    with pytest.raises(ReadTimeoutError):
        put(client, stream, b"done")

    assert stored(kinesis, stream) == [b"done"]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def request(action: str, count: int = 0) -> Request:
    return Request("t", action, {"Records": [{}] * count}, "s", "r", "id", 0.0)


def test_a_fault_skips_and_ends_as_it_is_asked_to() -> None:
    faults = Faults()
    faults.order(Fault("Put", skip=1, times=2, treatment=Treatment(cut_before=True)))

    met = [faults.treat(request(action)).cut_before for action in ["Get", *["Put"] * 4, "Get"]]

    assert met == [False, False, True, True, False, False]


def test_a_rate_is_drawn_from_its_seed() -> None:
    def draw(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.order(Fault("Put", rate=0.3, treatment=Treatment(cut_after=True)))
        return [faults.treat(request("Put")).cut_after for _ in range(1000)]

    assert draw(1) == draw(1) != draw(2)
    assert 250 < sum(draw(1)) < 350


def test_a_share_of_entries_fails() -> None:
    faults = Faults(1)
    faults.order(Fault("PutRecords", entry_rate=0.1, entry_code=THROTTLED))

    failed = faults.treat(request("PutRecords", 500)).failed_entries

    assert 30 < len(failed) < 70
    assert set(failed.values()) == {THROTTLED}
    assert faults.treat(request("PutEvents", 500)).failed_entries == {}


def test_faults_of_one_request_come_together() -> None:
    faults = Faults()
    faults.order(Fault("Put", treatment=Treatment(delay_seconds=1.0)))
    faults.order(Fault("*", treatment=Treatment(cut_after=True)))

    assert faults.treat(request("Put")) == Treatment(delay_seconds=1.0, cut_after=True)
    faults.clear()
    assert faults.treat(request("Put")) == PLAIN


def test_a_test_may_treat_each_request_by_a_function(
    kinesis: Any, cloud: Cloud, stream: str
) -> None:
    seen: list[str] = []

    def treat(asked: Request) -> Treatment:
        seen.append(asked.sender)
        return Treatment(refusal=(400, "Mine"))

    cloud.treat = treat
    with pytest.raises(ClientError) as refused:
        put(kinesis, stream)

    assert (code_of(refused), seen) == ("Mine", ["tester"])
