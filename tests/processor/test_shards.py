"""The work on a shard: records are published, and only then kept as settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.aws.eventbridge.limits import BusEntry
from oracle_cdc.aws.eventbridge.publisher import PublishOutcome
from oracle_cdc.aws.kinesis.inbound import IteratorExpired
from oracle_cdc.aws.kinesis.positions import NEWEST
from oracle_cdc.errors import StoreUnavailable
from tests.processor.reading import World


def test_records_are_published_and_then_kept_as_settled(world: World) -> None:
    world.put(1, 2, 3)
    world.copy().run(1)
    assert world.published == [1, 2, 3]
    [lease] = world.leases()
    assert lease.sequence_number is not None
    assert len(lease.sequence_number) == 56


def test_a_new_start_goes_on_behind_the_checkpoint(world: World) -> None:
    world.put(1, 2)
    first = world.copy("first")
    first.run(1)
    first.leasing.give_back()
    world.put(3)
    world.copy("second").run(1)
    assert world.published == [1, 2, 3]


def test_nothing_is_kept_as_settled_before_the_bus_has_accepted_it(world: World) -> None:
    world.publishing.order(refusal=[503, "ServiceUnavailable"])
    world.put(1)
    copy = world.copy()
    copy.look()
    assert [str(error) for error in copy.read()] != []
    assert world.leases()[0].sequence_number is None
    world.cloud.faults.clear()
    assert copy.read() == []
    assert world.leases()[0].sequence_number is not None


def test_what_is_settled_in_front_of_what_waits_is_kept(world: World) -> None:
    world.put(1)
    world.put_bytes(b"{")
    world.put(2)
    world.publishing.queue.is_down = True
    copy = world.copy()
    copy.look()
    assert "the queue of dead letters is down" in str(copy.read(1))
    first = world.leases()[0].sequence_number
    other = world.copy("other")
    world.clock.rest(1)
    world.publishing.queue.is_down = False
    assert copy.read() == []
    assert int(world.leases()[0].sequence_number or 0) > int(first or 0)
    assert world.published == [1, 2]
    other.look()
    assert other.shards == []


def test_what_is_settled_beside_what_waits_is_delivered(world: World) -> None:
    world.put_bytes(b"{")
    world.put(1)
    world.publishing.queue.is_down = True
    copy = world.copy()
    copy.look()
    [shard_id] = copy.works
    world.progress.begin(shard_id)
    moments = world.progress.loops[shard_id]
    before = moments.succeeded_at
    assert len(copy.read(1)) == 1
    between = moments.succeeded_at
    assert len(copy.read(1)) == 1
    assert world.published == [1]
    assert (before < between, between) == (True, moments.succeeded_at)


def test_a_dead_letter_says_which_record_of_which_shard_it_is(world: World) -> None:
    world.put_bytes(b"{")
    world.copy().run(1)
    [(letter, attributes)] = world.publishing.queue.letters
    assert letter["originalEvent"] == {"raw": "ew=="}
    assert attributes["shardId"] == "shardId-000000000000"
    assert attributes["sequenceNumber"] == world.leases()[0].sequence_number


def test_a_checkpoint_that_can_not_be_kept_is_not_passed(world: World) -> None:
    world.put(1)
    copy = world.copy()
    copy.look()
    world.publishing.order(action="UpdateItem", refusal=[500, "InternalServerError"])
    [error, *_] = copy.read()
    assert isinstance(error, StoreUnavailable)
    world.put(2)
    copy.read()
    assert world.published == [1]
    assert world.progress.counts["state_errors"] > 1
    world.cloud.faults.clear()
    copy.read()
    assert world.published == [1, 2]


def test_a_lost_answer_to_a_checkpoint_loses_no_lease(world: World) -> None:
    world.put(1)
    copy = world.copy()
    copy.look()
    world.publishing.order(action="UpdateItem", cut_after=True, times=1)
    assert len(copy.read(1)) == 1
    assert copy.read() == []
    world.put(2)
    assert copy.read() == []
    assert world.published == [1, 2]


def test_an_expired_iterator_is_taken_anew_behind_what_was_settled(world: World) -> None:
    world.put(1)
    copy = world.copy()
    copy.run(1)
    world.put(2)
    world.publishing.order(action="GetRecords", refusal=[400, "ExpiredIteratorException"], times=1)
    [error] = copy.read()
    assert isinstance(error, IteratorExpired)
    assert world.published == [1, 2]


def test_what_comes_next_is_read_while_a_batch_is_published(world: World) -> None:
    world.put(1, 2, 3)
    copy = world.copy(batch_size=1)
    copy.look()
    publish = world.publishing.requests.bus.publish
    reads: list[int] = []

    def slow(entries: Sequence[BusEntry]) -> Sequence[PublishOutcome]:
        work = copy.works["shardId-000000000000"]
        if work.intake.ahead is not None:
            work.intake.ahead.thread.join()
        reads.append(copy.reader.answers)
        return publish(entries)

    world.publishing.requests.bus.publish = slow  # type: ignore[method-assign]
    assert copy.read(4) == []
    assert world.published == [1, 2, 3]
    assert reads == [2, 3, 3]


def test_what_was_read_ahead_in_vain_is_read_again(world: World) -> None:
    world.put(1, 2)
    copy = world.copy(batch_size=1)
    copy.look()
    world.publishing.order(
        action="GetRecords", skip=1, refusal=[400, "ExpiredIteratorException"], times=1
    )
    [error] = copy.read(4)
    assert isinstance(error, IteratorExpired)
    assert world.published == [1, 2]


def test_a_throttled_read_is_made_again(world: World) -> None:
    world.put(1)
    copy = world.copy()
    copy.look()
    world.publishing.order(
        action="GetRecords", refusal=[400, "ProvisionedThroughputExceededException"], times=2
    )
    assert len(copy.read()) == 2
    assert world.published == [1]


def test_who_begins_at_the_newest_record_misses_nothing_behind_that(world: World) -> None:
    world.put(1)
    copy = world.copy(start=NEWEST)
    copy.look()
    copy.leasing.give_back()
    world.put(2)
    world.copy("later", start=NEWEST).run(2)
    assert world.published == [2]


def test_what_was_processed_is_added_up_for_people(world: World) -> None:
    world.put(1, 2, 3)
    copy = world.copy()
    copy.run(1)
    copy.means.tally.write()
    copy.means.tally.write()
    state = copy.states.get_state("cdc-processor")
    assert state is not None
    assert state.processed_count == 3
    assert state.last_processed_sequence == world.leases()[0].sequence_number


def test_the_age_of_what_waits_is_known(world: World) -> None:
    world.publishing.order(refusal=[503, "ServiceUnavailable"])
    world.put(1)
    copy = world.copy()
    copy.look()
    copy.read(1)
    work = copy.works["shardId-000000000000"]
    later = datetime.now(timezone.utc) + timedelta(hours=13)
    assert 13 * 3600 <= work.lag.seconds(world.clock(), later) < 13 * 3600 + 60
    world.cloud.faults.clear()
    copy.read()
    assert work.lag.seconds(world.clock(), later) == 0


def test_a_shard_that_is_gone_unread_is_given_up_loudly(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    copy = world.copy()
    copy.look()
    work = copy.works["shardId-000000000000"]
    copy.reader.list_shards = list  # type: ignore[method-assign]
    world.publishing.order(
        action="GetShardIterator", refusal=[400, "ResourceNotFoundException"], times=1
    )
    copy.read(1)
    assert work.held.over.is_set()
    assert world.leases()[0].is_ended
    assert "is gone from the stream before it was read to its end" in caplog.text


def test_a_stop_ends_the_work_between_two_turns(world: World) -> None:
    world.put(1, 1, 1)
    copy = world.copy()
    copy.look()
    publish = world.publishing.requests.bus.publish

    def stop_after(entries: object) -> object:
        copy.stop.set()
        return publish(entries)  # type: ignore[arg-type]

    world.publishing.requests.bus.publish = stop_after  # type: ignore[method-assign,assignment]
    copy.read()
    assert world.published == [1]
    assert world.leases()[0].sequence_number is not None
