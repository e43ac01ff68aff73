"""Which leases stand still, on a clock that nobody shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oracle_cdc.aws.dynamodb.lease import Lease


class Sighting(NamedTuple):
    """What was seen of a lease, and since when, on our clock."""

    owner: str | None
    counter: int
    since: float


class LeaseWatch:
    """Remembers how long each lease has stood still.

    The clocks of two hosts are never compared: a lease is dead when its counter was the same for
    as long as a lease lasts by our own clock
    (https://github.com/awslabs/amazon-kinesis-client/blob/master/docs/lease-lifecycle.md).

    Parameters:
        lease_seconds: how long a lease lasts without being renewed.
    """

    def __init__(self, lease_seconds: float) -> None:
        self._lease_seconds = lease_seconds
        self._seen: dict[str, Sighting] = {}

    def find_expired(self, leases: Sequence[Lease], now: float) -> set[str]:
        """Return the shards whose leases nobody has, or has renewed for as long as one lasts.

        Parameters:
            leases: all of them, as they were just read.
            now: in seconds, on a monotonic clock.
        """
        seen: dict[str, Sighting] = {}
        expired: set[str] = set()
        for lease in leases:
            sighting = self._seen.get(lease.shard_id)
            if sighting is None or (sighting.owner, sighting.counter) != (
                lease.owner,
                lease.counter,
            ):
                sighting = Sighting(lease.owner, lease.counter, now)
            seen[lease.shard_id] = sighting
            if lease.owner is None or now - sighting.since >= self._lease_seconds:
                expired.add(lease.shard_id)
        self._seen = seen
        return expired
