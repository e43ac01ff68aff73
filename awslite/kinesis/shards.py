"""A shard: a range of hash keys, and the records that were put there in their order."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import NamedTuple

from awslite.refusals import Document

#: Hash keys are MD5 digests: from 0 to this number.
LAST_HASH = (1 << 128) - 1
#: How many digits of a sequence number stand below those that shards differ in.
COUNTER_DIGITS = 40
#: The first of all sequence numbers: 56 digits, as those of AWS.
FIRST_SEQUENCE = 49 * 10**54
#: The gap from number to number changes with each, since AWS promises none.
LARGEST_GAP = 97


class Record(NamedTuple):
    """A record of a shard.

    data: in base64, as it came.
    arrived: in seconds since 1970.
    """

    sequence: int
    key: str
    data: str
    size_bytes: int
    arrived: float


class Shard:
    """One shard. Its sequence numbers rise. They say nothing of another shard's."""

    def __init__(
        self, number: int, hashes: tuple[int, int], rank: int, parents: tuple[str, ...], at: float
    ) -> None:
        """Open it. rank: which of the stream's blocks of sequence numbers is this shard's."""
        self.name = f"shardId-{number:012}"
        self.first_hash, self.last_hash = hashes
        self.parents = parents
        self.first_sequence: int = FIRST_SEQUENCE + rank * 10**COUNTER_DIGITS
        self.next_sequence: int = self.first_sequence
        self.last_sequence: int | None = None
        self.opened_at = at
        self.closed_at: float | None = None
        self.records: list[Record] = []
        #: The moments of the last reads, and the moment and size of each of the last writes.
        self.reads: deque[float] = deque()
        self.writes: deque[tuple[float, int]] = deque()

    @property
    def is_open(self) -> bool:
        """Say whether records can be put here."""
        return self.last_sequence is None

    def put(self, key: str, data: str, size_bytes: int, at: float) -> Record:
        """Add a record behind all others."""
        self.next_sequence += 1 + self.next_sequence * 7 % LARGEST_GAP
        record = Record(self.next_sequence, key, data, size_bytes, at)
        self.records.append(record)
        return record

    def close(self, at: float) -> None:
        """Take no record from now on."""
        self.next_sequence += 1
        self.last_sequence = self.next_sequence
        self.closed_at = at

    def trim(self, until: float) -> None:
        """Drop the records that arrived before a moment."""
        count = 0
        while count < len(self.records) and self.records[count].arrived < until:
            count += 1
        del self.records[:count]

    def index_of(self, sequence: int) -> int:
        """Return where the first record stands whose number is not below this one."""
        return bisect_left(self.records, sequence, key=lambda record: record.sequence)

    def describe(self) -> Document:
        """Return the shard as ListShards shows it."""
        described: Document = {
            "ShardId": self.name,
            "HashKeyRange": self.describe_hashes(),
            "SequenceNumberRange": {"StartingSequenceNumber": str(self.first_sequence)},
        }
        if self.parents:
            described["ParentShardId"] = self.parents[0]
        if len(self.parents) > 1:
            described["AdjacentParentShardId"] = self.parents[1]
        if self.last_sequence is not None:
            described["SequenceNumberRange"]["EndingSequenceNumber"] = str(self.last_sequence)
        return described

    def describe_child(self) -> Document:
        """Return the shard as GetRecords shows it at the end of one of its parents."""
        return {
            "ShardId": self.name,
            "ParentShards": list(self.parents),
            "HashKeyRange": self.describe_hashes(),
        }

    def describe_hashes(self) -> Document:
        return {"StartingHashKey": str(self.first_hash), "EndingHashKey": str(self.last_hash)}
