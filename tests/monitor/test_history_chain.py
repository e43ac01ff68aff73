"""The chain over all looks, what breaks it, and what a purge leaves of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sync_monitor.history import queries
from sync_monitor.history.chain import verify
from sync_monitor.history.purging import purge
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.records import Entry, Retention
from tests.monitor.building import NOW, at
from tests.monitor.entries import failed, faulty

RETENTION = Retention()


def history(directory: Path, *entries: Entry) -> Store:
    store = Store(directory)
    store.write(lambda connection: write_entries(connection, entries))
    return store


def change(store: Store, *statements: str) -> None:
    def run(connection) -> None:  # type: ignore[no-untyped-def]
        for statement in statements:
            connection.execute(statement)

    store.write(run)


def purge_all(store: Store, now=NOW, step: int = 500) -> None:  # type: ignore[no-untyped-def]
    while store.write(lambda connection: purge(connection, now, RETENTION, step)):
        assert store.read(verify).is_whole


def every(minutes: int, days_ago: float, hours: int, sync: str = "S") -> list[Entry]:
    """Return looks every some minutes for some hours, from some days ago."""
    begin = NOW.replace(minute=0) - timedelta(days=days_ago)
    entries = []
    for number in range(hours * 60 // minutes):
        entries.append(failed(begin + timedelta(minutes=minutes * number), sync))
    return entries


def test_a_chain_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    with history(tmp_path, faulty(), failed(at(1)), faulty(at(2))) as store:
        found = store.read(verify)
        assert (found.looks, found.anchors, found.is_whole) == (3, 0, True)


def test_an_empty_chain_is_whole(tmp_path: Path) -> None:
    with history(tmp_path) as store:
        assert store.read(verify).is_whole


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE look SET severity = 'OK' WHERE run_id = 2", "look 2 is not as it was written"),
        ("UPDATE look SET figures = NULL WHERE run_id = 1", "look 1 is not as it was written"),
        ("UPDATE look SET error_code = '' WHERE run_id = 2", "look 2 is not as it was written"),
        ("DELETE FROM look WHERE run_id = 2", "look 3 does not follow look 1"),
        ("DELETE FROM look WHERE run_id = 1", "look 2 does not follow the beginning"),
        ("DELETE FROM look WHERE run_id = 3", "what followed look 2 is gone"),
        ("DELETE FROM look", "what followed the beginning is gone"),
        (
            "UPDATE look SET hash = prev_hash, prev_hash = hash WHERE run_id = 2",
            "look 2 does not follow look 1",
        ),
    ],
)
def test_what_is_changed_later_is_found(tmp_path: Path, statement: str, fault: str) -> None:
    with history(tmp_path, faulty(), failed(at(1)), faulty(at(2))) as store:
        change(store, statement)
        assert store.read(verify).fault == fault


def test_looks_are_thinned_to_one_an_hour(tmp_path: Path) -> None:
    with history(tmp_path, *every(15, 91, 3), *every(15, 1, 1)) as store:
        purge_all(store)
        left = store.read(queries.looks)
        assert [each.run_id for each in left] == [16, 15, 14, 13, 9, 5, 1]
        found = store.read(verify)
        assert (found.looks, found.anchors, found.is_whole) == (7, 3, True)


def test_each_sync_keeps_its_own_look_of_an_hour(tmp_path: Path) -> None:
    entries = []
    for first, second in zip(every(30, 91, 2), every(30, 91, 2, "T"), strict=True):
        entries += [first, second]
    with history(tmp_path, *entries) as store:
        purge_all(store)
        left = store.read(queries.looks)
        assert [(each.sync, each.run_id) for each in left] == [
            ("T", 6),
            ("S", 5),
            ("T", 2),
            ("S", 1),
        ]


def test_a_purge_in_small_steps_leaves_the_same(tmp_path: Path) -> None:
    with history(tmp_path, *every(15, 91, 3), *every(15, 1, 1)) as store:
        purge_all(store, step=2)
        assert [each.run_id for each in store.read(queries.looks)] == [16, 15, 14, 13, 9, 5, 1]


def test_what_is_older_than_all_retention_goes(tmp_path: Path) -> None:
    old = faulty(NOW - timedelta(days=401))
    with history(tmp_path, *every(15, 401, 1), old, *every(15, 1, 1)) as store:
        purge_all(store)
        assert [each.run_id for each in store.read(queries.looks)] == [9, 8, 7, 6]
        assert store.read(lambda c: queries.spans(c, old.look.sync, at(-24 * 500))) == []
        assert len(store.read(queries.open_issues)) == len(old.issues)
        assert store.read(verify).is_whole


def test_a_chain_goes_on_behind_a_purge_of_all_of_it(tmp_path: Path) -> None:
    with history(tmp_path, *every(15, 401, 1)) as store:
        purge_all(store)
        assert store.read(queries.looks) == []
        store.write(lambda connection: write_entries(connection, [failed()]))
        (look,) = store.read(queries.looks)
        assert look.run_id == 5
        assert store.read(verify).is_whole


def test_an_anchor_that_is_changed_or_taken_out_is_found(tmp_path: Path) -> None:
    with history(tmp_path, *every(15, 91, 2), *every(15, 1, 1)) as store:
        purge_all(store)
        change(store, "UPDATE anchor SET looks = 1 WHERE number = 1")
        assert store.read(verify).fault == "anchor 1 is not as it was written"
        change(store, "DELETE FROM anchor WHERE number = 2", "UPDATE anchor SET looks = 3")
        assert store.read(verify).fault == "look 9 does not follow look 5"


def test_recent_looks_are_left_alone(tmp_path: Path) -> None:
    with history(tmp_path, *every(15, 89, 2)) as store:
        purge_all(store)
        assert len(store.read(queries.looks)) == 8
