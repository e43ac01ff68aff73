"""In which succession the changes of each row were first sent, and shards read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.chaos.changes.judge.case import Case, Line, Seen


def check_order_in_stream(case: Case) -> Iterator[str]:
    """Find changes that came into the stream behind later ones of their row."""
    yield from find_disorder(case.in_stream, "the stream")


def check_order_on_bus(case: Case) -> Iterator[str]:
    """Find changes that came onto the bus behind later ones of their row."""
    yield from find_disorder(case.on_bus, "the bus")


def find_disorder(taken: Sequence[Seen], where: str) -> Iterator[str]:
    lines: dict[Line, list[Seen]] = defaultdict(list)
    known: set[str] = set()
    for seen in sorted(taken, key=lambda seen: seen.number):
        if seen.id not in known:
            known.add(seen.id)
            lines[seen.line].append(seen)
    for first_sendings in lines.values():
        for before, after in pairwise(first_sendings):
            if before.order > after.order:
                yield f"{where} got {after.id} behind {before.id}"


def check_shards(case: Case) -> Iterator[str]:
    """Find records of a shard that were published before all of its parents' were settled."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    known: set[str] = set()
    for record, seen in case.records:
        # What was sent again says nothing of the shard that has it then.
        if seen is None or seen.id in known or seen.id not in case.settled:
            continue
        known.add(seen.id)
        number = case.settled[seen.id]
        first[record.shard] = min(number, first.get(record.shard, number))
        last[record.shard] = max(number, last.get(record.shard, number))
    for shard, parents in case.history.rules.parents.items():
        for parent in parents:
            if first.get(shard, float("inf")) < last.get(parent, 0):
                yield f"{shard} was published before its parent {parent} was settled"
