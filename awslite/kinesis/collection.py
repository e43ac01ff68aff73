"""The streams of an account, and how they are created."""

from __future__ import annotations

import itertools

from awslite.account import ACCOUNT
from awslite.clock import Clock
from awslite.kinesis.streams import ON_DEMAND, Shape, Stream
from awslite.limits import Limits
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

#: How many shards a stream of mode ON_DEMAND begins with.
ON_DEMAND_SHARDS = 4


class Streams:
    """All streams of an account."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.streams: dict[str, Stream] = {}
        #: Of the changes of all streams: one that is made anew gives no number a second time.
        self.moments = itertools.count(1)

    def find(self, document: Document) -> Stream:
        """Return the stream that a request names, without what is older than it keeps.

        Raises Refused where there is none.
        """
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
        stream = self.streams[found]
        stream.trim(self.clock())
        return stream

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
            self.moments,
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
