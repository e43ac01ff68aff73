"""Events go to buses as at AWS, on moto as well where that does as AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.awslite.clients import code_of
from tests.awslite.entries import event

Client = Callable[[str], Any]


@pytest.fixture
def events(client: Client) -> Any:
    return client("events")


def test_a_bus_is_described_once_it_is_created(events: Any, name: str) -> None:
    arn = events.create_event_bus(Name=name)["EventBusArn"]

    by_name, by_arn = events.describe_event_bus(Name=name), events.describe_event_bus(Name=arn)

    assert (by_name["Name"], by_name["Arn"]) == (name, arn)
    assert by_arn["Name"] == name
    assert events.describe_event_bus()["Name"] == "default"


def test_a_bus_that_is_not_there_is_not_described(events: Any, name: str) -> None:
    with pytest.raises(ClientError) as refused:
        events.describe_event_bus(Name=name)

    assert code_of(refused) == "ResourceNotFoundException"


def test_a_bus_is_created_once(events: Any, name: str) -> None:
    events.create_event_bus(Name=name)

    with pytest.raises(ClientError) as refused:
        events.create_event_bus(Name=name)

    assert code_of(refused) == "ResourceAlreadyExistsException"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Source": ""}, "InvalidArgument"),
        ({"DetailType": ""}, "InvalidArgument"),
        ({"Detail": ""}, "InvalidArgument"),
        ({"Detail": "{"}, "MalformedDetail"),
    ],
    ids=["no source", "no type", "no detail", "no JSON"],
)
def test_a_bad_event_is_refused_alone(
    events: Any, name: str, changes: dict[str, str], code: str
) -> None:
    events.create_event_bus(Name=name)

    answer = events.put_events(Entries=[event(name), event(name, **changes), event(name)])

    assert answer["FailedEntryCount"] == 1
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, code, None]
    assert len({entry.get("EventId") for entry in answer["Entries"]}) == 3


def test_more_than_ten_events_are_refused_together(events: Any, name: str) -> None:
    events.create_event_bus(Name=name)

    with pytest.raises(ClientError) as refused:
        events.put_events(Entries=[event(name)] * 11)

    assert code_of(refused) == "ValidationException"
