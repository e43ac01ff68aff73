"""Leases on shards: taken, renewed, given back. One copy reads a shard at a time."""

from __future__ import annotations

from oracle_cdc.aws.dynamodb.items import Condition, Update, Written
from oracle_cdc.aws.dynamodb.lease import COUNTER, ENDED, OWNER, STATUS, Lease, read_lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows


class Leases:
    """The leases that one copy has, or takes.

    Everything raises StoreUnavailable, StoreConfigurationError or StoreCredentialsError, and can be
    called again with the same lease until it is answered.

    Parameters:
        owner: a name that no other copy ever has, nor this one after a start.
    """

    def __init__(self, rows: LeaseRows, *, owner: str) -> None:
        self._rows = rows
        self._owner = owner

    def take(self, lease: Lease) -> Lease | None:
        """Take a lease that is free, stands still, or is taken from a copy that has more.

        Returns None where it was written meanwhile: it is alive, or another was faster.

        Parameters:
            lease: as it was when it was judged.
        """
        conditions = [Condition(COUNTER, "=", lease.counter), Condition(STATUS, "<>", ENDED)]
        update = Update(
            sets={OWNER: self._owner, COUNTER: lease.counter + 1}, conditions=conditions
        )
        return taken(self._rows.write(lease.shard_id, update))

    def renew(self, lease: Lease) -> Lease | None:
        """Raise the counter of a lease, and return it, or None where it is lost."""
        update = Update(
            sets={OWNER: self._owner, COUNTER: lease.counter + 1},
            conditions=held(lease, self._owner),
        )
        return taken(self._rows.write(lease.shard_id, update))

    def release(self, lease: Lease) -> None:
        """Give a lease back, so that others need not wait. One that is lost stays as it is."""
        update = Update(
            sets={COUNTER: lease.counter + 1},
            removes=[OWNER],
            conditions=held(lease, self._owner),
        )
        self._rows.write(lease.shard_id, update)


def held(lease: Lease, owner: str) -> list[Condition]:
    """Return the conditions that a lease is this owner's still, and that nobody wrote meanwhile."""
    return [Condition(OWNER, "=", owner), Condition(COUNTER, "=", lease.counter)]


def taken(written: Written) -> Lease | None:
    """Return the lease as it was written, or None where its conditions did not hold."""
    if not written.is_written or written.item is None:
        return None
    return read_lease(written.item)
