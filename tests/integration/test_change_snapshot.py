"""A snapshot writes each row down once it can be locked, however it is interrupted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import oracledb
import pytest

from oracle_cdc.changes.capture import open_transactions
from oracle_cdc.changes.capture import snapshot as snapshots
from oracle_cdc.changes.capture.installing import Wanted, plan
from oracle_cdc.changes.capture.keys import make_keys
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.open_transactions import has_no_writer, wait_for_writers
from oracle_cdc.changes.capture.script import print_install
from oracle_cdc.changes.capture.snapshot import Snapshot
from oracle_cdc.changes.capture.snapshot_room import Room
from oracle_cdc.changes.capture.snapshot_sql import SnapshotSql
from oracle_cdc.changes.capture.snapshot_steps import Standing, Steps
from oracle_cdc.errors import OracleUnavailable, SettingsError
from tests.integration.changeworlds import World, serve_world

KINDS = {
    "NUMBER(38)": "12345678901234567890123456789012345678",
    "NUMBER": "0.1000000000000000000000000000000000000001",
    "VARCHAR2(40)": "'שלום ''x'''",
    "CHAR(5)": "'ab'",
    "NVARCHAR2(20)": "N'日本'",
    "DATE": "TO_DATE('2026-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS')",
    "TIMESTAMP(9)": "TIMESTAMP '2026-01-02 03:04:05.123456789'",
    "RAW(8)": "HEXTORAW('00FF')",
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    monkeypatch.setattr(snapshots, "PAUSE_SECONDS", 0.0)
    with serve_world(tmp_path) as world:
        world.run("GRANT SELECT ON USERS TO CDC")
        yield world


@contextmanager
def snapshot(world: World, name: str = "USERS", **options: Any) -> Iterator[Snapshot]:
    """Give a snapshot of a table that is captured."""
    capture = world.plan(name, lobs=True).capture
    sql = SnapshotSql(capture, make_keys(capture.columns, capture.keys, name))
    steps = Steps(name.lower(), sql, options.pop("rows_at_once", 3))
    with world.database() as database:
        yield Snapshot(database, steps, threading.Event(), **options)


def run(world: World, name: str = "USERS", **options: Any) -> Standing:
    with snapshot(world, name, **options) as each:
        return each.run()


def fill(world: World, count: int) -> None:
    world.run(
        f"INSERT INTO USERS (ID, NAME, NOTES) SELECT LEVEL, 'n' || LEVEL, 'long'"
        f" FROM dual CONNECT BY LEVEL <= {count}"
    )


def written(world: World) -> list[tuple[Any, ...]]:
    return world.rows("SELECT ID, NAME, NOTES FROM CDC_C_USERS WHERE CDC_OP = 'S' ORDER BY 1")


def test_each_row_is_written_down_once_with_its_values(world: World) -> None:
    fill(world, 10)
    world.install(lobs=True)
    standing = run(world)
    assert (standing.rows, standing.is_ended) == (10, True)
    assert written(world) == [(number, f"n{number}", "long") for number in range(1, 11)]
    ids = world.rows("SELECT COUNT(DISTINCT CDC_CHANGE_ID) FROM CDC_C_USERS")
    assert ids == [(10,)]


def test_a_table_without_rows_is_whole_at_once(world: World) -> None:
    world.install(lobs=True)
    assert run(world) == Standing(None, 0, is_passed=True, is_ended=True)


def test_what_is_whole_begins_anew_when_it_is_asked_for_again(world: World) -> None:
    fill(world, 4)
    world.install(lobs=True)
    run(world)
    assert run(world).rows == 4
    assert len(written(world)) == 8


def break_off(rows: int) -> None:
    """Raise that Oracle is gone once six rows were written down."""
    if rows >= 6:
        raise OracleUnavailable("gone")


def test_what_broke_off_goes_on_behind_what_was_written(world: World) -> None:
    fill(world, 10)
    world.install(lobs=True)

    with pytest.raises(OracleUnavailable):
        run(world, make_room=break_off)
    assert len(written(world)) == 6

    def stay_within(rows: int) -> None:
        assert rows <= 10

    standing = run(world, make_room=stay_within)
    assert (standing.rows, standing.is_ended) == (10, True)
    assert [row[0] for row in written(world)] == list(range(1, 11))


def test_what_broke_off_before_more_was_captured_begins_anew(world: World) -> None:
    fill(world, 10)
    world.install(lobs=True)

    with pytest.raises(OracleUnavailable):
        run(world, make_room=break_off)
    world.run("ALTER TABLE USERS ADD STATUS VARCHAR2(10)", "UPDATE USERS SET STATUS = 'new'")
    world.install(lobs=True)
    assert run(world).rows == 10
    found = world.rows("SELECT ID FROM CDC_C_USERS WHERE STATUS = 'new' ORDER BY ID")
    assert [id for (id,) in found] == list(range(1, 11))


def test_a_row_that_is_locked_is_visited_again_and_keeps_nobody_waiting(world: World) -> None:
    fill(world, 10)
    world.install(lobs=True)
    said: list[tuple[int, int]] = []
    with world.connect("COREDB") as other:
        other.cursor().execute("UPDATE USERS SET NAME = 'late' WHERE ID IN (2, 9)")

        def report(rows: int, locked: int) -> None:
            said.append((rows, locked))
            if locked:
                assert [row[0] for row in written(world)] == [1, 3, 4, 5, 6, 7, 8, 10]
                other.commit()

        assert run(world, report=report).rows == 10
    assert (8, 2) in said
    assert written(world)[1] == (2, "late", "long")
    assert world.rows("SELECT COUNT(*) FROM CDC_SNAPSHOT_KEYS") == [(0,)]


def test_rows_found_locked_are_known_after_a_restart(world: World) -> None:
    fill(world, 4)
    world.install(lobs=True)
    with world.connect("COREDB") as other:
        other.cursor().execute("UPDATE USERS SET NAME = 'late' WHERE ID = 2")
        with snapshot(world) as first:
            first.report = lambda rows, locked: first.stop.set() if locked else None
            standing = first.run()
        assert (standing.rows, standing.is_passed, standing.is_ended) == (3, True, False)
        other.rollback()
    assert run(world).rows == 4
    assert written(world)[1] == (2, "n2", "long")


def test_a_row_that_is_gone_or_has_another_key_is_not_waited_for(world: World) -> None:
    fill(world, 4)
    world.install(lobs=True)
    with world.connect("COREDB") as other:
        cursor = other.cursor()
        cursor.execute("DELETE FROM USERS WHERE ID = 2")
        cursor.execute("UPDATE USERS SET ID = -1 WHERE ID = 3")
        standing = run(world, report=lambda rows, locked: other.commit() if locked else None)
    assert (standing.rows, standing.is_ended) == (3, True)
    assert [row[0] for row in written(world)] == [-1, 1, 4]


def test_a_later_change_of_a_row_has_a_greater_number_than_its_snapshot(world: World) -> None:
    fill(world, 4)
    world.install(lobs=True)
    run(world, make_room=lambda rows: world.run("UPDATE USERS SET NAME = NAME || '+'"))
    last: dict[int, str] = {}
    for key, name in world.rows(
        "SELECT ID, NAME FROM CDC_C_USERS WHERE CDC_OP <> 'B' ORDER BY CDC_CHANGE_ID, CDC_OP"
    ):
        last[key] = name
    assert last == dict(world.rows("SELECT ID, NAME FROM USERS", "COREDB"))


@pytest.mark.parametrize(("kind", "value"), KINDS.items())
def test_keys_of_each_kind_are_gone_on_with_exactly(world: World, kind: str, value: str) -> None:
    world.run(
        f"CREATE TABLE T (K {kind}, N NUMBER(2), PRIMARY KEY (K, N))",
        f"INSERT INTO T SELECT {value}, LEVEL FROM dual CONNECT BY LEVEL <= 5",
        "GRANT SELECT ON T TO CDC",
    )
    world.install("T")
    assert run(world, "T", rows_at_once=2).rows == 5
    found = world.rows("SELECT COUNT(*), COUNT(DISTINCT N), COUNT(DISTINCT K) FROM CDC_C_T")
    assert found == [(5, 5, 1)]


def test_rows_without_a_key_are_found_and_keep_no_other_from_being_written(world: World) -> None:
    world.run(
        "CREATE TABLE T (K NUMBER, N NUMBER(2))",
        "INSERT INTO T SELECT LEVEL, LEVEL FROM dual CONNECT BY LEVEL <= 4",
        "GRANT SELECT ON T TO CDC",
    )
    source = replace(world.table("T"), keys=("K",))
    with world.session("CDC") as session:
        installation = plan(session, Wanted("t", source))
        steps = Steps(
            "t",
            SnapshotSql(installation.capture, make_keys(source.columns, ("K",), "T")),
            rows_at_once=3,
        )
        world.script(print_install(installation))
        assert not steps.finds_lacking(session)
        world.run("INSERT INTO T VALUES (NULL, 5)")
        assert steps.finds_lacking(session)
    with world.database() as database:
        assert Snapshot(database, steps, threading.Event()).run().rows == 4


def test_a_key_that_can_not_be_compared_as_text_is_refused(world: World) -> None:
    world.run("CREATE TABLE T (K BINARY_DOUBLE PRIMARY KEY)")
    with pytest.raises(SettingsError, match=r"can't go by its key K, which is BINARY_DOUBLE"):
        make_keys(world.table("T").columns, ("K",), "COREDB.T")


def test_transactions_that_are_older_than_the_triggers_are_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_transactions, "PAUSE_SECONDS", 0.0)
    fill(world, 2)
    source = Place("COREDB", "USERS")
    stop = threading.Event()
    with world.connect("COREDB") as older, world.database() as database:
        older.cursor().execute("INSERT INTO USERS (ID, NAME) VALUES (-1, 'unseen')")
        world.install(lobs=True)
        assert not wait_for_writers(database, source, stop, tries=3)
        older.commit()
        assert wait_for_writers(database, source, stop, tries=3)
    assert run(world).rows == 3
    assert written(world)[0] == (-1, "unseen", None)


def test_whoever_changes_the_table_is_not_kept_waiting_by_those_who_wait(world: World) -> None:
    world.install(lobs=True)
    with world.database() as database, database.session() as session:
        assert has_no_writer(session, Place("COREDB", "USERS"))
        world.run("INSERT INTO USERS (ID) VALUES (1)")


def test_a_snapshot_waits_until_there_is_room_in_the_change_table(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, 10)
    world.install(lobs=True)
    stop = threading.Event()
    held: list[int] = []

    def ship(seconds: float) -> bool:
        held.append(len(written(world)))
        world.run("DELETE FROM CDC_C_USERS", user="CDC")
        return False

    monkeypatch.setattr(stop, "wait", ship)
    with world.database() as database:
        room = Room(database, Place("CDC", "CDC_C_USERS"), stop, most_rows=5, look_every=2)
        assert run(world, make_room=room.make).rows == 10
    assert held == [6]
