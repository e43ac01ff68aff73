"""What a step of the leg of row changes does, and when it does nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.kinesis.stream import StreamFacts
from oracle_cdc.changes.pipeline import make_measures, make_watch, pipeline_of
from oracle_cdc.changes.startup import find_dangers
from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationMissing,
    DestinationUnavailable,
    OracleConfigurationError,
    OracleCredentialsError,
    SettingsError,
)
from tests.awsplaces import connect
from tests.integration.changepipelines import PipelineWorld, serve_pipeline
from tests.integration.changeworlds import serve_captured
from tests.integration.shippings import serve_shipping
from tests.queues import create_queues


@pytest.fixture
def world(tmp_path: Path, cloud: Cloud) -> Iterator[PipelineWorld]:
    with (
        serve_captured(tmp_path) as database,
        serve_shipping(database, cloud) as shipping,
        serve_pipeline(shipping, tmp_path) as world,
    ):
        yield world


def test_a_step_ships_until_nothing_waits(world: PipelineWorld) -> None:
    world.insert(*range(25))
    leg = world.leg(CHANGES_BATCH_SIZE="10")
    leg.run_cycles()
    assert len(world.shipping.records()) == 25
    assert world.shipping.left() == 0
    assert leg.progress.age("changes").seconds() is not None
    assert leg.progress.counts["change_rounds"] == 1


def test_a_stream_that_ignores_keys_is_refused(world: PipelineWorld) -> None:
    world.insert(1)
    auto = world.create_stream(
        StreamModeDetails={"StreamMode": "ON_DEMAND"}, RecordDistributionStrategy="AUTO"
    )
    with pytest.raises(DestinationConfigurationError, match="AUTO"):
        world.leg(KINESIS_STREAM_NAME=auto).run_cycles()
    assert world.shipping.left() == 1


def test_a_stream_that_is_not_there_is_looked_for_again(world: PipelineWorld) -> None:
    world.insert(1)
    leg = world.leg(KINESIS_STREAM_NAME="missing")
    with pytest.raises(DestinationMissing):
        leg.run_cycles()


def test_a_stream_that_is_still_made_is_waited_for(world: PipelineWorld) -> None:
    world.shipping.cloud.streams.limits.change_seconds = 60
    new = world.create_stream(ShardCount=1)
    leg = world.leg(KINESIS_STREAM_NAME=new)
    with pytest.raises(DestinationUnavailable, match="not active"):
        leg.run_cycles()


def test_a_sequence_without_order_is_refused(world: PipelineWorld) -> None:
    world.shipping.world.run(
        "DROP SEQUENCE CDC_CHANGE_SEQ", "CREATE SEQUENCE CDC_CHANGE_SEQ NOORDER", user="CDC"
    )
    with pytest.raises(OracleConfigurationError, match="ALTER SEQUENCE CDC_CHANGE_SEQ ORDER"):
        world.leg().run_cycles()


def test_what_has_the_size_that_the_stream_takes_is_sent(world: PipelineWorld) -> None:
    world.insert(1)
    leg = world.leg()
    leg.run_cycles()
    assert leg.changes.opener.max_record_bytes == 1024 * 1024


def test_a_stream_that_takes_less_than_before_is_asked_again(world: PipelineWorld) -> None:
    small = world.create_stream(ShardCount=1)
    leg = world.leg(KINESIS_STREAM_NAME=small)
    leg.run_cycles()
    assert leg.startup.facts is not None
    world.insert(1)
    leg.startup.facts = replace(leg.startup.facts, max_record_bytes=100)
    leg.run_cycles()
    assert world.shipping.left() == 1
    (concern,) = leg.progress.concerns.standing()
    assert "DLQ_URL is not set" in concern


def test_captured_tables_are_checked_also_while_the_stream_is_down(world: PipelineWorld) -> None:
    leg = world.leg()
    leg.run_cycles()
    planned = leg.pauses.plan[0]
    planned.due_at = 0.0
    down = Treatment(refusal=(500, "InternalFailure"))
    world.shipping.cloud.faults.order(Fault("PutRecords", treatment=down))
    world.insert(1)
    with pytest.raises(DestinationUnavailable):
        leg.run_cycles()
    assert planned.due_at > 0


def test_captured_tables_are_checked_while_there_is_no_pause(
    world: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.changes.outbound.lane.MOST_ROWS", 2)
    world.insert(*range(8))
    leg = world.leg(CHANGES_BATCH_SIZE="2")
    leg.run_cycles()
    planned = leg.pauses.plan[0]
    assert planned.due_at > 0


def test_what_was_shipped_stands_in_the_registry(world: PipelineWorld) -> None:
    sql = "SELECT LAST_CHANGE_ID, TOTAL_SHIPPED, LAST_SHIPPED_AT FROM CDC_CHANGE_TABLES"
    database = world.shipping.world
    world.insert(1, 2)
    pipeline = pipeline_of(world.changes())
    pipeline.run_once()
    assert database.rows(sql)[0][:2] == (2, 2)
    assert database.rows(sql)[0][2] is not None
    world.shipping.run("UPDATE USERS SET NAME = 'x'")
    pipeline.run_once()
    pipeline.run_once()
    assert database.rows(sql)[0][:2] == (4, 4)


def test_what_was_shipped_is_written_down_once_no_other_copy_has_the_lane(
    world: PipelineWorld,
) -> None:
    world.insert(1)
    leg = world.leg()
    leg.run_cycles()
    sql = "SELECT TOTAL_SHIPPED FROM CDC_CHANGE_TABLES"
    with world.shipping.world.connect("CDC") as other:
        other.cursor().execute(f"{sql} FOR UPDATE").fetchall()
        leg.changes.shipping.shipped_counts.run_once()
        assert world.shipping.world.rows(sql) == [(0,)]
    leg.finish()
    assert world.shipping.world.rows(sql) == [(1,)]


def test_a_refused_password_ends_the_process_only_after_the_second_try(
    world: PipelineWorld,
) -> None:
    with pytest.raises(OracleCredentialsError):
        world.leg(ORACLE_PASSWORD="wrong").run_cycles()


def test_models_and_transformers_with_mistakes_are_refused_at_the_start(
    world: PipelineWorld,
) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        world.changes(CHANGES_MODELS_DIR="nowhere")
    with pytest.raises(SettingsError, match="orders has no model"):
        world.changes(TABLE_TRANSFORMERS='{"orders": {}}')


def test_it_is_ready_once_oracle_and_the_stream_have_answered(world: PipelineWorld) -> None:
    world.insert(1)
    changes = world.changes()
    pipeline = pipeline_of(changes)
    changes.progress.begin("changes")
    assert [check.ok for check in pipeline.readiness.dependencies()] == [False, False, True]
    pipeline.run_once()
    assert pipeline.readiness.is_ready()
    assert "Records shipped: 1" in pipeline.statistics()


def test_metrics_have_tables_and_no_value_of_a_row(world: PipelineWorld) -> None:
    world.shipping.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'canary-4580')")
    changes = world.changes(TABLE_TRANSFORMERS='{"users": {"redactFields": ["name"]}}')
    watch = make_watch(changes)
    pipeline_of(changes).run_once()
    watch.run_once()
    samples = {}
    for source in make_measures(changes, watch):
        for metric in source():
            for sample in metric.samples:
                labels = " ".join([sample.name, *sample.labels.values()])
                samples[labels] = sample.value
    assert samples["oracle_cdc_changes_total users shipped"] == 1
    assert samples["oracle_cdc_change_redactions_total field"] == 1
    assert samples["oracle_cdc_change_rows_held users"] == 0
    assert samples["oracle_cdc_change_tables part"] == 1
    assert samples["oracle_cdc_change_findings"] == 0
    assert "canary" not in str(samples)


def test_a_short_retention_and_records_that_rest_in_the_clear_are_said() -> None:
    short = StreamFacts("s", "arn", True, 24, "PROVISIONED", True, 1, 1024, False)
    assert len(list(find_dangers(short))) == 2
    well = StreamFacts("s", "arn", True, 168, "PROVISIONED", True, 1, 1024, True)
    assert not list(find_dangers(well))


@pytest.mark.parametrize("name", ["ENABLE_DATA_REDACTION", "CHANGES_REDACT_BEFORE_STREAM"])
def test_what_is_not_redacted_is_said_at_the_start(
    world: PipelineWorld, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.INFO, logger="oracle_cdc")
    world.shipping.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'plain')")
    transformers = '{"users": {"redactFields": ["name"]}}'
    world.leg(TABLE_TRANSFORMERS=transformers, **{name: "false"}).run_cycles()
    assert "personal data goes into the stream as it is" in caplog.text
    assert world.shipping.records()[0]["after"]["name"] == "plain"


def test_no_log_line_has_a_value_of_a_row(
    world: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="oracle_cdc")
    canary = "canary-4580"
    world.shipping.run(
        f"INSERT INTO USERS (ID, NAME) VALUES (1, '{canary}')",
        f"INSERT INTO USERS (ID, NAME) VALUES (2, '{canary}')",
    )
    world.shipping.world.run("UPDATE CDC_C_USERS SET ID = 1.5 WHERE ID = 2", user="CDC")
    leg = world.leg(LOG_LEVEL="DEBUG")
    leg.run_cycles()
    assert "DLQ_URL is not set" in caplog.text
    assert world.shipping.left() == 1
    assert canary not in caplog.text
    assert canary not in str(leg.progress.concerns.standing())


def test_what_can_not_be_sent_is_a_document_in_the_queue_without_what_is_redacted(
    world: PipelineWorld, sqs_server: str
) -> None:
    canary = "canary-4580"
    world.shipping.run(f"INSERT INTO USERS (ID, NAME) VALUES (2, '{canary}')")
    world.shipping.world.run("UPDATE CDC_C_USERS SET ID = 1.5", user="CDC")
    url, _ = create_queues(sqs_server)
    leg = world.leg(
        DLQ_URL=url,
        AWS_ENDPOINT_URL_SQS=sqs_server,
        AWS_ENDPOINT_URL=sqs_server,
        AWS_ENDPOINT_URL_KINESIS=world.shipping.cloud.url,
        TABLE_TRANSFORMERS='{"users": {"redactFields": ["name"]}}',
    )
    leg.run_cycles()
    assert world.shipping.left() == 0
    (message,) = read_all(sqs_server, url)
    document = json.loads(message["Body"])
    assert list(document) == ["originalEvent", "error", "attempts", "lastAttempt"]
    assert document["error"]["code"] == "VALIDATION_ERROR"
    assert document["originalEvent"]["keys"] == {"id": "1.5"}
    assert "after" not in document["originalEvent"]
    assert message["MessageAttributes"]["table"]["StringValue"] == "users"
    assert message["MessageAttributes"]["sequenceNumber"]["StringValue"] == f"{1:020}"
    assert canary not in str(message)


def read_all(endpoint: str, url: str) -> list[dict[str, Any]]:
    answer = connect("sqs", endpoint).receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    return list(answer.get("Messages", []))
