"""Holds the bus, the dead letters and the consumer against Oracle, change by change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oracle_cdc.demo.changes.comparing import READERS, WRITERS, compare_rows
from oracle_cdc.demo.changes.dead_letters import Letter
from oracle_cdc.demo.changes.tables import Table
from oracle_cdc.demo.changes.watch import Delivery, Detail

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """All that came out.

    committed: changes that the writers committed. snapshot_count: rows that a snapshot wrote down.
    rows: what the tables hold, by their names. details: of the events, in the order of the bus.
    deliveries: to the consumer. letters: the dead letters before they were cured. left: those that
    are there still.
    images: the rows as the consumer has them. canaries_outside: how often one was seen.
    """

    tables: Sequence[Table]
    committed: int
    snapshot_count: int
    rows: Mapping[str, Sequence[Row]]
    details: Sequence[Detail]
    deliveries: Sequence[Delivery]
    letters: Sequence[Letter]
    left: int
    images: Sequence[tuple[str, Row]]
    canaries_outside: int


@dataclass(frozen=True)
class Balance:
    """Changes by where they are, and all that does not balance.

    dead: dead letters by their reasons. cured: those that were published later. repeats: events
    that the bus took again. disordered: that came after a newer one of their row. old_deliveries:
    that were nothing new to the consumer. same_rows: that the consumer has as Oracle has them.
    """

    committed: int
    published: int
    dead: Mapping[str, int]
    cured: int
    snapshots: int
    repeats: int
    disordered: int
    deliveries: int
    old_deliveries: int
    rows: int
    same_rows: int
    canaries_outside: int
    mistakes: Sequence[str]


def balance(found: Found) -> Balance:
    """Judge every change and every row."""
    firsts = first_seen(found.details)
    dead_ids = {letter.event_id for letter in found.letters}
    snapshots = {id for id, detail in firsts.items() if is_snapshot(detail)}
    published = firsts.keys() - snapshots - dead_ids
    cured = firsts.keys() & dead_ids
    disordered = list(find_disorder(firsts, dead_ids))
    mistakes = [*check_counts(found, len(published), dead_ids, len(snapshots))]
    mistakes += [f"event {id}: after a newer one of its row" for id in disordered]
    mistakes += [f"event {id}: dead, and never published" for id in sorted(dead_ids - cured)]
    mistakes += check_repeats(found.details, firsts)
    differences = [*compare_tables(found)]
    mistakes += differences
    row_count = sum(map(len, found.rows.values()))
    return Balance(
        found.committed,
        len(published),
        Counter(letter.code for letter in unique(found.letters)),
        len(cured),
        len(snapshots),
        len(found.details) - len(firsts),
        len(disordered),
        len(found.deliveries),
        sum(not delivery.is_new for delivery in found.deliveries),
        row_count,
        row_count - len(differences),
        found.canaries_outside,
        mistakes,
    )


def first_seen(details: Sequence[Detail]) -> Mapping[str, Detail]:
    """Return the events by their ids, in the order in which each came first."""
    firsts: dict[str, Detail] = {}
    for detail in details:
        firsts.setdefault(detail["metadata"]["eventId"], detail)
    return firsts


def unique(letters: Sequence[Letter]) -> Sequence[Letter]:
    return tuple({letter.event_id: letter for letter in letters}.values())


def is_snapshot(detail: Detail) -> bool:
    return bool(detail["metadata"].get("snapshot"))


def check_counts(found: Found, published: int, dead_ids: set[str], snapshots: int) -> Iterator[str]:
    """Yield what does not add up."""
    if published + len(dead_ids) != found.committed:
        yield f"{found.committed} changes committed, {published} published, {len(dead_ids)} dead"
    if snapshots != found.snapshot_count:
        yield f"{found.snapshot_count} rows in the snapshot, {snapshots} events of it"
    if found.left:
        yield f"{found.left} dead letters are there still"
    if found.canaries_outside:
        yield f"{found.canaries_outside} times outside Oracle what must not leave it"


def find_disorder(firsts: Mapping[str, Detail], dead_ids: set[str]) -> Iterator[str]:
    """Yield events that came first after a newer one of their row. Cured ones may."""
    last: dict[str, str] = {}
    for id, detail in firsts.items():
        if id in dead_ids:
            continue
        row = f"{detail['table']} {sorted(detail['keys'].items())}"
        number = detail["metadata"]["sequenceNumber"]
        if number < last.get(row, ""):
            yield id
        last[row] = max(number, last.get(row, ""))


def check_repeats(details: Sequence[Detail], firsts: Mapping[str, Detail]) -> Iterator[str]:
    """Yield events that are not the same each time."""
    for detail in details:
        id = detail["metadata"]["eventId"]
        if detail != firsts[id]:
            yield f"event {id}: other than the first time"


def compare_tables(found: Found) -> Iterator[str]:
    """Yield each row that the consumer has other than Oracle, or lacks, or has too much."""
    images: dict[str, list[Row]] = {table.name: [] for table in found.tables}
    for name, image in found.images:
        images[name].append(image)
    for table in found.tables:
        rows: dict[object, Row] = {}
        for row in found.rows[table.name]:
            rows[key_of(table, row, WRITERS)] = row
        for image in images[table.name]:
            row_or_none = rows.pop(key_of(table, image, READERS), None)
            if row_or_none is None:
                yield f"{table.name}: the consumer has a row that Oracle has not"
            elif names := [*compare_rows(table, row_or_none, image)]:
                yield f"{table.name}: {', '.join(names)} of a row is other than in Oracle"
        for _ in rows:
            yield f"{table.name}: Oracle has a row that the consumer has not"


def key_of(table: Table, values: Row, forms: Mapping[Any, Any]) -> object:
    """Return what a row is known by, whoever has it."""
    return tuple(forms[column.json_type](values[column.name]) for column in table.keys)
