"""Who reads a shard, and how far it was read: one item for each processor and shard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.aws.dynamodb.items import Item
from oracle_cdc.aws.kinesis.positions import (
    NOTHING_YET,
    OLDEST,
    TRIM_HORIZON,
    Position,
    after,
    pad,
    since,
    unpad,
)

# The names of the attributes.
PROCESSOR = "processor"
SHARD = "shard"
SEQUENCE = "sequence"
START = "startAt"
STATUS = "status"
OWNER = "leaseOwner"
COUNTER = "leaseCounter"
PARENTS = "parents"
UPDATED = "updatedAt"

# What the status can be.
READING = "READING"
ENDED = "SHARD_END"


@dataclass(frozen=True)
class Lease:
    """How far a shard was read, and who reads it.

    A copy whose lease was not renewed in time, by its own clock, must stop: others take it.

    sequence_number: up to which every record is settled. None: none is yet.
    starts_at: where reading begins while none is.
    is_ended: the shard was read to its end.
    owner: the copy that reads it, by a name that no other copy ever has, nor itself after a start.
    counter: is raised by every write of the owner, so that others see it alive.
    updated_at: when it was last written, by the clock of whoever wrote, for people.
    """

    shard_id: str
    parents: tuple[str, ...] = ()
    sequence_number: str | None = None
    starts_at: Position = OLDEST
    is_ended: bool = False
    owner: str | None = None
    counter: int = 0
    updated_at: str = ""

    @property
    def position(self) -> Position:
        """Return where reading goes on."""
        if self.sequence_number is None:
            return self.starts_at
        return after(self.sequence_number)


def name_shard(stream: str, shard_id: str) -> str:
    """Return the key of a shard within a processor's items."""
    return f"{stream}#{shard_id}"


def make_item(lease: Lease) -> dict[str, str | int | tuple[str, ...]]:
    """Return a lease as its item has it, without its key."""
    status = READING
    if lease.is_ended:
        status = ENDED
    item: dict[str, str | int | tuple[str, ...]] = {
        SEQUENCE: keep_sequence(lease.sequence_number),
        START: keep_start(lease.starts_at),
        STATUS: status,
        COUNTER: lease.counter,
        PARENTS: lease.parents,
        UPDATED: lease.updated_at,
    }
    if lease.owner is not None:
        item[OWNER] = lease.owner
    return item


def read_lease(item: Item) -> Lease:
    """Return the lease that stands in an item. Raises ValueError and KeyError for what is none."""
    sequence = str(item[SEQUENCE])
    sequence_number: str | None = None
    if sequence != NOTHING_YET:
        sequence_number = unpad(sequence)
    owner: str | None = None
    if OWNER in item:
        owner = str(item[OWNER])
    parents = item.get(PARENTS, ())
    if not isinstance(parents, tuple):
        parents = ()
    return Lease(
        shard_id=str(item[SHARD]).partition("#")[2],
        parents=parents,
        sequence_number=sequence_number,
        starts_at=read_start(str(item[START])),
        is_ended=item[STATUS] == ENDED,
        owner=owner,
        counter=int(str(item[COUNTER])),
        updated_at=str(item.get(UPDATED, "")),
    )


def keep_sequence(sequence_number: str | None) -> str:
    """Return a sequence number as it is kept: text, because a Number has 38 digits and no more."""
    if sequence_number is None:
        return NOTHING_YET
    return pad(sequence_number)


def keep_start(position: Position) -> str:
    """Return a beginning as it is kept: TRIM_HORIZON or a moment.

    Raises ValueError for any other. LATEST would be another record after each start.
    """
    if position == OLDEST:
        return TRIM_HORIZON
    if position.moment is not None:
        return position.moment.isoformat()
    raise ValueError(f"reading can't begin {position.kind}: TRIM_HORIZON or a moment is kept")


def read_start(kept: str) -> Position:
    """Return the beginning that is kept."""
    if kept == TRIM_HORIZON:
        return OLDEST
    return since(datetime.fromisoformat(kept))
