"""Events to a bus of moto's, and to an endpoint that fails in every way that EventBridge can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.eventbridge.client import open_bus
from oracle_cdc.aws.eventbridge.limits import BusEntry
from oracle_cdc.aws.eventbridge.publisher import BusPublisher, PublishOutcome
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.changes.rules.errors import BusRefused
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
)
from standins.scriptedsqs import Answer, Endpoint, refuse, serve_endpoint
from tests.awsplaces import connect, create_bus, create_rule, make_session
from tests.queues import create_queues, take_bodies

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.fixture
def session(sqs_server: str) -> Iterator[AwsSession]:
    made = make_session(sqs_server)
    yield made
    made.close()


def an_entry(text: str = "a", **more: Any) -> BusEntry:
    return BusEntry("cdc-pipeline", "CDC.TableChange", json.dumps({"text": text}), **more)


def publish(answer: Answer, *entries: BusEntry) -> tuple[list[PublishOutcome], Endpoint]:
    with serve_endpoint(answer) as endpoint:
        session = make_session(endpoint.url)
        outcomes = BusPublisher(open_bus(session, "cdc-events")).publish(entries)
        session.close()
        return outcomes, endpoint


def test_what_is_published_arrives_at_a_rules_target_as_it_was(
    sqs_server: str, session: AwsSession
) -> None:
    bus = create_bus(sqs_server)
    queue_url, _ = create_queues(sqs_server)
    create_rule(sqs_server, bus, queue_url)

    outcomes = BusPublisher(open_bus(session, bus)).publish([an_entry("שלום", time=NOON)])

    (body,) = take_bodies(connect("sqs", sqs_server), queue_url)
    event = json.loads(body)
    assert event["id"] == outcomes[0].event_id
    assert (event["source"], event["detail-type"]) == ("cdc-pipeline", "CDC.TableChange")
    assert event["detail"] == {"text": "שלום"}
    assert event["time"].startswith("2026-01-02T12:00:00")


def test_a_bus_says_what_it_is(sqs_server: str, session: AwsSession) -> None:
    bus = create_bus(sqs_server)
    facts = describe_bus(open_bus(session, bus))
    assert facts.name == bus
    assert facts.arn.endswith(f":event-bus/{bus}")
    assert not facts.has_own_key


def test_a_bus_that_is_not_there_is_named_with_its_setting(session: AwsSession) -> None:
    with pytest.raises(DestinationMissing, match="see EVENT_BUS_NAME and AWS_REGION"):
        describe_bus(open_bus(session, "nowhere"))


def test_each_event_names_the_bus_and_stands_in_one_request() -> None:
    def answer(_action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {"Entries": [{"EventId": str(n)} for n in range(len(request["Entries"]))]}

    outcomes, endpoint = publish(answer, an_entry("a", time=NOON), an_entry("b"))

    ((action, request),) = endpoint.requests
    assert action == "PutEvents"
    assert [entry["EventBusName"] for entry in request["Entries"]] == ["cdc-events"] * 2
    assert request["Entries"][0]["Time"] == NOON.timestamp()
    assert "Time" not in request["Entries"][1]
    assert [outcome.event_id for outcome in outcomes] == ["0", "1"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("MalformedDetail", BusRefused),
        ("InvalidArgument", BusRefused),
        ("NeverHeardOf", BusRefused),
        ("InternalFailure", DestinationUnavailable),
        ("InternalException", DestinationUnavailable),
        ("ThrottlingException", DestinationUnavailable),
        ("AccessDeniedException", DestinationConfigurationError),
        ("NotAuthorizedForSourceException", DestinationConfigurationError),
        ("NotAuthorizedForDetailTypeException", DestinationConfigurationError),
    ],
)
def test_an_event_that_fails_is_sorted_by_its_own_code_and_the_others_are_accepted(
    code: str, kind: type[CdcError]
) -> None:
    def answer(_action: str, _request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        failed = {"ErrorCode": code, "ErrorMessage": "said by the vendor"}
        # The count is wrong, as it can be: it is not asked.
        return 200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}, failed]}

    (first, second), _ = publish(answer, an_entry(), an_entry())

    assert first == PublishOutcome(event_id="1")
    assert type(second.error) is kind
    assert second.error is not None
    assert second.event_id is None
    assert "vendor" not in str(second.error)
    assert code in str(second.error)


@pytest.mark.parametrize(
    "results",
    [[], [{"EventId": "1"}], [{"EventId": "1"}, {}], [{"EventId": "1"}] * 3],
)
def test_an_event_of_which_nothing_is_said_is_not_accepted(results: list[dict[str, str]]) -> None:
    outcomes, _ = publish(
        lambda _action, _request: (200, {"FailedEntryCount": 0, "Entries": results}),
        an_entry(),
        an_entry(),
    )

    assert len(outcomes) == 2
    assert outcomes[1].error is not None
    assert isinstance(outcomes[1].error, DestinationUnavailable)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refuse("ThrottlingException"), DestinationUnavailable, "ThrottlingException"),
        (refuse("InternalException", status=500), DestinationUnavailable, "HTTP 500"),
        ((503, b"<html>"), DestinationUnavailable, "503"),
        ((200, b"<html>"), DestinationUnavailable, "0 results of 2"),
        ((200, b"[1]"), DestinationUnavailable, "no answer of EventBridge's"),
        (refuse("AccessDeniedException"), DestinationConfigurationError, "allow events:PutEvents"),
        (refuse("ValidationException"), DestinationConfigurationError, "ValidationException"),
        (refuse("UnknownOperationException"), DestinationConfigurationError, "_URL_EVENTBRIDGE"),
        (refuse("ExpiredTokenException"), DestinationCredentialsError, "keys are wrong"),
    ],
)
def test_a_request_that_fails_says_nothing_of_its_events(
    answer: tuple[int, dict[str, Any] | bytes], kind: type[CdcError], words: str
) -> None:
    outcomes, endpoint = publish(lambda _action, _request: answer, an_entry(), an_entry())

    assert [type(outcome.error) for outcome in outcomes] == [kind] * 2
    assert words in str(outcomes[0].error)
    assert "vendor" not in str(outcomes[0].error)
    assert len(endpoint.requests) == 1


def test_more_than_a_request_takes_is_never_sent() -> None:
    with pytest.raises(ValueError, match=r"11 events of .* bytes in one request: 1 to 10"):
        publish(lambda _action, _request: (200, {}), *[an_entry()] * 11)
    with pytest.raises(ValueError, match="0 events"):
        publish(lambda _action, _request: (200, {}))
    large = an_entry("x" * 600_000)
    with pytest.raises(ValueError, match="at most 1048575"):
        publish(lambda _action, _request: (200, {}), large, large)


def test_nobody_listening_is_an_outage_that_names_the_endpoint() -> None:
    session = make_session("http://127.0.0.1:9")
    (outcome,) = BusPublisher(open_bus(session, "cdc-events")).publish([an_entry()])
    session.close()
    assert isinstance(outcome.error, DestinationUnavailable)
    assert "127.0.0.1:9; see firewall, HTTPS_PROXY, AWS_ENDPOINT_URL_EVENTBRIDGE" in str(
        outcome.error
    )
