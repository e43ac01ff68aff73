"""A stream: its shards, how a key finds its own, and how shards are split and merged."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from awslite.kinesis.shards import LAST_HASH, Record, Shard
from awslite.refusals import Refused

PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"
BY_KEY, AUTO = "USER_PARTITION_KEY", "AUTO"
#: As many shards of one moment have numbers of their own.
RANKS_OF_A_MOMENT = 10_000


@dataclass(frozen=True)
class Shape:
    """What a stream was created with.

    strategy: AUTO ignores partition keys, and so has no order within one.
    """

    mode: str = PROVISIONED
    strategy: str = BY_KEY
    max_record_kib: int = 1024
    retention_hours: int = 24


class Accepted(NamedTuple):
    """A record that a stream took. sender: the access key that signed its request."""

    shard: str
    record: Record
    sender: str
    request_id: str


class Stream:
    """A stream."""

    def __init__(
        self,
        arn: str,
        shard_count: int,
        shape: Shape,
        moments: Iterator[int],
        *,
        at: float,
        change_seconds: float,
    ) -> None:
        """Create it.

        moments: number the changes of all streams. change_seconds: how long it stays CREATING or
        UPDATING after a change.
        """
        self.arn = arn
        self.shape = shape
        self.created_at = at
        self.change_seconds = change_seconds
        self.shards: dict[str, Shard] = {}
        #: Every record that was taken, over all shards, in its order.
        self.accepted: list[Accepted] = []
        self._moments = moments
        self._numbers = itertools.count()
        self._turns = itertools.count()
        self._status, self._settled_at = "ACTIVE", at
        self._open(cut_evenly(shard_count), (), at)
        self._change("CREATING", at)

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def open_shards(self) -> list[Shard]:
        """Return the shards that records can be put into."""
        return [shard for shard in self.shards.values() if shard.is_open]

    def status(self, at: float) -> str:
        if at < self._settled_at:
            return self._status
        return "ACTIVE"

    def shard(self, name: str) -> Shard:
        """Return the shard of a name. Raises Refused where there is none."""
        if name not in self.shards:
            raise Refused(
                "ResourceNotFoundException", f"Shard {name} in stream {self.name} not found."
            )
        return self.shards[name]

    def shard_for(self, key: str, explicit_hash: str | None) -> Shard:
        """Return the shard that a record goes to."""
        shards = self.open_shards
        if self.shape.strategy == AUTO:
            return shards[next(self._turns) % len(shards)]
        if explicit_hash is None:
            digest = hashlib.md5(key.encode(), usedforsecurity=False).digest()
            hashed = int.from_bytes(digest, "big")
        else:
            hashed = int(explicit_hash)
        for shard in shards:
            if shard.first_hash <= hashed <= shard.last_hash:
                return shard
        raise Refused("InvalidArgumentException", f"ExplicitHashKey {hashed} is in no shard")

    def children_of(self, shard: Shard) -> list[Shard]:
        return [other for other in self.shards.values() if shard.name in other.parents]

    def split(self, name: str, start: int, at: float) -> None:
        """End a shard, and open two in its place, the second of which begins at `start`."""
        self._begin_change(at)
        parent = self._open_shard(name)
        if not parent.first_hash < start < parent.last_hash:
            raise Refused(
                "InvalidArgumentException",
                f"NewStartingHashKey {start} used in SplitShard() on shard {name} in stream"
                f" {self.name} is not both greater than one plus the shard's StartingHashKey"
                f" {parent.first_hash} and less than the shard's EndingHashKey"
                f" {parent.last_hash - 1}.",
            )
        parent.close(at)
        halves = [(parent.first_hash, start - 1), (start, parent.last_hash)]
        self._open(halves, (name,), at)
        self._change("UPDATING", at)

    def merge(self, name: str, other: str, at: float) -> None:
        """End two adjacent shards, and open one in their place."""
        self._begin_change(at)
        parents = [self._open_shard(name), self._open_shard(other)]
        low, high = sorted(parents, key=lambda shard: shard.first_hash)
        if low.last_hash + 1 != high.first_hash:
            raise Refused(
                "InvalidArgumentException",
                f"Shards {name} and {other} in stream {self.name} are not an adjacent pair",
            )
        for parent in parents:
            parent.close(at)
        self._open([(low.first_hash, high.last_hash)], (name, other), at)
        self._change("UPDATING", at)

    def trim(self, at: float) -> None:
        """Drop records that are older than the stream keeps, and shards that ended before."""
        horizon = at - self.shape.retention_hours * 3600
        for name, shard in list(self.shards.items()):
            shard.trim(horizon)
            if shard.closed_at is not None and shard.closed_at < horizon:
                del self.shards[name]

    def _open_shard(self, name: str) -> Shard:
        shard = self.shard(name)
        if not shard.is_open:
            raise Refused(
                "InvalidArgumentException",
                f"Shard {name} in stream {self.name} is not open: it has children already",
            )
        return shard

    def _open(self, ranges: list[tuple[int, int]], parents: tuple[str, ...], at: float) -> None:
        """Open shards. Within one moment, who comes later has the lower numbers."""
        base = next(self._moments) * RANKS_OF_A_MOMENT
        for position, hashes in enumerate(ranges):
            shard = Shard(next(self._numbers), hashes, base - position, parents, at)
            self.shards[shard.name] = shard

    def _begin_change(self, at: float) -> None:
        if self.status(at) != "ACTIVE":
            raise Refused(
                "ResourceInUseException",
                f"Stream {self.name} is not ACTIVE, instead in state {self.status(at)}",
            )

    def _change(self, status: str, at: float) -> None:
        self._status, self._settled_at = status, at + self.change_seconds


def cut_evenly(count: int) -> list[tuple[int, int]]:
    """Return as many ranges of hash keys, about as wide as each other, which hold all."""
    width = (LAST_HASH + 1) // count
    ranges = []
    for number in range(count - 1):
        ranges.append((width * number, width * (number + 1) - 1))
    return [*ranges, (width * (count - 1), LAST_HASH)]
