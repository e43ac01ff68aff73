"""The shards of a stream, which come from one another, and the order in which they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shard:
    """One shard.

    parents: the shards that it was split from (one) or merged from (two), also those that are
        long gone.
    is_closed: it takes no records any more. What it has is still read.
    """

    id: str
    parents: tuple[str, ...] = ()
    is_closed: bool = False


def may_be_read(parents: Iterable[str], *, ended: Collection[str], known: Collection[str]) -> bool:
    """Return whether a shard's turn has come: all parents that there still are were read to the
    end.

    A key moves from parent to child with a reshard, so that a child's records of it are newer
    than all of its parents'.

    Parameters:
        ended: the shards that were read to their end.
        known: those that the stream still lists, or of which it is kept how far they were read.
    """
    for parent in parents:
        if parent in known and parent not in ended:
            return False
    return True
