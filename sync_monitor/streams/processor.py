"""The processor of row changes: how far its checkpoints are behind the stream, and what it lacks.

Its checkpoints and counters are read in DynamoDB, the first record behind each checkpoint in
Kinesis, and how many dead letters wait in SQS. Nothing is written, and no lease is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_choosing import find_readable, is_gone
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import StateManager
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.seam import WHY_NOT, StreamUnknown


@dataclass(frozen=True)
class Places:
    """What is asked.

    Parameters:
        reader: of one record a read.
        dead_letters: None: there is no such queue.
    """

    leases: LeaseRows
    states: StateManager
    reader: ShardReader
    dead_letters: DeadLetterQueue | None


class Processor:
    """The pipeline from Kinesis to EventBridge.

    Parameters:
        patience: how long a copy that works writes no checkpoint and renews no lease at most.
    """

    def __init__(self, places: Places, patience: timedelta, clock: Callable[[], datetime]) -> None:
        self.places = places
        self.patience = patience
        self.clock = clock

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what was processed, what waits as dead letters, and how far behind it is.

        How many records wait nobody says: the lag stands for them. Raises StreamUnknown
        where nothing was read yet, or a shard went before it was read to its end.
        """
        leases = self.leases(other)
        shards = self.places.reader.list_shards()
        other.count(len(shards))
        readable = find_readable(leases)
        for lease in readable:
            if is_gone(lease, shards):
                raise StreamUnknown(
                    "STREAM-SHARD-GONE", "processor: a shard went before it was read to its end"
                )
        known = {lease.shard_id for lease in leases}
        unread = [Lease(shard.id) for shard in shards if shard.id not in known]
        lag = timedelta(0)
        now = self.clock()
        for lease in (*readable, *unread):
            lag = max(lag, self.age_of_first(lease, other))
        age = self.silence(readable, now)
        aside = self.dead_letters(other)
        return Counts(
            now,
            expected=self.processed(other),
            missing=None,
            lag=lag,
            age=age,
            set_aside=aside,
            is_stopped=age > self.patience or bool(unread and lag > self.patience),
        )

    def leases(self, other: Meter) -> Sequence[Lease]:
        """Return how far each shard was read."""
        try:
            leases = self.places.leases.read_all()
        except (KeyError, ValueError):
            raise StreamUnknown(
                "STREAM-CHECKPOINT", "processor: a checkpoint of another form"
            ) from None
        other.count(len(leases))
        if not leases:
            raise StreamUnknown("STREAM-NEVER-RAN", f"processor: no shard was read yet; {WHY_NOT}")
        return leases

    def age_of_first(self, lease: Lease, other: Meter) -> timedelta:
        """Return how old the first record of a shard is that is not settled, 0 where all are."""
        reader = self.places.reader
        batch = reader.read(reader.find_iterator(lease.shard_id, lease.position))
        other.count(len(batch.records))
        if batch.records:
            return max(timedelta(0), self.clock() - batch.records[0].arrived_at)
        # A batch may be empty before the end.
        return timedelta(milliseconds=batch.millis_behind)

    def silence(self, readable: Sequence[Lease], now: datetime) -> timedelta:
        """Return for how long the lease was not written that was written longest ago."""
        longest = timedelta(0)
        for lease in readable:
            longest = max(longest, now - written_at(lease))
        return longest

    def processed(self, other: Meter) -> int:
        """Return how many records were processed since the first start."""
        state = self.places.states.get_state(self.places.leases.processor)
        other.count(1)
        if state is None:
            return 0
        return state.processed_count

    def dead_letters(self, other: Meter) -> int:
        """Return how many dead letters wait, 0 where there is no queue of them."""
        if self.places.dead_letters is None:
            return 0
        other.count(1)
        return self.places.dead_letters.depth()


def written_at(lease: Lease) -> datetime:
    """Return when a lease was last written. Raises StreamUnknown for what is no time."""
    try:
        return datetime.fromisoformat(lease.updated_at).astimezone(timezone.utc)
    except ValueError:
        raise StreamUnknown(
            "STREAM-CHECKPOINT", "processor: a checkpoint without the time of its writing"
        ) from None
