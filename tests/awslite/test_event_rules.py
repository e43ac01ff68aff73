"""What EventBridge refuses and moto accepts, or the other way round.

Sources: the documentation of PutEvents in botocore's model (sizes, integers, levels, types),
docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html, and
github.com/aws/aws-sdk/issues/186 (a bus that is not there).
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awslite.cloud import Cloud
from tests.awslite.clients import code_of
from tests.awslite.entries import event


def test_events_to_a_bus_that_is_not_there_are_accepted_and_dropped(
    events: Any, cloud: Cloud, name: str
) -> None:
    before = cloud.buses.dropped_count

    answer = events.put_events(Entries=[event(name), event(name)])

    assert answer["FailedEntryCount"] == 0
    assert all(entry["EventId"] for entry in answer["Entries"])
    assert cloud.buses.dropped_count == before + 2
    assert name not in cloud.buses.buses


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DetailType": "t" * 128}, None),
        ({"DetailType": "t" * 129}, "InvalidArgument"),
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Detail": '"text"'}, "MalformedDetail"),
        ({"Detail": '{"n": NaN}'}, "MalformedDetail"),
        ({"Detail": '{"n": 9223372036854775807}'}, None),
        ({"Detail": '{"n": 9223372036854775808}'}, "MalformedDetail"),
        ({"Detail": '{"n": [-9223372036854775808]}'}, None),
        ({"Detail": '{"n": [-9223372036854775809]}'}, "MalformedDetail"),
        ({"Detail": '{"n":' * 100 + "1" + "}" * 100}, None),
        ({"Detail": '{"n":' * 1001 + "1" + "}" * 1001}, "MalformedDetail"),
    ],
)
def test_what_of_an_event_is_refused(
    events: Any, name: str, changes: dict[str, str], code: str | None
) -> None:
    events.create_event_bus(Name=name)

    (entry,) = events.put_events(Entries=[event(name, **changes)])["Entries"]

    assert entry.get("ErrorCode") == code


@pytest.mark.parametrize("count", [1, 2])
def test_events_of_1_mib_together_are_refused_together(
    events: Any, cloud: Cloud, name: str, count: int
) -> None:
    events.create_event_bus(Name=name)
    counted = len("cdc") + len("Changed") + len("arn") + 14
    text = "x" * (2**20 // count - counted - len('{"t": ""}') - 1)
    fits = event(name, json.dumps({"t": text}), Time=0, Resources=["arn"])
    larger = event(name, json.dumps({"t": text + "x"}), Time=0, Resources=["arn"])

    events.put_events(Entries=[fits] * count)
    with pytest.raises(ClientError) as refused:
        events.put_events(Entries=[larger] * count)

    assert code_of(refused) == "ValidationException"
    assert len(cloud.buses.buses[name].accepted) == count


def test_an_event_is_kept_in_the_envelope_that_is_delivered(
    events: Any, cloud: Cloud, name: str
) -> None:
    events.create_event_bus(Name=name)
    at = datetime(2024, 1, 15, 10, 30, 0, 900_000, tzinfo=timezone.utc)

    answer = events.put_events(
        Entries=[event(name, '{"a": {"b": "שלום"}}', Time=at, Resources=["arn:aws:x"])]
    )

    (accepted,) = cloud.buses.buses[name].accepted
    assert accepted.envelope == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "Changed",
        "source": "cdc",
        "account": "123456789012",
        "time": "2024-01-15T10:30:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:x"],
        "detail": {"a": {"b": "שלום"}},
    }
    assert accepted.sender == "tester"


def test_an_event_without_a_time_has_that_of_its_request(
    events: Any, cloud: Cloud, name: str
) -> None:
    events.create_event_bus(Name=name)
    cloud.buses.clock = lambda: 1_700_000_000.5

    events.put_events(Entries=[event(name)])

    (accepted,) = cloud.buses.buses[name].accepted
    assert accepted.envelope["time"] == "2023-11-14T22:13:20Z"
