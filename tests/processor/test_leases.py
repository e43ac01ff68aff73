"""Leases: one copy reads a shard at a time, and one that lost its lease publishes nothing more."""

from __future__ import annotations

from awslite.cloud import Cloud
from oracle_cdc.aws.dynamodb.checkpoints import reset
from oracle_cdc.aws.kinesis.positions import OLDEST
from tests.processor.reading import LEASE_SECONDS, World


def test_two_copies_share_the_shards(cloud: Cloud) -> None:
    world = World(cloud, shards=4)
    one, two = world.copy("one"), world.copy("two")
    one.look()
    assert one.shards == ["0", "1", "2", "3"]
    for _ in range(4):
        two.look()
        one.look()
    assert sorted(one.shards + two.shards) == ["0", "1", "2", "3"]
    assert len(one.shards) == 2


def test_a_lease_that_was_taken_away_publishes_nothing_more(world: World) -> None:
    world.put(1)
    one, two = world.copy("one"), world.copy("two")
    one.look()
    two.look()
    world.clock.rest(LEASE_SECONDS)
    two.look()
    assert two.shards == ["0"]
    one.read()
    assert world.published == []
    one.look()
    assert one.shards == []
    two.read()
    assert world.published == [1]


def test_a_holder_that_was_frozen_publishes_only_after_it_has_renewed(world: World) -> None:
    copy = world.copy()
    copy.look()
    world.put(1)
    world.clock.rest(LEASE_SECONDS)
    copy.read()
    assert world.published == []
    copy.look()
    copy.read()
    assert world.published == [1]


def test_a_holder_that_was_frozen_between_publishing_and_keeping_drops_its_batch(
    world: World,
) -> None:
    world.put(1, 2)
    one, two = world.copy("one"), world.copy("two")
    one.look()
    two.look()
    work = one.works["shardId-000000000000"]
    take = work.means.processing.process

    def freeze(lot: object, may_go_on: object) -> object:
        work.means.processing.process = take  # type: ignore[method-assign]
        verdict = take(lot, may_go_on)  # type: ignore[arg-type]
        world.clock.rest(LEASE_SECONDS)
        two.look()
        assert two.read() == []
        return verdict

    work.means.processing.process = freeze  # type: ignore[method-assign,assignment]
    assert one.read(1) == []
    assert one.works["shardId-000000000000"].held.is_lost
    assert world.published == [1, 2, 1, 2]
    assert world.leases()[0].owner == "two"


def test_a_reset_while_a_copy_reads_takes_its_lease_and_brings_all_again(world: World) -> None:
    world.put(1, 2)
    copy = world.copy()
    copy.run(1)
    assert reset(copy.rows, "shardId-000000000000", OLDEST)
    world.put(3)
    copy.read()
    assert copy.works["shardId-000000000000"].held.is_lost
    copy.run(3)
    assert set(world.published[-3:]) == {1, 2, 3}
    assert world.published[:2] == [1, 2]


def test_what_a_copy_gives_back_at_its_end_is_taken_at_once(world: World) -> None:
    one, two = world.copy("one"), world.copy("two")
    one.look()
    one.leasing.give_back()
    two.look()
    assert two.shards == ["0"]
