"""GetShardIterator and GetRecords, to the end of a shard and its children."""

from __future__ import annotations

from awslite.kinesis.collection import Streams
from awslite.kinesis.iterators import Iterator, find_start, read_iterator
from awslite.kinesis.shards import Record, Shard
from awslite.kinesis.streams import Stream
from awslite.kinesis.writing import THROTTLED, refuse_dry_run
from awslite.limits import MEBIBYTE
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

MOST_RECORDS, MOST_BYTES = 10_000, 10 * MEBIBYTE
READS_A_SECOND = 5


def get_shard_iterator(streams: Streams, request: Request) -> Document:
    stream = streams.find(request.document)
    shard = stream.shard(request.document["ShardId"])
    made_at, empty_reads = streams.clock(), streams.limits.empty_reads
    start = find_start(shard, request.document, made_at)
    refuse_dry_run(request)
    return {"ShardIterator": Iterator(stream.arn, shard.name, start, made_at, empty_reads).write()}


def get_records(streams: Streams, request: Request) -> Document:
    iterator = read_iterator(request.document["ShardIterator"])
    stream = streams.find({"StreamARN": iterator.arn})
    shard = stream.shard(iterator.shard)
    if iterator.sequence < shard.first_sequence:
        # Of a stream of this name that was deleted.
        raise Refused("InvalidArgumentException", "Invalid ShardIterator.")
    limit = request.document.get("Limit", MOST_RECORDS)
    if not 1 <= limit <= MOST_RECORDS:
        raise invalid(f"Limit is {limit}, not from 1 to {MOST_RECORDS}")
    at = streams.clock()
    if at - iterator.made_at > streams.limits.iterator_seconds:
        raise Refused(
            "ExpiredIteratorException",
            "Iterator expired. The iterator was created too long ago and is no longer valid.",
        )
    if streams.limits.throttles_reads:
        count_read(stream, shard, at)
    refuse_dry_run(request)
    return read_on(stream, shard, iterator, limit, at)


def read_on(stream: Stream, shard: Shard, iterator: Iterator, limit: int, at: float) -> Document:
    """Return the records of a shard from an iterator on, and where they go on.

    The answer with the last record of a closed shard has no further iterator.
    """
    index = shard.index_of(iterator.sequence)
    taken = take(shard.records, index, limit)
    empty_reads = 0
    if taken and iterator.empty_reads:
        taken, empty_reads = [], iterator.empty_reads - 1
    rest = shard.records[index + len(taken) : index + len(taken) + 1]
    behind_ms = 0
    if rest:
        # 0 says that nothing follows.
        behind_ms = max(int((at - rest[0].arrived) * 1000), 1)
    answer: Document = {
        "Records": list(map(describe, taken)),
        "MillisBehindLatest": behind_ms,
    }
    if not rest and not shard.is_open:
        children = stream.children_of(shard)
        answer["ChildShards"] = list(map(Shard.describe_child, children))
        return answer
    following = iterator.sequence
    if taken:
        following = taken[-1].sequence + 1
    next_one = Iterator(stream.arn, shard.name, following, at, empty_reads)
    answer["NextShardIterator"] = next_one.write()
    return answer


def take(records: list[Record], index: int, limit: int) -> list[Record]:
    """Return the records of one answer: at most `limit`, and at most 10 MiB beside the first."""
    taken: list[Record] = []
    size_bytes = 0
    for record in records[index : index + limit]:
        size_bytes += record.size_bytes
        if taken and size_bytes > MOST_BYTES:
            break
        taken.append(record)
    return taken


def describe(record: Record) -> Document:
    return {
        "SequenceNumber": str(record.sequence),
        "ApproximateArrivalTimestamp": record.arrived,
        "Data": record.data,
        "PartitionKey": record.key,
        "EncryptionType": "NONE",
    }


def count_read(stream: Stream, shard: Shard, at: float) -> None:
    """Count a read. Raises Refused for more than 5 in a second."""
    while shard.reads and shard.reads[0] <= at - 1:
        shard.reads.popleft()
    if len(shard.reads) >= READS_A_SECOND:
        raise Refused(THROTTLED, f"Rate exceeded for shard {shard.name} in stream {stream.name}.")
    shard.reads.append(at)
