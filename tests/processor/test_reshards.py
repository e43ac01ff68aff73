"""Shards that are split and merged: children come after their parents, and nothing is lost."""

from __future__ import annotations

from awslite.cloud import Cloud
from tests.processor.reading import World


def test_children_are_read_once_all_parents_are_read_to_their_end(world: World) -> None:
    copy = world.copy(batch_size=3)
    copy.look()
    world.put(*range(10))
    world.split()
    world.put(*range(10))
    copy.look()
    assert copy.shards == ["0"]
    copy.run(8)
    assert sorted(world.published) == list(range(1, 21))
    for row in range(10):
        mine = [number for number in world.published if (number - 1) % 10 == row]
        assert mine == sorted(mine)
    ended = {lease.shard_id[-1]: lease.is_ended for lease in world.leases()}
    assert ended == {"0": True, "1": False, "2": False}


def test_a_merged_shard_is_read_once_both_parents_are_read_to_their_end(cloud: Cloud) -> None:
    world = World(cloud, shards=2)
    one, two = world.copy("one"), world.copy("two")
    one.look()
    two.look()
    one.look()
    assert (one.shards, two.shards) == (["1"], ["0"])
    world.put(*range(10))
    world.reshard(
        "merge_shards",
        ShardToMerge="shardId-000000000000",
        AdjacentShardToMerge="shardId-000000000001",
    )
    world.put(*range(10))
    one.read(6)
    one.look()
    assert one.shards == []
    two.read(6)
    two.look()
    one.look()
    assert one.shards + two.shards == ["2"]
    one.read(6)
    two.read(6)
    assert sorted(world.published) == list(range(1, 21))
    assert sorted(world.published[-10:]) == list(range(11, 21))


def test_an_empty_parent_ends_too(world: World) -> None:
    copy = world.copy()
    copy.look()
    world.split()
    world.put(1, 2, 3, 4)
    copy.run(5)
    assert sorted(world.published) == [1, 2, 3, 4]
