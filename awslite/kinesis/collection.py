"""The streams of an account, its limits, and how they are created."""

from __future__ import annotations

from dataclasses import dataclass

from awslite.account import ACCOUNT
from awslite.clock import Clock
from awslite.kinesis.streams import ON_DEMAND, Shape, Stream
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

MEBIBYTE = 1 << 20
#: How many shards a stream of mode ON_DEMAND begins with.
ON_DEMAND_SHARDS = 4


@dataclass
class Limits:
    """What can be set for all streams, also while they are used.

    change_seconds: how long a stream is CREATING or UPDATING after a change.
    iterator_seconds: how long a shard iterator and a token of ListShards hold.
    throttles_reads: whether a shard refuses more than 5 reads in a second.
    throttles_writes: whether a shard refuses more than 1,000 records or 1 MiB in a second.
    """

    change_seconds: float = 0.0
    iterator_seconds: float = 300.0
    throttles_reads: bool = False
    throttles_writes: bool = False
    request_bytes: int = 5 * MEBIBYTE


class Streams:
    """All streams of an account."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.limits = Limits()
        self.streams: dict[str, Stream] = {}

    def find(self, document: Document) -> Stream:
        """Return the stream that a request names. Raises Refused where there is none."""
        arn, name = document.get("StreamARN"), document.get("StreamName")
        if arn is None and name is None:
            raise Refused("InvalidArgumentException", "StreamName or StreamARN is required")
        found = str(name)
        if arn is not None:
            found = str(arn).rpartition("/")[2]
        if found not in self.streams:
            raise Refused(
                "ResourceNotFoundException", f"Stream {found} under account {ACCOUNT} not found."
            )
        return self.streams[found]

    def create(self, request: Request) -> Document:
        document = request.document
        name = document["StreamName"]
        if name in self.streams:
            raise Refused(
                "ResourceInUseException", f"Stream {name} under account {ACCOUNT} already exists."
            )
        shape = read_shape(document)
        count = document.get("ShardCount")
        if shape.mode == ON_DEMAND:
            count = ON_DEMAND_SHARDS
        if not count:
            raise invalid("ShardCount must be at least 1 for a PROVISIONED stream")
        self.streams[name] = Stream(
            f"arn:aws:kinesis:{request.region}:{ACCOUNT}:stream/{name}",
            int(count),
            shape,
            at=self.clock(),
            change_seconds=self.limits.change_seconds,
        )
        return {}

    def delete(self, request: Request) -> Document:
        del self.streams[self.find(request.document).name]
        return {}


def read_shape(document: Document) -> Shape:
    """Return what CreateStream asks for. Raises Refused for what contradicts."""
    mode = document.get("StreamModeDetails", {}).get("StreamMode", Shape.mode)
    strategy = document.get("RecordDistributionStrategy", Shape.strategy)
    check_strategy(mode, strategy)
    return Shape(mode, strategy, document.get("MaxRecordSizeInKiB", Shape.max_record_kib))


def check_strategy(mode: str, strategy: str) -> None:
    """Raise Refused for a strategy that streams of this mode can't have."""
    if mode != ON_DEMAND and strategy != Shape.strategy:
        raise Refused(
            "InvalidArgumentException",
            f"RecordDistributionStrategy {strategy} is not supported for {mode} streams",
        )
