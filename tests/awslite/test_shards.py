"""What no emulator does of Kinesis: shards that end, split and merge, and AWS's other rules.

Sources: botocore's model of Kinesis (operations and shapes of the names used here), and
docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awslite.cloud import Cloud
from tests.awslite.clients import code_of
from tests.awslite.streams import create, data_of, entry, iterator, put, read, shard_names

HALF = str(2**127)


def split(kinesis: Any, name: str) -> list[str]:
    """Split the one shard of a stream in halves, and return all names."""
    (parent,) = shard_names(kinesis, name)
    kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=HALF)
    return shard_names(kinesis, name)


def test_sequence_numbers_have_56_digits_and_rise_within_their_shard_only(
    kinesis: Any, name: str
) -> None:
    create(kinesis, name, shards=2)
    entries = [entry("k", ExplicitHashKey=number) for number in ("0", HALF) * 5]

    numbers = [result["SequenceNumber"] for result in put(kinesis, name, *entries)]

    first, second = list(map(int, numbers[::2])), list(map(int, numbers[1::2]))
    assert {len(number) for number in numbers} == {56}
    assert (first, second) == (sorted(first), sorted(second))
    # Put in turns, and yet all of one shard are below all of the other.
    assert max(second) < min(first)


def test_a_split_shard_ends_with_its_records_and_names_its_children(
    kinesis: Any, name: str
) -> None:
    create(kinesis, name)
    put(kinesis, name, entry("k", b"before"))
    parent, *children = split(kinesis, name)
    put(kinesis, name, entry("k", b"low", ExplicitHashKey="0"))
    put(kinesis, name, entry("k", b"high", ExplicitHashKey=HALF))

    last = read(kinesis, name, parent)

    assert data_of(last) == [b"before"]
    assert "NextShardIterator" not in last
    assert [child["ShardId"] for child in last["ChildShards"]] == children
    assert [child["ParentShards"] for child in last["ChildShards"]] == [[parent], [parent]]
    assert [data_of(read(kinesis, name, child)) for child in children] == [[b"low"], [b"high"]]


def test_children_have_higher_numbers_than_their_parent(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    (before,) = put(kinesis, name, entry("k"))
    split(kinesis, name)

    after = put(kinesis, name, entry("k", ExplicitHashKey="0"), entry("k", ExplicitHashKey=HALF))

    for result in after:
        assert int(result["SequenceNumber"]) > int(before["SequenceNumber"])


def test_merged_shards_end_both_and_have_one_child(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=2)
    first, second = shard_names(kinesis, name)
    kinesis.merge_shards(StreamName=name, ShardToMerge=first, AdjacentShardToMerge=second)

    ends = [read(kinesis, name, parent)["ChildShards"] for parent in (first, second)]

    child = kinesis.list_shards(StreamName=name)["Shards"][-1]
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (first, second)
    assert child["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": str(2**128 - 1)}
    for (described,) in ends:
        assert described["ShardId"] == child["ShardId"]
        assert described["ParentShards"] == [first, second]


def test_an_empty_parent_ends_at_once(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    parent = split(kinesis, name)[0]

    answers = [read(kinesis, name, parent), read(kinesis, name, parent, "LATEST")]

    for answer in answers:
        assert data_of(answer) == []
        assert "NextShardIterator" not in answer
        assert len(answer["ChildShards"]) == 2


def test_a_closed_shard_has_an_ending_number_and_is_not_split_again(
    kinesis: Any, name: str
) -> None:
    create(kinesis, name)
    (result,) = put(kinesis, name, entry("k"))
    parent = split(kinesis, name)[0]

    with pytest.raises(ClientError) as refused:
        kinesis.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=HALF)

    numbers = kinesis.list_shards(StreamName=name)["Shards"][0]["SequenceNumberRange"]
    assert int(numbers["EndingSequenceNumber"]) > int(result["SequenceNumber"])
    assert code_of(refused) == "InvalidArgumentException"


def test_a_shard_is_not_split_at_its_ends(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    (shard,) = shard_names(kinesis, name)

    for start in ("0", str(2**128 - 1)):
        with pytest.raises(ClientError) as refused:
            kinesis.split_shard(StreamName=name, ShardToSplit=shard, NewStartingHashKey=start)
        assert code_of(refused) == "InvalidArgumentException"


def test_open_shards_alone_are_listed_where_a_filter_says_so(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    parent, *children = split(kinesis, name)

    def listed(**wanted: Any) -> list[str]:
        answer = kinesis.list_shards(StreamName=name, ShardFilter=wanted)
        return [shard["ShardId"] for shard in answer["Shards"]]

    assert listed(Type="AT_LATEST") == children
    assert listed(Type="FROM_TRIM_HORIZON") == [parent, *children]
    assert listed(Type="AFTER_SHARD_ID", ShardId=children[0]) == [children[1]]
    assert listed(Type="AT_TRIM_HORIZON") == [parent]
    assert listed(Type="FROM_TIMESTAMP", Timestamp=2**32) == children


def test_shards_are_listed_in_pages_by_a_token_alone(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=3)

    first = kinesis.list_shards(StreamName=name, MaxResults=2)
    second = kinesis.list_shards(NextToken=first["NextToken"])
    with pytest.raises(ClientError) as refused:
        kinesis.list_shards(NextToken=first["NextToken"], StreamName=name)

    described = kinesis.describe_stream(
        StreamName=name, ExclusiveStartShardId=first["Shards"][1]["ShardId"]
    )

    assert [len(first["Shards"]), len(second["Shards"])] == [2, 1]
    assert described["StreamDescription"]["Shards"] == second["Shards"]
    assert "NextToken" not in second
    assert code_of(refused) == "InvalidArgumentException"


def test_iterators_and_tokens_expire(kinesis: Any, cloud: Cloud, name: str) -> None:
    create(kinesis, name, shards=2)
    given = iterator(kinesis, name, shard_names(kinesis, name)[0])
    token = kinesis.list_shards(StreamName=name, MaxResults=1)["NextToken"]
    kinesis.get_records(ShardIterator=given)
    cloud.streams.limits.iterator_seconds = -1.0

    with pytest.raises(ClientError) as old:
        kinesis.get_records(ShardIterator=given)
    with pytest.raises(ClientError) as old_token:
        kinesis.list_shards(NextToken=token)

    assert code_of(old) == "ExpiredIteratorException"
    assert code_of(old_token) == "ExpiredNextTokenException"


def test_a_text_that_is_no_iterator_is_refused(kinesis: Any) -> None:
    for text in ("garbage", "AAAA"):
        with pytest.raises(ClientError) as refused:
            kinesis.get_records(ShardIterator=text)
        assert code_of(refused) == "InvalidArgumentException"


def test_a_number_of_another_shard_is_refused(kinesis: Any, name: str) -> None:
    create(kinesis, name, shards=2)
    (result,) = put(kinesis, name, entry("k", ExplicitHashKey="0"))
    other = shard_names(kinesis, name)[1]

    with pytest.raises(ClientError) as refused:
        read(
            kinesis,
            name,
            other,
            "AFTER_SEQUENCE_NUMBER",
            StartingSequenceNumber=result["SequenceNumber"],
        )

    assert code_of(refused) == "InvalidArgumentException"


def test_reads_give_nothing_before_the_records_come_where_that_is_set(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    create(kinesis, name)
    put(kinesis, name, entry("k"))
    (shard,) = shard_names(kinesis, name)
    cloud.streams.limits.empty_reads = 2

    at = iterator(kinesis, name, shard)
    found = []
    for _ in range(4):
        answer = kinesis.get_records(ShardIterator=at)
        at = answer["NextShardIterator"]
        found.append((data_of(answer), answer["MillisBehindLatest"] > 0))

    assert found == [([], True), ([], True), ([b"x"], False), ([], False)]


def test_reads_beyond_five_a_second_are_throttled_where_that_is_switched_on(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    create(kinesis, name)
    given = iterator(kinesis, name, shard_names(kinesis, name)[0])
    cloud.streams.clock = lambda: 100.0
    cloud.streams.limits.throttles_reads = True
    cloud.streams.limits.iterator_seconds = 1e12
    for _ in range(5):
        kinesis.get_records(ShardIterator=given)

    with pytest.raises(ClientError) as refused:
        kinesis.get_records(ShardIterator=given)
    cloud.streams.clock = lambda: 101.5
    kinesis.get_records(ShardIterator=given)

    assert code_of(refused) == "ProvisionedThroughputExceededException"


def test_records_beyond_a_thousand_a_second_fail_alone_where_that_is_switched_on(
    kinesis: Any, cloud: Cloud, name: str
) -> None:
    create(kinesis, name, shards=2)
    cloud.streams.clock = lambda: 100.0
    cloud.streams.limits.throttles_writes = True
    hot = [entry("k", ExplicitHashKey="0")] * 499
    for _ in range(2):
        put(kinesis, name, *hot, entry("k", ExplicitHashKey=HALF))

    answer = kinesis.put_records(
        StreamName=name, Records=[*hot[:3], entry("k", ExplicitHashKey=HALF)]
    )

    codes = [result.get("ErrorCode") for result in answer["Records"]]
    assert codes == [None, None, "ProvisionedThroughputExceededException", None]
    assert answer["FailedRecordCount"] == 1


def test_a_dry_run_puts_and_reads_nothing(kinesis: Any, name: str) -> None:
    create(kinesis, name)
    (shard,) = shard_names(kinesis, name)
    given = iterator(kinesis, name, shard)
    calls: list[Callable[[], Any]] = [
        lambda: kinesis.put_records(StreamName=name, Records=[entry("k")], DryRun=True),
        lambda: kinesis.put_record(StreamName=name, **entry("k"), DryRun=True),
        lambda: kinesis.get_records(ShardIterator=given, DryRun=True),
    ]

    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "DryRunOperationException"
    assert data_of(read(kinesis, name, shard)) == []
