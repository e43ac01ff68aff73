"""What two sides of a partition do not share, from its buckets to its rows, with multiplicity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sync_monitor.measurements import Differences
from sync_monitor.model import Bound
from sync_monitor.rows.canonical import NOTHING

#: How many rows a bucket has, about.
ROWS_IN_BUCKET = 100
#: Hexadecimal digits: 65,536 buckets are what one answer may have.
WIDEST = 4


class Tally(NamedTuple):
    """The rows of a bucket: how many, and the sum of their checksums."""

    rows: int
    checksum: int


class Leaf(NamedTuple):
    """A row as it is compared: the text of its key, and the MD5 of all of it."""

    key: str
    row_hash: str


EMPTY = Tally(0, 0)


@dataclass(frozen=True)
class Caps:
    """What is compared row by row at most. The rest is reported by buckets, as "at least".

    Parameters:
        leaf_rows: that both sides send together.
        differing_rows: that the counts of the buckets already show.
    """

    leaf_rows: int = 4000
    differing_rows: int = 1000


class Side(Protocol):
    """One side of a partition, which answers by one statement each."""

    def buckets(self, width: int) -> Mapping[str, Tally]:
        """Return the buckets that have rows, by the first `width` digits of their keys' MD5."""

    def leaves(self, width: int, buckets: Sequence[str]) -> Iterable[Leaf]:
        """Return the rows of some buckets. With a width of 0 there is one bucket, ''."""


class Drilled(NamedTuple):
    """What a partition's comparison found.

    Parameters:
        buckets: how many differ, of how many.
    """

    differences: Differences
    buckets: tuple[int, int]


def bucket_width(rows: int) -> int:
    """Return how many digits make buckets of about a hundred rows. Up to a hundred need none."""
    width = 0
    while width < WIDEST and rows > ROWS_IN_BUCKET * 16**width:
        width += 1
    return width


def drill(oracle: Side, lake: Side, rows: int, caps: Caps | None = None) -> Drilled:
    """Compare a partition of about `rows` rows: two statements a side at most.

    Where a whole side has no row there is nothing to drill for.
    """
    caps = caps or Caps()
    width = bucket_width(rows)
    if not width:
        found = compare_rows(oracle.leaves(0, [""]), lake.leaves(0, [""]))
        return Drilled(found, (1, 1))
    of_oracle = oracle.buckets(width)
    of_lake = lake.buckets(width)
    differing = differing_buckets(of_oracle, of_lake)
    chosen = choose(differing, of_oracle, of_lake, caps)
    found = equal_buckets(of_oracle, differing)
    if chosen:
        leaves = compare_rows(oracle.leaves(width, chosen), lake.leaves(width, chosen))
        found = added(found, leaves)
    rest = [name for name in differing if name not in set(chosen)]
    if rest:
        found = added(found, compare_tallies(rest, of_oracle, of_lake))
    return Drilled(found, (len(differing), 16**width))


def differing_buckets(oracle: Mapping[str, Tally], lake: Mapping[str, Tally]) -> tuple[str, ...]:
    """Return the names of the buckets that do not agree, ascending."""
    names = sorted(oracle.keys() | lake.keys())
    return tuple(name for name in names if oracle.get(name, EMPTY) != lake.get(name, EMPTY))


def choose(
    differing: Sequence[str],
    oracle: Mapping[str, Tally],
    lake: Mapping[str, Tally],
    caps: Caps,
) -> tuple[str, ...]:
    """Return the buckets whose rows are compared: in their order, until a cap is reached."""
    chosen: list[str] = []
    leaf_rows = differing_rows = 0
    for name in differing:
        here, there = oracle.get(name, EMPTY).rows, lake.get(name, EMPTY).rows
        leaf_rows += here + there
        differing_rows += abs(here - there)
        if leaf_rows > caps.leaf_rows or differing_rows > caps.differing_rows:
            break
        chosen.append(name)
    return tuple(chosen)


def equal_buckets(oracle: Mapping[str, Tally], differing: Sequence[str]) -> Differences:
    """Return what is known of the buckets that agree: all of their rows were compared."""
    skipped = set(differing)
    rows = 0
    for name, tally in oracle.items():
        if name not in skipped:
            rows += tally.rows
    return Differences(0, 0, changed=0, doubled=0, compared=rows)


def compare_tallies(
    names: Sequence[str], oracle: Mapping[str, Tally], lake: Mapping[str, Tally]
) -> Differences:
    """Return what the counts of differing buckets say at least."""
    missing = extra = 0
    for name in names:
        more = oracle.get(name, EMPTY).rows - lake.get(name, EMPTY).rows
        missing += max(0, more)
        extra += max(0, -more)
    return Differences(missing, extra, bound=Bound.AT_LEAST, has_other_sum=True)


def compare_rows(oracle: Iterable[Leaf], lake: Iterable[Leaf]) -> Differences:
    """Return what two multisets of rows do not share.

    A key that one side has more often is missing, or extra, as many times. Of the rows that both
    have, those with other contents are changed.
    """
    here, there = Counter(oracle), Counter(lake)
    keys_here, keys_there = count_keys(here), count_keys(there)
    common = (keys_here & keys_there).total()
    return Differences(
        missing=(keys_here - keys_there).total(),
        extra=(keys_there - keys_here).total(),
        changed=common - (here & there).total(),
        doubled=doubled_rows(keys_here, keys_there),
        compared=common,
        without_key=rows_without_key(keys_here) + rows_without_key(keys_there),
    )


def count_keys(leaves: Counter[Leaf]) -> Counter[str]:
    """Return how often each key is there, whatever the contents."""
    counted: Counter[str] = Counter()
    for leaf, count in leaves.items():
        counted[leaf.key] += count
    return counted


def doubled_rows(oracle: Counter[str], lake: Counter[str]) -> int:
    """Return the further copies in the lake of keys that Oracle has not as often."""
    count = 0
    for key, copies in lake.items():
        count += max(0, copies - max(1, oracle[key]))
    return count


def rows_without_key(counted: Counter[str]) -> int:
    """Return the rows of whose key no part has a value."""
    count = 0
    for key, copies in counted.items():
        if not key.strip(f"{NOTHING}|"):
            count += copies
    return count


def added(first: Differences, second: Differences) -> Differences:
    """Return the differences of two parts of a partition together."""
    bound = first.bound
    if second.bound is Bound.AT_LEAST:
        bound = Bound.AT_LEAST
    return Differences(
        missing=first.missing + second.missing,
        extra=first.extra + second.extra,
        changed=(first.changed or 0) + (second.changed or 0),
        doubled=(first.doubled or 0) + (second.doubled or 0),
        compared=(first.compared or 0) + (second.compared or 0),
        without_key=first.without_key + second.without_key,
        bound=bound,
        has_other_sum=first.has_other_sum or second.has_other_sum,
    )
