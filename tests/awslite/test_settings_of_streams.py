"""What a stream can be set to: its strategy, its retention, the size of its records."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from awslite.cloud import Cloud
from tests.awslite.clients import code_of
from tests.awslite.streams import create, data_of, entry, put, read, shard_names

ON_DEMAND = {"StreamMode": "ON_DEMAND"}


def summary(kinesis: Any, name: str) -> Any:
    return kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]


def test_the_strategy_auto_ignores_partition_keys_and_is_shown(kinesis: Any, name: str) -> None:
    kinesis.create_stream(
        StreamName=name, StreamModeDetails=ON_DEMAND, RecordDistributionStrategy="AUTO"
    )

    results = put(kinesis, name, *[entry("one key")] * 8)

    assert summary(kinesis, name)["RecordDistributionStrategy"] == "AUTO"
    assert len({result["ShardId"] for result in results}) == 4


def test_a_stream_of_ones_own_shards_cannot_have_the_strategy_auto(kinesis: Any, name: str) -> None:
    with pytest.raises(ClientError) as at_start:
        kinesis.create_stream(StreamName=name, ShardCount=1, RecordDistributionStrategy="AUTO")
    create(kinesis, name)
    arn = summary(kinesis, name)["StreamARN"]
    with pytest.raises(ClientError) as later:
        kinesis.update_stream_record_distribution_strategy(
            StreamARN=arn, RecordDistributionStrategy="AUTO"
        )

    assert [code_of(at_start), code_of(later)] == ["InvalidArgumentException"] * 2


def test_the_strategy_changes_while_a_stream_is_used(kinesis: Any, name: str) -> None:
    kinesis.create_stream(StreamName=name, StreamModeDetails=ON_DEMAND)
    arn = summary(kinesis, name)["StreamARN"]

    for strategy in ("AUTO", "USER_PARTITION_KEY"):
        kinesis.update_stream_record_distribution_strategy(
            StreamARN=arn, RecordDistributionStrategy=strategy
        )
        assert summary(kinesis, name)["RecordDistributionStrategy"] == strategy


def test_a_stream_that_allows_larger_records_takes_them(kinesis: Any, name: str) -> None:
    kinesis.create_stream(StreamName=name, ShardCount=1, MaxRecordSizeInKiB=2048)
    large = b"x" * (2 * 2**20 - 1)

    put(kinesis, name, entry("k", large))
    with pytest.raises(ClientError) as refused:
        put(kinesis, name, entry("k", large + b"x"))

    assert summary(kinesis, name)["MaxRecordSizeInKiB"] == 2048
    assert data_of(read(kinesis, name, shard_names(kinesis, name)[0])) == [large]
    assert code_of(refused) == "ValidationException"


@pytest.mark.parametrize("key", ["", "k" * 257], ids=["none", "257 characters"])
def test_a_partition_key_has_1_to_256_characters(kinesis: Any, name: str, key: str) -> None:
    create(kinesis, name)

    with pytest.raises(ClientError) as refused:
        put(kinesis, name, entry(key))
    put(kinesis, name, entry("ש" * 256))

    assert code_of(refused) == "ValidationException"


def test_what_is_older_than_the_retention_is_gone(kinesis: Any, cloud: Cloud, name: str) -> None:
    create(kinesis, name)
    cloud.streams.clock = lambda: 1000.0
    put(kinesis, name, entry("k", b"old"))
    kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=48)
    cloud.streams.clock = lambda: 1000.0 + 47 * 3600
    put(kinesis, name, entry("k", b"new"))
    (shard,) = shard_names(kinesis, name)
    before = read(kinesis, name, shard)

    cloud.streams.clock = lambda: 1001.0 + 48 * 3600

    assert data_of(before) == [b"old", b"new"]
    assert data_of(read(kinesis, name, shard)) == [b"new"]


def test_a_shard_that_ended_before_the_retention_is_gone_and_its_children_are_not(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    cloud.streams.clock = lambda: 1000.0
    create(kinesis, name)
    (parent,) = shard_names(kinesis, name)
    half = str(2**127)
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=half)
    before = shard_names(kinesis, name)
    cloud.streams.clock = lambda: 1001.0 + 24 * 3600

    listed = kinesis.list_shards(StreamName=name, ShardFilter={"Type": "AT_TRIM_HORIZON"})
    with pytest.raises(ClientError) as refused:
        read(kinesis, name, parent)

    assert [shard["ShardId"] for shard in listed["Shards"]] == before[1:]
    assert {shard["ParentShardId"] for shard in listed["Shards"]} == {parent}
    assert code_of(refused) == "ResourceNotFoundException"


def test_how_far_a_reader_is_behind_is_the_age_of_what_it_has_not_read(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    create(kinesis, name)
    cloud.streams.clock = lambda: 1000.0
    put(kinesis, name, entry("k"), entry("k"))
    cloud.streams.clock = lambda: 1007.5
    first = kinesis.get_shard_iterator(
        StreamName=name,
        ShardId=shard_names(kinesis, name)[0],
        ShardIteratorType="TRIM_HORIZON",
    )

    one = kinesis.get_records(ShardIterator=first["ShardIterator"], Limit=1)
    both = kinesis.get_records(ShardIterator=one["NextShardIterator"])

    assert [one["MillisBehindLatest"], both["MillisBehindLatest"]] == [7500, 0]


def test_a_stream_that_changes_is_used_and_not_changed_again(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    create(kinesis, name)
    cloud.streams.limits.change_seconds = 1000.0
    parent = shard_names(kinesis, name)[0]
    half = str(2**127)
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=half)

    put(kinesis, name, entry("k"))
    with pytest.raises(ClientError) as refused:
        kinesis.merge_shards(
            StreamName=name,
            ShardToMerge=shard_names(kinesis, name)[1],
            AdjacentShardToMerge=shard_names(kinesis, name)[2],
        )

    assert summary(kinesis, name)["StreamStatus"] == "UPDATING"
    assert code_of(refused) == "ResourceInUseException"
