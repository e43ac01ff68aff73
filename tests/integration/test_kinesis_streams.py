"""Records to moto's Kinesis and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.aws.kinesis.outbound import StreamWriter
from oracle_cdc.aws.kinesis.positions import NEWEST, OLDEST, Position, after, at, since
from oracle_cdc.aws.kinesis.stream import read_facts
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.errors import DestinationMissing
from tests.awsplaces import create_stream, make_session


@pytest.fixture
def session(sqs_server: str) -> Iterator[AwsSession]:
    made = make_session(sqs_server)
    yield made
    made.close()


def records(*texts: str) -> list[StreamRecord]:
    return [StreamRecord(f"users|{text}", text.encode()) for text in texts]


def test_what_is_sent_is_read_in_its_order_with_its_numbers(
    sqs_server: str, session: AwsSession
) -> None:
    client = open_stream(session, create_stream(sqs_server))
    outcomes = StreamWriter(client).send(records("a", "b", "c"))
    reader = ShardReader(client, batch_size=100)
    (shard,) = reader.list_shards()

    batch = reader.read(reader.find_iterator(shard.id, OLDEST))

    given = [(record.partition_key, record.data) for record in batch.records]
    assert given == [("users|a", b"a"), ("users|b", b"b"), ("users|c", b"c")]
    for record, outcome in zip(batch.records, outcomes, strict=True):
        assert record.sequence_number == outcome.sequence_number
    assert all(outcome.is_stored and outcome.shard_id == shard.id for outcome in outcomes)
    arrived = batch.records[0].arrived_at
    assert abs(datetime.now(timezone.utc) - arrived) < timedelta(minutes=1)
    assert not batch.is_end
    assert batch.size_bytes == 3 * (len("users|a") + 1)


def test_reading_begins_where_it_is_asked_to(sqs_server: str, session: AwsSession) -> None:
    client = open_stream(session, create_stream(sqs_server))
    before = datetime.now(timezone.utc) - timedelta(hours=1)
    first, second = StreamWriter(client).send(records("a", "b"))
    assert first.sequence_number and second.sequence_number
    reader = ShardReader(client, batch_size=100)

    def texts(position: Position) -> list[str]:
        batch = reader.read(reader.find_iterator("shardId-000000000000", position))
        return [record.data.decode() for record in batch.records]

    assert texts(at(second.sequence_number)) == ["b"]
    assert texts(after(first.sequence_number)) == ["b"]
    assert texts(after(second.sequence_number)) == []
    assert texts(since(before)) == ["a", "b"]
    assert texts(since(datetime.now(timezone.utc) + timedelta(hours=1))) == []
    assert texts(NEWEST) == []


def test_a_batch_ends_with_the_iterator_of_the_next(sqs_server: str, session: AwsSession) -> None:
    client = open_stream(session, create_stream(sqs_server))
    StreamWriter(client).send(records("a", "b", "c"))
    reader = ShardReader(client, batch_size=2)
    first = reader.read(reader.find_iterator("shardId-000000000000", OLDEST))
    assert first.next_iterator

    second = reader.read(first.next_iterator)

    assert [len(first.records), len(second.records)] == [2, 1]


def test_a_stream_says_what_it_is(sqs_server: str, session: AwsSession) -> None:
    name = create_stream(sqs_server, shards=3)
    facts = read_facts(open_stream(session, name))
    assert (facts.name, facts.open_shards, facts.retention_hours) == (name, 3, 24)
    assert facts.is_active
    assert facts.distribution_is_by_key
    assert facts.max_record_bytes == 1024 * 1024
    assert facts.arn.endswith(f":stream/{name}")
    assert not facts.is_encrypted


def test_a_stream_that_is_not_there_is_named_with_its_setting(session: AwsSession) -> None:
    with pytest.raises(DestinationMissing) as raised:
        read_facts(open_stream(session, "nowhere"))
    assert str(raised.value) == (
        "DescribeStreamSummary at Kinesis nowhere: ResourceNotFoundException, HTTP 400; "
        "this stream is not there, in its region and account: "
        "see KINESIS_STREAM_NAME and AWS_REGION"
    )


def test_a_record_shows_none_of_its_content(sqs_server: str, session: AwsSession) -> None:
    client = open_stream(session, create_stream(sqs_server))
    StreamWriter(client).send([StreamRecord("users|7", json.dumps({"name": "Noa"}).encode())])
    reader = ShardReader(client, batch_size=1)
    batch = reader.read(reader.find_iterator("shardId-000000000000", OLDEST))
    assert "Noa" not in repr(batch)
    assert "Noa" not in repr(batch.records)
