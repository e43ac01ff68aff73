"""Records from a stream: its shards, positions in them, and one batch after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from oracle_cdc.aws.kinesis.limits import MAX_READ_RECORDS
from oracle_cdc.aws.kinesis.positions import Position
from oracle_cdc.aws.kinesis.shards import Shard
from oracle_cdc.errors import DestinationUnavailable

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import (
        GetRecordsOutputTypeDef,
        GetShardIteratorInputTypeDef,
        ListShardsInputTypeDef,
        RecordTypeDef,
        ShardTypeDef,
    )

    from oracle_cdc.aws.kinesis.client import StreamClient


class IteratorExpired(DestinationUnavailable):
    """An iterator was not used for five minutes: take a new one where the last batch ended."""


class KinesisRecord(NamedTuple):
    """One record of a shard, whose content no repr shows.

    sequence_number: up to 56 digits.
    arrived_at: when Kinesis took it, UTC, by its clock.
    """

    sequence_number: str
    partition_key: str
    data: bytes
    arrived_at: datetime

    def __repr__(self) -> str:
        return f"KinesisRecord({self.sequence_number}, {len(self.data)} bytes)"


@dataclass(frozen=True)
class Batch:
    """What one request gave.

    next_iterator: for the next request. None: the shard is read to its end.
    child_shards: that follow a shard which is read to its end.
    millis_behind: how far its last record is behind the newest.
    """

    records: Sequence[KinesisRecord]
    next_iterator: str | None
    child_shards: Sequence[Shard] = field(default=())
    millis_behind: int = 0

    @property
    def is_end(self) -> bool:
        """Return whether the shard is read to its end."""
        return self.next_iterator is None

    @property
    def size_bytes(self) -> int:
        """Return the bytes of its records, as Kinesis counts them."""
        size = 0
        for record in self.records:
            size += len(record.data) + len(record.partition_key.encode())
        return size


class ShardReader:
    """Reads one stream. Each request is made once. It is safe to use from several threads.

    Whoever calls keeps to five reads a second and shard (Pace), over all processors of the stream.

    Parameters:
        batch_size: the most records of one batch, 1 to 10,000.
    """

    def __init__(self, client: StreamClient, *, batch_size: int) -> None:
        if not 1 <= batch_size <= MAX_READ_RECORDS:
            raise ValueError(f"a batch of {batch_size} records: 1 to {MAX_READ_RECORDS} allowed")
        self._client = client
        self._batch_size = batch_size
        #: How many reads were answered. Only whether it moves matters, so threads need no lock.
        self.answers = 0

    def list_shards(self) -> list[Shard]:
        """Return all shards that still have records, or may get some, in the order of their ids.

        Raises DestinationUnavailable, also where it is asked too often,
        DestinationConfigurationError and DestinationCredentialsError.
        """
        shards: list[Shard] = []
        request: ListShardsInputTypeDef = {"StreamName": self._client.place}
        while True:
            with self._client.calling("ListShards") as kinesis:
                answer = kinesis.list_shards(**request)
                for said in answer["Shards"]:
                    shards.append(make_shard(said))
            token = answer.get("NextToken")
            if not token:
                return sorted(shards, key=lambda shard: shard.id)
            # A token stands for the name too, and is refused beside it.
            request = {"NextToken": token}

    def find_iterator(self, shard_id: str, position: Position) -> str:
        """Return an iterator, which lives for five minutes.

        Raises like list_shards, DestinationMissing for a shard that is gone, and StreamReplaced
        for a record of another stream.
        """
        request: GetShardIteratorInputTypeDef = {
            "StreamName": self._client.place,
            "ShardId": shard_id,
            "ShardIteratorType": position.kind,  # type: ignore[typeddict-item]  # a literal
        }
        if position.sequence_number is not None:
            request["StartingSequenceNumber"] = position.sequence_number
        if position.moment is not None:
            request["Timestamp"] = position.moment
        with self._client.calling("GetShardIterator") as kinesis:
            return kinesis.get_shard_iterator(**request)["ShardIterator"]

    def read(self, iterator: str) -> Batch:
        """Return the next records, none of them where nothing is there yet.

        An empty batch does not say that the shard has nothing: its next may have some.

        Raises IteratorExpired, and like list_shards. DestinationUnavailable is also that the shard
        is read too often.
        """
        with self._client.calling("GetRecords") as kinesis:
            try:
                answer = kinesis.get_records(ShardIterator=iterator, Limit=self._batch_size)
            except kinesis.exceptions.ExpiredIteratorException as error:
                raise IteratorExpired(
                    f"GetRecords at Kinesis {self._client.place}: the iterator expired"
                ) from error
            batch = make_batch(answer)
        self.answers += 1
        return batch


def make_batch(said: GetRecordsOutputTypeDef) -> Batch:
    """Return what an answer to GetRecords gave."""
    records: list[KinesisRecord] = []
    for record in said["Records"]:
        records.append(make_record(record))
    children: list[Shard] = []
    for child in said.get("ChildShards", []):
        children.append(Shard(child["ShardId"], tuple(child["ParentShards"])))
    return Batch(
        records=records,
        next_iterator=said.get("NextShardIterator"),
        child_shards=children,
        millis_behind=said.get("MillisBehindLatest", 0),
    )


def make_record(said: RecordTypeDef) -> KinesisRecord:
    """Return a record as it stands in an answer."""
    return KinesisRecord(
        sequence_number=said["SequenceNumber"],
        partition_key=said["PartitionKey"],
        data=said["Data"],
        arrived_at=said["ApproximateArrivalTimestamp"].astimezone(timezone.utc),
    )


def make_shard(said: ShardTypeDef) -> Shard:
    """Return a shard as it stands in an answer."""
    parents: list[str] = []
    if said.get("ParentShardId"):
        parents.append(said["ParentShardId"])
    if said.get("AdjacentParentShardId"):
        parents.append(said["AdjacentParentShardId"])
    is_closed = "EndingSequenceNumber" in said["SequenceNumberRange"]
    return Shard(said["ShardId"], tuple(parents), is_closed)
