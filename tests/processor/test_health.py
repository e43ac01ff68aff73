"""The health look, and metrics to CloudWatch."""

from __future__ import annotations

import pytest

from awslite.faults import read_fault
from oracle_cdc.processor.health import HealthLook
from oracle_cdc.processor.pipeline import make_figures
from tests.awsplaces import connect
from tests.processor.pipelines import PipelineWorld


def look(pipelines: PipelineWorld, **given: str) -> dict[str, tuple[bool, str]]:
    processor = pipelines.processor(**given)
    findings = HealthLook(processor.settings, processor.edges).look()
    return {finding.name: (finding.is_well, finding.words) for finding in findings}


def test_all_parts_are_asked_and_a_test_event_is_published(pipelines: PipelineWorld) -> None:
    found = look(pipelines)
    assert list(found) == [
        "bus",
        "event",
        "stream",
        "checkpoint table",
        "state table",
        "dead letters",
    ]
    assert all(is_well for is_well, _ in found.values())
    assert found["stream"][1] == f"{pipelines.stream}: 1 shard, kept for 24 h"
    [event] = pipelines.publishing.events
    assert (event["source"], event["detail-type"]) == ("cdc-pipeline.health", "CDC.HealthCheck")
    assert list(event["detail"]) == ["checkedAt"]


def test_a_part_that_fails_keeps_no_other_from_being_asked(pipelines: PipelineWorld) -> None:
    found = look(pipelines, EVENT_BUS_NAME="nowhere", STATE_TABLE_NAME="nowhere")
    assert "event" not in found, "a bus that is not there accepts every event"
    assert {name for name, (is_well, _) in found.items() if not is_well} == {"bus", "state table"}
    assert "EVENT_BUS_NAME" in found["bus"][1]


def test_a_bus_that_takes_no_event_is_not_well(pipelines: PipelineWorld) -> None:
    pipelines.cloud.faults.order(
        read_fault({"action": "PutEvents", "refusal": [400, "AccessDeniedException"]})
    )
    is_well, words = look(pipelines)["event"]
    assert not is_well
    assert "events:PutEvents" in words


def test_the_depth_of_the_queue_is_known(pipelines: PipelineWorld) -> None:
    connect("sqs", pipelines.queues_url).send_message(
        QueueUrl=pipelines.queue_url, MessageBody="{}"
    )
    assert look(pipelines)["dead letters"] == (True, "1 wait")
    assert look(pipelines, DLQ_URL="")["dead letters"] == (True, "DLQ_URL is not set")


def test_what_was_counted_since_the_last_time_goes_to_cloudwatch(
    pipelines: PipelineWorld,
) -> None:
    processor = pipelines.processor(METRICS_INTERVAL_SECONDS="60")
    figures = make_figures(processor, lambda: {"shardId-000000000000": 12.5})
    processor.progress.add(events_published=3, dead_PARSE_ERROR=1, redacted_field=2)
    counts = processor.progress.counts
    first = {
        (metric.name, *metric.dimensions.values()): metric.value for metric in figures.make(counts)
    }
    assert first["EventsPublished", "cdc-processor"] == 3
    assert first["DeadLetters", "cdc-processor", "PARSE_ERROR"] == 1
    assert first["Redactions", "cdc-processor", "field"] == 2
    assert first["IteratorAge", "cdc-processor"] == 12.5
    assert first["Shards", "cdc-processor"] == 1
    figures.send()
    processor.progress.add(events_published=1)
    second = {metric.name: metric.value for metric in figures.make(counts)}
    assert second["EventsPublished"] == 1


def test_metrics_that_are_not_taken_are_sent_with_the_next_ones(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    processor = pipelines.processor(METRICS_INTERVAL_SECONDS="60")
    figures = make_figures(processor, dict)
    processor.progress.add(events_published=3)
    pipelines.cloud.faults.order(
        read_fault({"action": "*", "refusal": [503, "ServiceUnavailable"], "times": 1})
    )
    figures.due_at = 0.0
    figures.send_if_due()
    figures.send_if_due()
    assert "metrics were not taken" in caplog.text
    [published] = [
        m for m in figures.make(processor.progress.counts) if m.name == "EventsPublished"
    ]
    assert published.value == 3
