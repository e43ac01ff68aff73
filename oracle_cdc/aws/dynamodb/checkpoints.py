"""How far a shard was read: written by who has its lease, and reset by a person."""

from __future__ import annotations

from oracle_cdc.aws.dynamodb.items import EXISTS, Condition, Update
from oracle_cdc.aws.dynamodb.lease import (
    COUNTER,
    ENDED,
    OWNER,
    READING,
    SEQUENCE,
    SHARD,
    START,
    STATUS,
    Lease,
    keep_sequence,
    keep_start,
)
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.leases import held, taken
from oracle_cdc.aws.kinesis.positions import (
    AT_SEQUENCE_NUMBER,
    LATEST,
    OLDEST,
    Position,
    is_later,
    since,
)
from oracle_cdc.running.clock import utc_now


class Checkpoints:
    """Writes checkpoints of the shards that one copy has leases of.

    Everything raises StoreUnavailable, StoreConfigurationError or StoreCredentialsError, and can be
    called again with the same lease until it is answered.

    Parameters:
        owner: the same as of the leases.
    """

    def __init__(self, rows: LeaseRows, *, owner: str) -> None:
        self._rows = rows
        self._owner = owner

    def write(self, lease: Lease, sequence_number: str) -> Lease | None:
        """Keep that every record up to a sequence number is settled, and renew the lease.

        Returns None where the lease is lost, or was reset: what was read since belongs to nobody.
        Raises ValueError for a number that was passed already.
        """
        reached = lease.sequence_number
        if reached is not None and is_later(reached, sequence_number):
            raise ValueError(f"a checkpoint at {sequence_number} behind {reached}")
        kept = keep_sequence(sequence_number)
        update = Update(
            sets={SEQUENCE: kept, OWNER: self._owner, COUNTER: lease.counter + 1},
            conditions=[*held(lease, self._owner), Condition(SEQUENCE, "<=", kept)],
        )
        return taken(self._rows.write(lease.shard_id, update))

    def end(self, lease: Lease) -> Lease | None:
        """Keep that a shard was read to its end, so that its children's turn comes.

        The lease is given up with that. Returns None where it was lost before.
        """
        update = Update(
            sets={STATUS: ENDED, COUNTER: lease.counter + 1},
            removes=[OWNER],
            conditions=held(lease, self._owner),
        )
        return taken(self._rows.write(lease.shard_id, update))


def reset(rows: LeaseRows, shard_id: str, position: Position) -> bool:
    """Have a shard read from another position on, whoever has its lease.

    The holder's next write fails, by the counter. Returns False where nothing is kept of the shard.

    Raises ValueError for a position at a record.

    Parameters:
        position: LATEST is the present moment. Behind a record: the records up to it count as
            settled.
    """
    if position.kind == AT_SEQUENCE_NUMBER:
        raise ValueError("reading goes on behind a record, at a moment, or at either end")
    sequence_number, starts_at = position.sequence_number, position
    if sequence_number is not None:
        starts_at = OLDEST
    elif position.kind == LATEST:
        starts_at = since(utc_now())
    update = Update(
        sets={
            SEQUENCE: keep_sequence(sequence_number),
            START: keep_start(starts_at),
            STATUS: READING,
        },
        removes=[OWNER],
        adds={COUNTER: 1},
        conditions=[Condition(SHARD, EXISTS)],
    )
    return rows.write(shard_id, update).is_written
