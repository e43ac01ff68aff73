"""What changes a stream: shards split and merged, its retention, its strategy."""

from __future__ import annotations

from dataclasses import replace

from awslite.kinesis.collection import Streams, check_strategy
from awslite.kinesis.streams import ON_DEMAND, Stream
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

SHORTEST_HOURS, LONGEST_HOURS = 24, 8760


def split(streams: Streams, request: Request) -> Document:
    document = request.document
    stream = find_provisioned(streams, document)
    start = int(document["NewStartingHashKey"])
    stream.split(document["ShardToSplit"], start, streams.clock())
    return {}


def merge(streams: Streams, request: Request) -> Document:
    document = request.document
    stream = find_provisioned(streams, document)
    stream.merge(document["ShardToMerge"], document["AdjacentShardToMerge"], streams.clock())
    return {}


def find_provisioned(streams: Streams, document: Document) -> Stream:
    """Return the stream of a request. Raises Refused for one whose shards AWS looks after."""
    stream = streams.find(document)
    if stream.shape.mode == ON_DEMAND:
        raise invalid(f"Request is invalid. Stream {stream.name} is in On-Demand mode.")
    stream.change_seconds = streams.limits.change_seconds
    return stream


def change_retention(streams: Streams, request: Request) -> Document:
    """Keep records for longer, or for less long, as the action says."""
    stream = streams.find(request.document)
    hours = request.document["RetentionPeriodHours"]
    before = stream.shape.retention_hours
    if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        raise Refused(
            "InvalidArgumentException",
            f"RetentionPeriodHours is {hours}, not from {SHORTEST_HOURS} to {LONGEST_HOURS}",
        )
    if (request.action == "IncreaseStreamRetentionPeriod") != (hours >= before):
        raise Refused(
            "InvalidArgumentException",
            f"{request.action} from {before} hours to {hours} goes the wrong way",
        )
    stream.shape = replace(stream.shape, retention_hours=hours)
    return {}


def change_strategy(streams: Streams, request: Request) -> Document:
    """Let a stream regard partition keys or not."""
    stream = streams.find(request.document)
    strategy = request.document["RecordDistributionStrategy"]
    check_strategy(stream.shape.mode, strategy)
    stream.shape = replace(stream.shape, strategy=strategy)
    return {}


def change_record_size(streams: Streams, request: Request) -> Document:
    """Let a stream take larger records, or smaller ones."""
    stream = streams.find(request.document)
    stream.shape = replace(stream.shape, max_record_kib=request.document["MaxRecordSizeInKiB"])
    return {}
