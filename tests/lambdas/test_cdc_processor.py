"""The processor as a function: what is settled, and from where on records come again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from awslite.faults import read_fault
from oracle_cdc.errors import DestinationMissing, SettingsError
from oracle_cdc.lambdas import container
from oracle_cdc.lambdas.cdc_processor import handler
from oracle_cdc.lambdas.container import CONTAINER
from tests.lambdas.events import Context, kinesis_event, kinesis_record, row_record
from tests.processor.pipelines import PipelineWorld

NOTHING_AGAIN = {"batchItemFailures": []}


def test_records_are_published_and_none_comes_again(function: PipelineWorld) -> None:
    event = kinesis_event(*(row_record(number, number % 3) for number in range(1, 8)))
    assert handler(event, Context(60)) == NOTHING_AGAIN
    assert sorted(function.published) == list(range(1, 8))
    state = CONTAINER.get().processor.edges.states.get_state("cdc-processor")
    assert state is not None
    assert state.processed_count == 7
    assert state.last_processed_sequence.endswith("0007")


def test_the_lowest_record_that_waits_is_the_one_that_is_named(function: PipelineWorld) -> None:
    function.publishing.order(marked_entries={'"id":2}': "ThrottlingException"})
    event = kinesis_event(row_record(1, 1), row_record(2, 2), row_record(3, 3), row_record(4, 2))
    answer = handler(event)
    assert answer == {
        "batchItemFailures": [{"itemIdentifier": event["Records"][1]["kinesis"]["sequenceNumber"]}]
    }
    assert sorted(function.published) == [1, 3]


def test_what_failed_in_passing_is_tried_again_in_the_same_invocation(
    function: PipelineWorld,
) -> None:
    function.publishing.order(failed_entries={"0": "ThrottlingException"}, times=2)
    assert handler(kinesis_event(row_record(1, 1)), Context(60)) == NOTHING_AGAIN
    assert function.published == [1]


def test_what_can_not_be_published_is_a_dead_letter_and_comes_not_again(
    function: PipelineWorld,
) -> None:
    event = kinesis_event(
        kinesis_record(b"{", 1), kinesis_record("no base64!", 2), row_record(3, 3, shoe_size=1)
    )
    assert handler(event) == NOTHING_AGAIN
    codes = sorted(letter["error"]["code"] for letter in function.letters())
    assert codes == ["PARSE_ERROR", "PARSE_ERROR", "VALIDATION_ERROR"]


def test_a_letter_of_a_function_says_where_its_record_stands(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLQ_KEEP_EVENT", "false")
    record = kinesis_record(b"{", 1)
    handler(kinesis_event(record))
    [letter] = function.letters()
    assert letter["originalEvent"] == {
        "position": {
            "stream": "coredb-cdc-stream",
            "shardId": "shardId-000000000006",
            "sequenceNumber": record["kinesis"]["sequenceNumber"],
        }
    }


def test_nothing_is_published_once_the_time_is_over(function: PipelineWorld) -> None:
    event = kinesis_event(row_record(1, 1), row_record(2, 2))
    assert handler(event, Context(0.5)) == {
        "batchItemFailures": [{"itemIdentifier": event["Records"][0]["kinesis"]["sequenceNumber"]}]
    }
    assert function.published == []


def test_a_bus_that_is_not_there_is_an_error_of_the_function(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_BUS_NAME", "nowhere")
    dropped_before = function.cloud.buses.dropped_count
    with pytest.raises(DestinationMissing):
        handler(kinesis_event(row_record(1, 1)))
    assert function.cloud.buses.dropped_count == dropped_before


def test_a_state_that_can_not_be_written_brings_no_record_again(
    function: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    function.cloud.faults.order(
        read_fault({"action": "UpdateItem", "refusal": [500, "InternalServerError"]})
    )
    assert handler(kinesis_event(row_record(1, 1))) == NOTHING_AGAIN
    assert CONTAINER.get().processor.progress.counts["state_errors"] == 1


def test_the_log_of_a_function_shows_no_foreign_error_as_it_is(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    levels: list[str] = []
    monkeypatch.setattr(container, "configure_console", levels.append)
    handler(kinesis_event(row_record(1, 1)))
    assert levels == ["INFO"]


def test_what_is_made_is_made_once_for_a_container(function: PipelineWorld) -> None:
    handler(kinesis_event(row_record(1, 1)))
    first = CONTAINER.get()
    handler(kinesis_event(row_record(2, 1)))
    assert CONTAINER.get() is first


def test_transformers_are_read_from_the_page_that_is_packed_beside(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TABLE_TRANSFORMERS")
    page = {"users": {"redactFields": ["name"], "eventType": "user.changed"}}
    (tmp_path / "config.py").write_text(f"TABLE_TRANSFORMERS = {page!r}", encoding="utf-8")
    handler(kinesis_event(row_record(1, 1, name="Ann")))
    [event] = function.publishing.events
    assert event["detail"]["after"] == {"id": 1, "name": "[REDACTED]"}
    assert event["detail"]["metadata"]["eventType"] == "user.changed"


def test_mistakes_in_settings_end_the_invocation(
    function: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLE_TRANSFORMERS", json.dumps({"people": {}}))
    with pytest.raises(SettingsError, match="people has no model"):
        handler(kinesis_event(row_record(1, 1)))


def test_nothing_personal_is_in_the_log_of_a_function(
    function: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "canary.kestrel"
    answer = handler(
        kinesis_event(
            kinesis_record(f"{canary}!", 1),
            row_record(2, 2, ssn=canary),
            row_record(3, 3, shoe=canary),
        )
    )
    assert answer == NOTHING_AGAIN
    assert "it is a dead letter" in caplog.text
    assert canary not in caplog.text
    assert canary not in repr(function.publishing.events)
