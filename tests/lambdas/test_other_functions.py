"""The health look and the dead letters as functions, and the helpers by their names."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from oracle_cdc.changes.rules.errors import InvalidChange, ParseError
from oracle_cdc.errors import DestinationMissing
from oracle_cdc.lambdas import dead_letter_processor, health_check
from oracle_cdc.lambdas.cdc_processor import handler as process
from oracle_cdc.lambdas.data_redactor import redact_sensitive_fields
from oracle_cdc.lambdas.eventbridge_publisher import EventPublisher
from oracle_cdc.lambdas.kinesis_parser import parse_kinesis_records
from oracle_cdc.lambdas.state_manager import StateManager
from tests.awsplaces import connect
from tests.lambdas.events import Context, kinesis_event, kinesis_record, row_record
from tests.processor.pipelines import PipelineWorld
from tests.processor.publishing import session_to


def test_the_health_function_says_what_it_found(function: PipelineWorld) -> None:
    answer = health_check.handler({}, Context(30))
    assert answer["status"] == "healthy"
    checks: Any = answer["checks"]
    assert {check["name"]: check["healthy"] for check in checks} == {
        "bus": True,
        "event": True,
        "stream": True,
        "checkpoint table": True,
        "state table": True,
        "dead letters": True,
    }


def test_a_part_that_is_not_well_makes_all_unhealthy(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "nowhere")
    answer = health_check.handler({}, None)
    assert answer["status"] == "unhealthy"


def fill(function: PipelineWorld, *rows: int) -> None:
    fault = function.publishing.order(marked_entries={"users": "MalformedDetail"})
    process(kinesis_event(*(row_record(number, row) for number, row in enumerate(rows, 1))))
    fault.times = 0


def test_on_a_schedule_all_dead_letters_are_tried(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(function, 1, 2, 3)
    answer = dead_letter_processor.handler({"source": "aws.events"}, Context(60))
    assert answer == {"published": 3, "failed": 0, "foreign": 0}
    assert sorted(function.published) == [1, 2, 3]
    assert function.letters() == []


def count_publishing_threads() -> int:
    return sum(thread.name.startswith("put-events") for thread in threading.enumerate())


def test_one_invocation_after_another_needs_no_further_threads(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROCESSOR_REQUESTS_IN_FLIGHT", "1")
    fill(function, 1)
    begun = count_publishing_threads()
    for row in (2, 3):
        dead_letter_processor.handler({"source": "aws.events"}, Context(60))
        fill(function, row)
    assert count_publishing_threads() == begun


def receive(function: PipelineWorld, *, last_attempt: str) -> dict[str, Any]:
    """Return the letters of the queue as SQS hands them to a function."""
    sqs = connect("sqs", function.queues_url)
    answer = sqs.receive_message(
        QueueUrl=function.queue_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        AttributeNames=["All"],
    )
    records = []
    for message in answer["Messages"]:
        body = {**json.loads(message["Body"]), "lastAttempt": last_attempt}
        attributes = {}
        for name, value in message["MessageAttributes"].items():
            attributes[name] = {"stringValue": value["StringValue"], "dataType": "String"}
        records.append(
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": json.dumps(body),
                "attributes": message["Attributes"],
                "messageAttributes": attributes,
                "eventSource": "aws:sqs",
            }
        )
    return {"Records": records}


def test_letters_that_sqs_brings_are_tried_and_named_where_they_stay(
    function: PipelineWorld,
) -> None:
    fill(function, 1, 2)
    event = receive(function, last_attempt="2024-01-15T10:35:00Z")
    event["Records"][1]["body"] = "{}"
    assert dead_letter_processor.handler(event, Context(60)) == {
        "batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]
    }
    assert len(function.published) == 1


def test_a_letter_that_sqs_brings_at_once_rests_first(function: PipelineWorld) -> None:
    fill(function, 1)
    event = receive(function, last_attempt="2999-01-15T10:35:00Z")
    answer = dead_letter_processor.handler(event, Context(60))
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}
    assert function.published == []


def test_single_events_are_published_to_a_bus_that_is_there(function: PipelineWorld) -> None:
    publisher = EventPublisher(session_to(function.cloud.url))
    event_id = publisher.publish(
        event_bus_name=function.publishing.bus,
        source="cdc-pipeline",
        detail_type="CDC.TableChange",
        detail={"table": "users", "operation": "UPDATE", "data": {"id": 1}},
    )
    [event] = function.publishing.events
    assert event["id"] == event_id
    assert event["detail"]["data"] == {"id": 1}
    given: dict[str, Any] = {"source": "s", "detail_type": "t", "detail": {}}
    with pytest.raises(DestinationMissing):
        publisher.publish(event_bus_name="nowhere", **given)
    given["detail_type"] = "t" * 129
    with pytest.raises(InvalidChange, match="129 characters"):
        publisher.publish(event_bus_name=function.publishing.bus, **given)


def test_a_state_is_kept_and_read_in_its_three_parts(function: PipelineWorld) -> None:
    manager = StateManager(function.states, session_to(function.cloud.url))
    state = {
        "lastProcessedSequence": "12345",
        "processedCount": 1000,
        "lastUpdated": "2024-01-15T10:30:00Z",
    }
    assert manager.get_state("processor-1") is None
    manager.save_state("processor-1", state)
    assert manager.get_state("processor-1") == state


def test_fields_are_redacted_by_the_name_that_functions_know() -> None:
    record = {"ssn": "1", "name": "Ann", "deep": [{"E-Mail": "x"}]}
    assert redact_sensitive_fields(record, fields=["ssn", "email"], replacement="[GONE]") == {
        "ssn": "[GONE]",
        "name": "Ann",
        "deep": [{"E-Mail": "[GONE]"}],
    }


def test_records_are_parsed_to_changes() -> None:
    event = kinesis_event(row_record(1, 1), row_record(2, 2))
    tables = [change["table"] for change in parse_kinesis_records(event["Records"])]
    assert tables == ["users", "users"]
    with pytest.raises(ParseError):
        parse_kinesis_records([kinesis_record(b"[]", 1)])
    with pytest.raises(ParseError, match="no base64"):
        parse_kinesis_records([kinesis_record("!", 1)])
