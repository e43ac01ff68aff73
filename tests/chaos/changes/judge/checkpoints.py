"""How far the shards were read, by what was written down: never ahead, never back, to the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.chaos.changes.judge.case import Case
from tests.chaos.changes.judge.history import Kept, Record

#: Who moves checkpoints and is no copy of the service.
PERSON = "person"
ENDED = "SHARD_END"


def kept_by_shard(case: Case) -> Mapping[str, Sequence[Kept]]:
    found: dict[str, list[Kept]] = defaultdict(list)
    for kept in sorted(case.history.kept, key=lambda kept: kept.number):
        found[kept.shard].append(kept)
    return found


def settled_at(case: Case) -> Mapping[str, Sequence[tuple[int, float]]]:
    """Return when each record was settled, by shards and in their order."""
    foreign = {}
    for letter, seen in case.letters:
        if seen is None:
            place = (letter.attributes.get("shardId"), letter.attributes.get("sequenceNumber"))
            foreign.setdefault(place, letter.number)
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for record, seen in case.records:
        if seen is None:
            number = foreign.get((record.shard, str(record.sequence)), float("inf"))
        elif seen.id in case.skipped:
            number = record.number
        else:
            number = case.settled.get(seen.id, float("inf"))
        found[record.shard].append((record.sequence, number))
    return found


def check_ahead(case: Case) -> Iterator[str]:
    """Find checkpoints beyond records that neither the bus nor the dead letters had accepted."""
    settled = settled_at(case)
    for shard, written in kept_by_shard(case).items():
        for kept in written:
            missing = 0
            for sequence, number in settled[shard]:
                if sequence <= kept.sequence and number > kept.number:
                    missing += 1
            if missing:
                yield f"{shard}: a checkpoint passed {missing} records that were not settled"
                break


def check_backwards(case: Case) -> Iterator[str]:
    """Find checkpoints that were set back by nobody."""
    for shard, written in kept_by_shard(case).items():
        reached = 0
        for kept in written:
            if kept.sequence < reached and kept.sender != PERSON:
                yield f"{shard}: a checkpoint went back"
                break
            reached = kept.sequence


def check_ends(case: Case) -> Iterator[str]:
    """Find shards whose last checkpoint is not at their last record."""
    newest = {shard: written[-1] for shard, written in kept_by_shard(case).items()}
    last: dict[str, Record] = {}
    for record, _ in case.records:
        last[record.shard] = record
    for shard, record in last.items():
        kept = newest.get(shard)
        if kept is None or (kept.status != ENDED and kept.sequence != record.sequence):
            yield f"{shard}: the last checkpoint is not at the last record"
