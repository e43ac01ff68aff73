"""A stream that was deleted and made anew, and a beginning that is still to come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oracle_cdc.aws.dynamodb.checkpoints import reset
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.kinesis.client import StreamReplaced
from oracle_cdc.aws.kinesis.positions import OLDEST, since
from oracle_cdc.errors import DestinationConfigurationError, DestinationUnavailable
from oracle_cdc.running.clock import utc_now
from tests.processor.pipelines import PipelineWorld
from tests.processor.reading import World
from tests.processor.test_redriving import count_letters, fill, redrive

REMEDY = "checkpoint reset"


def replace_stream(world: World) -> None:
    """Delete the stream and make one of its name, whose shards have the names of the old ones."""
    world.kinesis.delete_stream(StreamName=world.stream)
    world.kinesis.create_stream(StreamName=world.stream, ShardCount=1)


def test_a_stream_that_was_made_anew_is_said_with_what_helps_and_read_after_that(
    world: World,
) -> None:
    world.put(1)
    first = world.copy("first")
    first.run(1)
    first.leasing.give_back()
    replace_stream(world)
    world.put(2)

    copy = world.copy("second")
    copy.look()
    raised = copy.read(1)

    assert [type(error) for error in raised] == [StreamReplaced]
    assert REMEDY in str(raised[0])
    assert world.published == [1]
    reset(copy.rows, "shardId-000000000000", OLDEST)
    world.copy("third").run(2)
    assert world.published == [1, 2]


def test_a_shard_that_ended_and_takes_records_is_one_of_another_stream(world: World) -> None:
    copy = world.copy()
    copy.look()
    world.split()
    copy.run(3)
    assert world.leases()[0].is_ended
    replace_stream(world)

    with pytest.raises(StreamReplaced, match=r"shardId-000000000000, which was read to its end.*"):
        copy.leasing.look()


def test_a_shard_that_is_closed_and_read_to_its_end_within_a_look_is_none_of_another_stream(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = world.copy()
    copy.look()
    read_all = copy.rows.read_all

    def read_late() -> list[Lease]:
        monkeypatch.setattr(copy.rows, "read_all", read_all)
        world.split()
        copy.run(3)
        return read_all()

    monkeypatch.setattr(copy.rows, "read_all", read_late)
    copy.leasing.look()

    assert world.leases()[0].is_ended


def test_a_beginning_that_is_still_to_come_for_kinesis_is_waited_for(world: World) -> None:
    copy = world.copy(start=since(utc_now() + timedelta(seconds=90)))
    copy.look()

    raised = copy.read(1)

    assert [type(error) for error in raised] == [DestinationUnavailable]
    assert "by the clock of Kinesis" in str(raised[0])


def test_any_other_argument_that_kinesis_refuses_is_a_persons_to_mend(world: World) -> None:
    copy = world.copy()
    copy.look()
    world.publishing.order(action="GetShardIterator", refusal=[400, "InvalidArgumentException"])
    assert [type(error) for error in copy.read(1)] == [DestinationConfigurationError]


def test_a_letter_of_a_stream_that_was_made_anew_stays_and_keeps_no_other(
    pipelines: PipelineWorld,
) -> None:
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    replace_stream(pipelines)
    reset(pipelines.copy().rows, "shardId-000000000000", OLDEST)
    fill(pipelines, 2)

    done = redrive(pipelines)

    assert (done.foreign, done.published, done.error) == (1, 1, None)
    assert count_letters(pipelines) == 1
