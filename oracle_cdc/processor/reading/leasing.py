"""The leases of one copy: which shards are there, whose turn has come, which it takes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic

from oracle_cdc.aws.dynamodb.checkpoints import Checkpoints
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_choosing import (
    choose_leases,
    find_forgettable,
    find_readable,
    find_reopened,
    make_missing,
)
from oracle_cdc.aws.dynamodb.lease_expiry import LeaseWatch
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.leases import Leases
from oracle_cdc.aws.kinesis.client import StreamReplaced
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.kinesis.positions import Position
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.reading.held_lease import HeldLease

logger = logging.getLogger(__name__)


class Leasing:
    """Takes, renews and gives back. One thread uses it.

    Parameters:
        owner: a name that no other copy ever has, nor this one after a start.
        start: where a stream is begun of which nothing was ever read.
    """

    def __init__(
        self,
        rows: LeaseRows,
        reader: ShardReader,
        *,
        owner: str,
        start: Position,
        lease_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.rows = rows
        self.reader = reader
        self.owner = owner
        self.start = start
        self.lease_seconds = lease_seconds
        self.clock = clock
        self.leases = Leases(rows, owner=owner)
        self.checkpoints = Checkpoints(rows, owner=owner)
        self.watch = LeaseWatch(lease_seconds)
        self.held: dict[str, HeldLease] = {}

    def renew(self) -> None:
        """Renew what this copy has, and leave what it has no more.

        Raises the first of what DynamoDB raises, once all were tried.
        """
        failure: CdcError | None = None
        for held in list(self.held.values()):
            try:
                held.renew()
            except CdcError as error:
                failure = failure or error
            self.leave(held)
        if failure is not None:
            raise failure

    def leave(self, held: HeldLease) -> None:
        """Forget a lease that is over."""
        if held.over.is_set():
            del self.held[held.shard_id]
            if held.is_lost:
                logger.warning("%s: another copy has the lease, or it was reset", held.shard_id)

    def look(self) -> None:
        """Take what this copy should have.

        Raises what Kinesis and DynamoDB raise, and at the end StreamReplaced.
        """
        shards = self.reader.list_shards()
        leases = self.rows.read_all()
        missing = make_missing(shards, leases, self.start)
        for lease in missing:
            self.rows.create(lease)
        if missing:
            leases = self.rows.read_all()
        for lease in find_forgettable(leases, shards):
            self.rows.delete(lease.shard_id)
        expired = self.watch.find_expired(leases, self.clock())
        readable = find_readable(leases)
        wanted = choose_leases(readable, owner=self.owner, expired=expired)
        for lease in readable:
            # Left behind by a step that failed between writing and noting it.
            if lease.owner == self.owner and lease.shard_id not in self.held:
                wanted.append(lease)
        for lease in wanted:
            self.take(lease)
        if find_reopened(leases, shards):
            self.refuse_reopened(leases)

    def refuse_reopened(self, leases: Sequence[Lease]) -> None:
        """Raise StreamReplaced where shards whose leases ended take records.

        They are listed anew: a shard may have been closed and read to its end since the first time.
        """
        reopened = find_reopened(leases, self.reader.list_shards())
        if reopened:
            names = ", ".join(lease.shard_id for lease in reopened)
            raise StreamReplaced(
                f"stream {self.rows.stream} takes records in {names}, which was read to its end: "
                "it was deleted and made anew, and nobody reads these shards; see checkpoint "
                f"reset --processor {self.rows.processor} --to trim-horizon"
            )

    def take(self, lease: Lease) -> None:
        """Take a lease, unless another copy was faster."""
        asked_at = self.clock()
        taken = self.leases.take(lease)
        if taken is None:
            return
        self.held[lease.shard_id] = HeldLease(
            taken,
            self.leases,
            self.checkpoints,
            lease_seconds=self.lease_seconds,
            asked_at=asked_at,
            clock=self.clock,
        )
        logger.info("%s: this copy reads it from %s", lease.shard_id, describe(taken.position))

    def give_back(self) -> None:
        """Give everything back. What DynamoDB does not take runs out by itself."""
        for held in self.held.values():
            try:
                held.give_back()
            except CdcError as error:
                logger.warning("%s: the lease runs out by itself: %s", held.shard_id, error)
        self.held.clear()


def describe(position: Position) -> str:
    """Return a position in words."""
    if position.sequence_number is not None:
        return f"behind {position.sequence_number}"
    if position.moment is not None:
        return f"{position.moment:%Y-%m-%dT%H:%M:%SZ}"
    return position.kind
