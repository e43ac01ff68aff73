"""The processor as a pipeline of the service: its start, its loops, and what is seen of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from awslite.cloud import Cloud
from awslite.faults import read_fault
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationMissing,
    DestinationUnavailable,
    SettingsError,
    StoreConfigurationError,
    StoreMissing,
    StoreUnavailable,
)
from oracle_cdc.processor.pipeline import pipeline_of
from oracle_cdc.watching.metrics import Metrics
from tests.awsplaces import connect, make_name
from tests.changes.changefixtures import make_change
from tests.processor.pipelines import PipelineWorld, Running, wait_for


def test_records_are_published_until_the_service_stops(pipelines: PipelineWorld) -> None:
    processor = pipelines.processor()
    with Running(pipeline_of(processor), processor.stop) as running:
        pipelines.put(1, 2, 3)
        pipelines.put_bytes(b"{")
        wait_for(lambda: len(pipelines.published) == 3)
        wait_for(running.pipeline.readiness.is_ready)
        pipelines.put(4)
        wait_for(lambda: len(pipelines.published) == 4)
    assert [letter["error"]["code"] for letter in pipelines.letters()] == ["PARSE_ERROR"]
    [lease] = pipelines.leases()
    assert lease.owner is None
    assert lease.sequence_number is not None
    state = processor.edges.states.get_state("cdc-processor")
    assert state is not None
    assert state.processed_count == 5


def test_one_cycle_reads_up_to_the_end(pipelines: PipelineWorld) -> None:
    pipelines.put(*range(250))
    pipeline = pipelines.pipeline()
    pipeline.run_once()
    assert len(pipelines.published) == 250
    assert pipelines.leases()[0].owner is None
    text = pipeline.statistics()
    assert "Events published: 250" in text
    assert "Shards read: 1" in text


def test_a_shard_that_has_ended_before_the_next_look_is_not_started_again(
    pipelines: PipelineWorld,
) -> None:
    pipelines.split()
    leg = pipelines.leg()
    leg.look()
    reading = leg.readings["shardId-000000000000"]
    reading.start()
    reading.loop.thread.join()
    assert reading.work.held.over.is_set()
    reading.start()


def test_children_of_a_split_are_read_by_the_running_service(pipelines: PipelineWorld) -> None:
    processor = pipelines.processor()
    with Running(pipeline_of(processor), processor.stop):
        pipelines.put(*range(10))
        pipelines.split()
        pipelines.put(*range(10))
        wait_for(lambda: len(pipelines.published) == 20)


def test_a_stop_in_an_outage_gives_the_lease_back_and_keeps_what_was_settled(
    pipelines: PipelineWorld,
) -> None:
    processor = pipelines.processor(KINESIS_BATCH_SIZE="2", RETRY_MAX_DELAY_MS="5000")
    pipelines.put(1, 2)
    with Running(pipeline_of(processor), processor.stop):
        wait_for(lambda: pipelines.published == [1, 2])
        pipelines.publishing.order(refusal=[503, "ServiceUnavailable"])
        pipelines.put(3, 4)
        wait_for(lambda: processor.progress.counts["records_read"] == 4)
    pipelines.cloud.faults.clear()
    assert pipelines.leases()[0].owner is None
    pipelines.pipeline().run_once()
    assert pipelines.published == [1, 2, 3, 4]


def test_a_copy_that_is_gone_is_succeeded_once_its_lease_is_over(
    pipelines: PipelineWorld,
) -> None:
    quick = {
        "KINESIS_CONNECT_TIMEOUT_SECONDS": "0.2",
        "KINESIS_READ_TIMEOUT_SECONDS": "0.5",
        "PROCESSOR_LEASE_SECONDS": "1",
    }
    gone = pipelines.leg(**quick)
    gone.look()
    pipelines.put(1)
    processor = pipelines.processor(**quick)
    with Running(pipeline_of(processor), processor.stop):
        wait_for(lambda: pipelines.published == [1])
    [reading] = gone.readings.values()
    reading.work.step()
    gone.processor.leasing.renew()
    assert reading.work.held.is_lost
    assert pipelines.published == [1]


def test_nothing_is_published_to_a_bus_that_is_not_there(pipelines: PipelineWorld) -> None:
    pipelines.put(1)
    leg = pipelines.leg(EVENT_BUS_NAME="nowhere")
    with pytest.raises(DestinationMissing, match="EVENT_BUS_NAME"):
        leg.run_once()
    assert pipelines.cloud.buses.dropped_count == 0
    assert pipelines.leases() == []


def test_a_bus_that_goes_stops_publishing_at_the_next_look(pipelines: PipelineWorld) -> None:
    leg = pipelines.leg()
    leg.look()
    now = [0.0]
    leg.startup.clock = lambda: now[0]
    leg.startup.bus_seen_at = 0.0
    pipelines.cloud.faults.order(
        read_fault({"action": "DescribeEventBus", "refusal": [400, "ResourceNotFoundException"]})
    )
    leg.look()
    assert leg.processor.bus_is_there.is_set()
    now[0] = 61.0
    with pytest.raises(DestinationMissing):
        leg.look()
    assert not leg.processor.bus_is_there.is_set()
    pipelines.put(1)
    [reading] = leg.readings.values()
    reading.work.step()
    assert pipelines.published == []
    pipelines.cloud.faults.clear()
    leg.look()
    while not pipelines.published:
        reading.work.step()
    leg.give_back()


def test_a_stream_without_order_is_refused(pipelines: PipelineWorld) -> None:
    name = make_name("stream")
    connect("kinesis", pipelines.cloud.url).create_stream(
        StreamName=name,
        StreamModeDetails={"StreamMode": "ON_DEMAND"},
        RecordDistributionStrategy="AUTO",
    )
    with pytest.raises(DestinationConfigurationError, match="AUTO"):
        pipelines.leg(KINESIS_STREAM_NAME=name).run_once()


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"STATE_TABLE_NAME": "nowhere"}, StoreMissing, "STATE_TABLE_NAME"),
        ({"KINESIS_STREAM_NAME": "nowhere"}, DestinationMissing, "KINESIS_STREAM_NAME"),
    ],
)
def test_what_is_missing_is_named_by_its_setting(
    pipelines: PipelineWorld, given: dict[str, str], error: type[CdcError], words: str
) -> None:
    with pytest.raises(error, match=words):
        pipelines.leg(**given).run_once()


def test_a_table_with_other_keys_is_refused(pipelines: PipelineWorld) -> None:
    with pytest.raises(StoreConfigurationError, match="allowed: processor, shard"):
        pipelines.leg(CHECKPOINT_TABLE_NAME=pipelines.states).run_once()


def test_what_endangers_personal_data_is_said_at_the_start(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    pipelines.leg(ENABLE_DATA_REDACTION="false").run_once()
    assert "the queue of dead letters is not encrypted" in caplog.text
    assert "ENABLE_DATA_REDACTION is false" in caplog.text


def test_mistakes_in_models_and_transformers_end_the_start(pipelines: PipelineWorld) -> None:
    with pytest.raises(SettingsError, match="no such column"):
        pipelines.processor(TABLE_TRANSFORMERS='{"users": {"redactFields": ["shoe"]}}')
    (pipelines.folder / "models" / "users.json").write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"users\.json: it is no JSON"):
        pipelines.processor()


def test_metrics_say_what_became_of_records(pipelines: PipelineWorld) -> None:
    pipelines.put(1)
    pipelines.put_bytes(b"{")
    pipeline = pipelines.pipeline()
    pipeline.run_once()
    text = Metrics(pipeline.measures()).text().decode()
    for line in (
        'oracle_cdc_processor_records_total{outcome="published"} 1.0',
        'oracle_cdc_processor_records_total{outcome="read"} 2.0',
        'oracle_cdc_processor_dead_letters_total{code="PARSE_ERROR"} 1.0',
        "oracle_cdc_processor_state_errors_total 0.0",
    ):
        assert line in text


def test_records_that_come_near_their_end_are_a_matter_for_a_person(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    leg = pipelines.leg()
    leg.look()
    leg.signs.note_danger(12.5 * 3600)
    assert "records wait for 12.5 h, and the stream keeps them for 24 h" in caplog.text
    assert leg.progress.concerns.standing() != []
    leg.signs.note_danger(60)
    assert leg.progress.concerns.standing() == []
    leg.give_back()


def test_a_heartbeat_shows_how_long_the_way_is_and_is_no_event(pipelines: PipelineWorld) -> None:
    beat = make_change({"id": 1}, {"id": 1}, table="cdc_heartbeat")
    pipelines.put_bytes(encode(beat))
    leg = pipelines.leg()
    leg.run_once()
    assert pipelines.published == []
    assert pipelines.letters() == []
    age = leg.progress.age("heartbeat").seconds()
    assert age is not None
    assert age > 365 * 24 * 3600


def test_what_is_named_as_passing_counts_no_try(pipelines: PipelineWorld) -> None:
    pipelines.cloud.faults.order(
        read_fault({"action": "PutEvents", "marked_entries": {"users": "Odd"}, "times": 4})
    )
    pipelines.put(1)
    leg = pipelines.leg(RETRYABLE_ERRORS="Odd,ThrottlingException")
    leg.look()
    [reading] = leg.readings.values()
    for _ in range(4):
        with pytest.raises(DestinationUnavailable, match="Odd"):
            reading.work.step()
    reading.work.step()
    assert pipelines.published == [1]
    assert pipelines.letters() == []
    leg.give_back()


def test_what_is_not_named_as_passing_is_a_dead_letter(pipelines: PipelineWorld) -> None:
    pipelines.cloud.faults.order(
        read_fault({"action": "PutEvents", "marked_entries": {"users": "Odd"}})
    )
    pipelines.put(1)
    pipelines.pipeline(MAX_RETRY_ATTEMPTS="2").run_once()
    [letter] = pipelines.letters()
    assert letter["error"]["code"] == "EVENTBRIDGE_ERROR"
    assert letter["attempts"] == 2


def test_a_shard_that_was_taken_before_a_look_failed_is_read(
    cloud: Cloud, quick_queue_server: str, tmp_path: Path
) -> None:
    world = PipelineWorld(cloud, quick_queue_server, tmp_path, shards=3)
    world.put(*range(12))
    leg = world.leg()
    # Three leases are made and one is taken.
    world.cloud.faults.order(
        read_fault({"action": "UpdateItem", "skip": 4, "refusal": [500, "InternalServerError"]})
    )
    with pytest.raises(StoreUnavailable):
        leg.look()
    assert list(leg.readings) == list(leg.processor.leasing.held)
    assert len(leg.readings) == 1
    world.cloud.faults.clear()
    leg.look()
    assert len(leg.readings) == 3
    leg.give_back()
    world.close()


def test_the_stream_is_blamed_for_its_own_outage_and_the_bus_is_not(
    pipelines: PipelineWorld,
) -> None:
    processor = pipelines.processor(CDC_READY_DEADLINE_SECONDS="1")
    with Running(pipeline_of(processor), processor.stop) as running:
        readiness = running.pipeline.readiness
        wait_for(readiness.is_ready)
        refusal = {"action": "GetRecords", "refusal": [500, "InternalFailure"], "times": 1000}
        pipelines.cloud.faults.order(read_fault(refusal))
        wait_for(lambda: not readiness.is_ready())
        failing = [check.name for check in readiness.dependencies() if not check.ok]
        assert failing == ["kinesis"]
