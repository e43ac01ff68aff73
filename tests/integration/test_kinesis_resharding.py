"""Shards that end, numbers of 56 digits and lost answers, at a Kinesis that has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.inbound import IteratorExpired, ShardReader
from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.aws.kinesis.outbound import StreamWriter
from oracle_cdc.aws.kinesis.positions import OLDEST, after, at, is_later
from oracle_cdc.aws.kinesis.shards import Shard
from oracle_cdc.aws.kinesis.stream import read_facts
from oracle_cdc.errors import DestinationMissing, DestinationUnavailable
from tests.awsplaces import connect, create_stream, make_name, make_session

ZERO, ONE, TWO, THREE = (f"shardId-00000000000{number}" for number in range(4))
MIDDLE = str(2**127)


class Place:
    """A stream of a test's own, with what writes and reads it."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.session = make_session(cloud.url)
        self.client = open_stream(self.session, name)
        self.writer = StreamWriter(self.client)
        self.reader = ShardReader(self.client, batch_size=10)
        self.kinesis: Any = connect("kinesis", cloud.url)

    def write(self, *texts: str) -> list[str]:
        """Write records of one key each, and return their numbers."""
        outcomes = self.writer.send([StreamRecord(text, text.encode()) for text in texts])
        return [outcome.sequence_number or "" for outcome in outcomes]

    def read(self, shard_id: str) -> tuple[list[str], tuple[Shard, ...]]:
        """Return what a shard has, and its children where it ends."""
        texts: list[str] = []
        iterator: str | None = self.reader.find_iterator(shard_id, OLDEST)
        while iterator:
            batch = self.reader.read(iterator)
            texts += [record.data.decode() for record in batch.records]
            if not batch.records and not batch.is_end:
                break
            iterator = batch.next_iterator
        return texts, tuple(batch.child_shards)

    def split(self) -> None:
        self.kinesis.split_shard(
            StreamName=self.client.place, ShardToSplit=ZERO, NewStartingHashKey=MIDDLE
        )

    def merge(self) -> None:
        self.kinesis.merge_shards(
            StreamName=self.client.place, ShardToMerge=ONE, AdjacentShardToMerge=TWO
        )


@pytest.fixture
def place(cloud: Cloud) -> Iterator[Place]:
    made = Place(cloud, create_stream(cloud.url))
    yield made
    made.session.close()


def test_a_split_shard_is_read_to_its_end_and_names_its_children(place: Place) -> None:
    place.write("a", "b")
    place.split()
    place.write("c", "d", "e", "f")

    texts, children = place.read(ZERO)

    assert texts == ["a", "b"]
    assert children == (Shard(ONE, (ZERO,)), Shard(TWO, (ZERO,)))
    first, second = place.read(ONE)[0], place.read(TWO)[0]
    assert sorted(first + second) == ["c", "d", "e", "f"]


def test_merged_shards_name_one_child_with_both_as_parents(place: Place) -> None:
    place.split()
    place.merge()
    child = Shard(THREE, (ONE, TWO))
    assert place.read(ONE) == ([], (child,))
    assert place.read(TWO) == ([], (child,))


def test_shards_are_listed_with_parents_and_ends(place: Place) -> None:
    place.split()
    place.merge()
    assert place.reader.list_shards() == [
        Shard(ZERO, (), is_closed=True),
        Shard(ONE, (ZERO,), is_closed=True),
        Shard(TWO, (ZERO,), is_closed=True),
        Shard(THREE, (ONE, TWO), is_closed=False),
    ]


def test_numbers_of_56_digits_go_there_and_back_in_full(place: Place) -> None:
    first, second = place.write("a", "b")
    assert len(first) == 56
    assert is_later(second, first)
    (shard,) = place.reader.list_shards()
    behind = place.reader.read(place.reader.find_iterator(shard.id, after(first)))
    exactly = place.reader.read(place.reader.find_iterator(shard.id, at(first)))
    assert [record.sequence_number for record in behind.records] == [second]
    assert [record.sequence_number for record in exactly.records] == [first, second]


def test_records_of_a_request_whose_answer_was_lost_are_stored_and_said_to_be_unknown(
    cloud: Cloud, place: Place
) -> None:
    lost = Treatment(cut_after=True)
    cloud.faults.order(Fault(action="PutRecords", times=1, treatment=lost))

    (outcome,) = place.writer.send([StreamRecord("a", b"a")])

    assert outcome.is_unknown
    assert not outcome.is_stored
    assert place.read(ZERO)[0] == ["a"]


def test_a_record_that_failed_is_not_stored_and_its_neighbours_are(
    cloud: Cloud, place: Place
) -> None:
    failed = Treatment(failed_entries={1: "ProvisionedThroughputExceededException"})
    cloud.faults.order(Fault(action="PutRecords", times=1, treatment=failed))

    outcomes = place.writer.send([StreamRecord(text, text.encode()) for text in "abc"])

    assert [outcome.is_stored for outcome in outcomes] == [True, False, True]
    assert not outcomes[1].is_unknown
    assert place.read(ZERO)[0] == ["a", "c"]
    assert cloud.requests["PutRecords"] >= 1


def test_an_iterator_that_was_not_used_in_time_is_known_as_such(cloud: Cloud, place: Place) -> None:
    iterator = place.reader.find_iterator(ZERO, OLDEST)
    cloud.streams.limits.iterator_seconds = -1.0
    with pytest.raises(IteratorExpired):
        place.reader.read(iterator)


def test_a_shard_that_is_read_too_often_is_an_outage_that_passes(
    cloud: Cloud, place: Place
) -> None:
    cloud.streams.limits.throttles_reads = True
    iterator = place.reader.find_iterator(ZERO, OLDEST)
    with pytest.raises(DestinationUnavailable) as raised:
        for _ in range(6):
            place.reader.read(iterator)
    assert type(raised.value) is DestinationUnavailable


def test_a_shard_that_is_gone_is_missing(place: Place) -> None:
    with pytest.raises(DestinationMissing):
        place.reader.find_iterator("shardId-000000000009", OLDEST)


def test_a_stream_that_ignores_keys_is_known_by_its_strategy(cloud: Cloud) -> None:
    name = make_name("stream")
    place = Place(cloud, name)
    mode = {"StreamMode": "ON_DEMAND"}
    place.kinesis.create_stream(StreamName=name, StreamModeDetails=mode)
    facts = read_facts(place.client)
    assert facts.distribution_is_by_key
    assert facts.mode == "ON_DEMAND"

    place.kinesis.update_stream_record_distribution_strategy(
        StreamARN=facts.arn, RecordDistributionStrategy="AUTO"
    )

    assert not read_facts(place.client).distribution_is_by_key
    place.session.close()


def test_a_stream_that_takes_larger_records_says_so(place: Place) -> None:
    facts = read_facts(place.client)
    assert facts.max_record_bytes == 1024 * 1024
    place.kinesis.update_max_record_size(StreamARN=facts.arn, MaxRecordSizeInKiB=4096)
    assert read_facts(place.client).max_record_bytes == 4 * 1024 * 1024
