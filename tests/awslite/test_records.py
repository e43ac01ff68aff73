"""Records go into shards and come out of them as at AWS, on moto as well."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.awslite.clients import code_of
from tests.awslite.streams import create, data_of, entry, put, read, shard_names

Client = Callable[[str], Any]


@pytest.fixture
def kinesis(client: Client) -> Any:
    return client("kinesis")


def test_records_of_a_shard_come_out_as_they_went_in(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    results = put(kinesis, name, *(entry("k", str(n).encode()) for n in range(5)))

    answer = read(kinesis, name, shard_names(kinesis, name)[0])

    assert data_of(answer) == [b"0", b"1", b"2", b"3", b"4"]
    numbers = [record["SequenceNumber"] for record in answer["Records"]]
    assert numbers == [result["SequenceNumber"] for result in results]
    assert sorted(map(int, numbers)) == list(map(int, numbers))
    assert answer["MillisBehindLatest"] == 0
    assert answer["Records"][0]["PartitionKey"] == "k"


def test_a_record_goes_where_the_md5_of_its_key_leads(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=4)
    keys = [f"key-{number}" for number in range(40)]

    results = put(kinesis, name, *map(entry, keys))

    shards = kinesis.list_shards(StreamName=name)["Shards"]
    ranges = {shard["ShardId"]: shard["HashKeyRange"] for shard in shards}
    for key, result in zip(keys, results, strict=True):
        hashed = int(hashlib.md5(key.encode()).hexdigest(), 16)
        found = ranges[result["ShardId"]]
        assert int(found["StartingHashKey"]) <= hashed <= int(found["EndingHashKey"])
    assert len({result["ShardId"] for result in results}) == 4


def test_an_explicit_hash_key_leads_past_the_partition_key(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=2)

    first, last = put(
        kinesis,
        name,
        entry("k", ExplicitHashKey="0"),
        entry("k", ExplicitHashKey=str(2**127 + 5)),
    )

    assert [first["ShardId"], last["ShardId"]] == shard_names(kinesis, name)


def test_an_iterator_begins_where_it_is_asked_to(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    results = put(kinesis, name, *(entry("k", str(n).encode()) for n in range(3)))
    (shard,) = shard_names(kinesis, name)
    second = results[1]["SequenceNumber"]

    at = read(kinesis, name, shard, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=second)
    after = read(kinesis, name, shard, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=second)
    old = read(kinesis, name, shard, "AT_TIMESTAMP", Timestamp=0)
    latest = read(kinesis, name, shard, "LATEST")

    assert [data_of(answer) for answer in (at, after, old, latest)] == [
        [b"1", b"2"],
        [b"2"],
        [b"0", b"1", b"2"],
        [],
    ]


def test_an_iterator_goes_on_behind_the_last_record_that_it_read(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    (shard,) = shard_names(kinesis, name)
    latest = read(kinesis, name, shard, "LATEST")["NextShardIterator"]
    put(kinesis, name, *(entry("k", str(n).encode()) for n in range(3)))

    first = kinesis.get_records(ShardIterator=latest, Limit=2)
    second = kinesis.get_records(ShardIterator=first["NextShardIterator"], Limit=2)
    third = kinesis.get_records(ShardIterator=second["NextShardIterator"])

    assert [data_of(first), data_of(second), data_of(third)] == [[b"0", b"1"], [b"2"], []]


def test_a_stream_is_described_in_pages_of_shards(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=3)
    names = shard_names(kinesis, name)

    first = kinesis.describe_stream(StreamName=name, Limit=2)["StreamDescription"]

    assert first["HasMoreShards"] is True
    assert [shard["ShardId"] for shard in first["Shards"]] == names[:2]


def test_a_stream_is_described_by_its_name_and_by_its_arn(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=2)

    by_name = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    by_arn = kinesis.describe_stream_summary(StreamARN=by_name["StreamARN"])

    assert by_arn["StreamDescriptionSummary"]["StreamName"] == name
    assert by_name["OpenShardCount"] == 2
    assert by_name["StreamStatus"] == "ACTIVE"
    assert by_name["RetentionPeriodHours"] == 24


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([entry("k")] * 501, "ValidationException"),
        ([entry("k", b"x" * (2**20 + 1))], "ValidationException"),
        ([entry("k", b"x" * (2**20 - 1))] * 6, "InvalidArgumentException"),
    ],
    ids=["501 records", "over 1 MiB", "over 5 MiB together"],
)
def test_a_request_over_a_limit_puts_nothing(
    kinesis: Any, name: str, records: list[dict[str, Any]], code: str
) -> None:
    create(kinesis, name)

    with pytest.raises(ClientError) as refused:
        put(kinesis, name, *records)

    assert code_of(refused) == code
    assert data_of(read(kinesis, name, shard_names(kinesis, name)[0])) == []


def test_what_is_not_there_is_not_found(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    calls: list[Callable[[], Any]] = [
        lambda: put(kinesis, f"{name}-none", entry("k")),
        lambda: kinesis.describe_stream_summary(StreamName=f"{name}-none"),
        lambda: read(kinesis, name, "shardId-000000000009"),
    ]

    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ResourceNotFoundException"


def test_a_stream_is_created_once(kinesis: Any, name: str) -> None:
    create(kinesis, name)

    with pytest.raises(ClientError) as refused:
        create(kinesis, name)

    assert code_of(refused) == "ResourceInUseException"


def test_two_shards_that_do_not_touch_are_not_merged(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=3)
    first, _, third = shard_names(kinesis, name)

    with pytest.raises(ClientError) as refused:
        kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=third)

    assert code_of(refused) == "InvalidArgumentException"
