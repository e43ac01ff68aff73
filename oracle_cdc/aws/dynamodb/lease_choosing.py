"""Which leases are missing, whose turn has come, and which of them a copy takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from math import ceil

from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.kinesis.positions import OLDEST, Position
from oracle_cdc.aws.kinesis.shards import Shard, may_be_read


def make_missing(shards: Sequence[Shard], leases: Sequence[Lease], start: Position) -> list[Lease]:
    """Return the leases that shards of the stream have not yet.

    At the first start all of them begin where a person wants: of a closed shard nothing may be
    left there, and then its end comes at once. Later, what is new came from a reshard, and is
    read from its oldest record. So is what a first start leaves that is cut short: repeated rather
    than lost.
    """
    known = {lease.shard_id for lease in leases}
    starts_at = OLDEST
    if not leases:
        starts_at = start
    missing: list[Lease] = []
    for shard in shards:
        if shard.id not in known:
            missing.append(Lease(shard.id, shard.parents, starts_at=starts_at))
    return missing


def find_readable(leases: Sequence[Lease]) -> list[Lease]:
    """Return the leases whose turn has come: not ended, and all parents are."""
    known = {lease.shard_id for lease in leases}
    ended = {lease.shard_id for lease in leases if lease.is_ended}
    readable: list[Lease] = []
    for lease in leases:
        if not lease.is_ended and may_be_read(lease.parents, ended=ended, known=known):
            readable.append(lease)
    return readable


def find_forgettable(leases: Sequence[Lease], shards: Sequence[Shard]) -> list[Lease]:
    """Return the ended leases of shards that the stream no longer has, and whose children have
    leases of their own."""
    listed = {shard.id for shard in shards}
    with_children: set[str] = set()
    for lease in leases:
        with_children.update(lease.parents)
    forgettable: list[Lease] = []
    for lease in leases:
        if lease.is_ended and lease.shard_id not in listed and lease.shard_id in with_children:
            forgettable.append(lease)
    return forgettable


def find_reopened(leases: Sequence[Lease], shards: Sequence[Shard]) -> list[Lease]:
    """Return the ended leases of shards that take records: those of a stream that was made anew.

    The shards of a new stream have the names of the old one's.
    """
    open_shards = {shard.id for shard in shards if not shard.is_closed}
    return [lease for lease in leases if lease.is_ended and lease.shard_id in open_shards]


def is_gone(lease: Lease, shards: Sequence[Shard]) -> bool:
    """Return whether the stream no longer has a lease's shard: all that it had is too old.

    Parameters:
        shards: as the stream listed them. Of a stream that is not there itself nothing is known.
    """
    return all(shard.id != lease.shard_id for shard in shards)


def choose_leases(
    readable: Sequence[Lease], *, owner: str, expired: Collection[str]
) -> list[Lease]:
    """Return the leases that a copy takes now, so that each copy gets its share.

    First what nobody has. Where there is none of that, one is taken from the copy that has most,
    if it has two more: so that copies do not take one lease from each other for ever.

    Parameters:
        owner: the copy that asks.
        expired: the shards whose leases stand still (LeaseWatch).
    """
    free: list[Lease] = []
    counts: Counter[str] = Counter({owner: 0})
    for lease in readable:
        if lease.owner is None or (lease.shard_id in expired and lease.owner != owner):
            free.append(lease)
        else:
            counts[lease.owner] += 1
    share = ceil(len(readable) / len(counts))
    wanted = max(0, share - counts[owner])
    if free or not wanted:
        return free[:wanted]
    richest, most = counts.most_common(1)[0]
    if most < counts[owner] + 2:
        return []
    return [next(lease for lease in readable if lease.owner == richest)]
