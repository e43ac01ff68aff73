"""The generated triggers, run by a database, write down each change with its exact values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import oracledb
import pytest

from oracle_cdc.changes.capture.model import Place
from tests.integration.changeworlds import World, serve_captured, serve_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_world(tmp_path) as world:
        yield world


@pytest.fixture
def captured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_captured(tmp_path) as world:
        yield world


def test_each_change_is_written_with_its_images(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= 2")
    captured.run("UPDATE USERS SET NAME = NULL")
    captured.run("DELETE FROM USERS WHERE ID = 2")
    assert captured.changes() == [
        ("I", 1, "n"),
        ("I", 2, "n"),
        ("B", 1, "n"),
        ("U", 1, None),
        ("B", 2, "n"),
        ("U", 2, None),
        ("D", 2, None),
    ]
    ids = captured.rows("SELECT COUNT(DISTINCT CDC_CHANGE_ID) FROM CDC_C_USERS")
    assert ids == [(5,)]
    assert captured.rows("SELECT COUNT(DISTINCT CDC_TX) FROM CDC_C_USERS") == [(3,)]


def test_values_are_exact(captured: World) -> None:
    digits = "12345678901234567890123456789012345678"
    captured.run(
        f"INSERT INTO USERS VALUES (-1.5E-20, 'שלום', {digits},"
        " TIMESTAMP '2026-01-02 03:04:05.123456789',"
        " TIMESTAMP '2026-01-02 03:04:05.123456789 -11:45', 'ab', HEXTORAW('00FF'), 'long')",
        "UPDATE USERS SET NAME = 'x'",
        "DELETE FROM USERS",
    )
    shown = 'NAME, "odd: name", TO_CHAR(AT), TO_CHAR(ZONED), CODE, BYTES'
    rows = captured.changes(shown)
    rest = (
        Decimal(digits),
        "02-JAN-26 03.04.05.123456789 AM",
        "02-JAN-26 03.04.05.123456789 AM -11:45",
        "ab   ",
        b"\x00\xff",
    )
    key = Decimal("-1.5E-20")
    assert rows == [
        ("I", key, "שלום", *rest),
        ("B", key, "שלום", *rest),
        ("U", key, "x", *rest),
        ("D", key, "x", *rest),
    ]
    assert "NOTES" not in {
        column.name for column in captured.columns(Place("CDC", "CDC_C_USERS"), "CDC")
    }


def test_nulls_are_nulls(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    assert captured.changes('NAME, "odd: name", AT, ZONED, CODE, BYTES') == [
        ("I", 1, None, None, None, None, None, None)
    ]


def test_large_objects_stand_in_new_images_alone(world: World) -> None:
    world.install(lobs=True)
    long = "x" * 40_000
    with world.connect("COREDB") as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO USERS (ID, NOTES) VALUES (1, :1)", [long])
        cursor.execute("UPDATE USERS SET NOTES = 'short'")
        cursor.execute("DELETE FROM USERS")
        connection.commit()
    assert world.changes("NOTES") == [
        ("I", 1, long),
        ("B", 1, None),
        ("U", 1, "short"),
        ("D", 1, None),
    ]


def test_a_late_commit_is_there_with_its_lower_number(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= 2")
    captured.run("DELETE FROM CDC_C_USERS", user="CDC")
    with captured.connect("COREDB") as late:
        late.cursor().execute("UPDATE USERS SET NAME = 'late' WHERE ID = 1")
        captured.run("UPDATE USERS SET NAME = 'early' WHERE ID = 2")
        assert captured.changes() == [("B", 2, "n"), ("U", 2, "early")]
        late.commit()
    assert captured.changes() == [
        ("B", 1, "n"),
        ("U", 1, "late"),
        ("B", 2, "n"),
        ("U", 2, "early"),
    ]


def test_what_was_rolled_back_is_not_written_down(captured: World) -> None:
    with captured.connect("COREDB") as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO USERS (ID, NAME) VALUES (1, 'kept')")
        cursor.execute("SAVEPOINT here")
        cursor.execute("UPDATE USERS SET NAME = 'gone'")
        cursor.execute("ROLLBACK TO here")
        connection.commit()
        cursor.execute("DELETE FROM USERS")
        connection.rollback()
    assert captured.changes() == [("I", 1, "kept")]


def test_keys_that_move_stand_in_both_images(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID, NAME) SELECT LEVEL, 'n' FROM dual CONNECT BY LEVEL <= 3")
    captured.run("DELETE FROM CDC_C_USERS", user="CDC")
    captured.run("UPDATE USERS SET ID = ID + 1")
    assert [row[:2] for row in captured.changes()] == [
        ("B", 1),
        ("U", 2),
        ("B", 2),
        ("U", 3),
        ("B", 3),
        ("U", 4),
    ]


def test_a_merge_and_an_array_write_each_row(captured: World) -> None:
    with captured.connect("COREDB") as connection:
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO USERS (ID, NAME) VALUES (:1, 'a')", [(1,), (2,)])
        cursor.execute(
            "MERGE INTO USERS u USING (SELECT LEVEL + 1 AS ID FROM dual CONNECT BY LEVEL <= 2) n"
            " ON (u.ID = n.ID) WHEN MATCHED THEN UPDATE SET u.NAME = 'm'"
            " WHEN NOT MATCHED THEN INSERT (ID, NAME) VALUES (n.ID, 'i')"
        )
        connection.commit()
    found = captured.changes()
    assert found[:2] == [("I", 1, "a"), ("I", 2, "a")]
    assert sorted(found[2:]) == [("B", 2, "a"), ("I", 3, "i"), ("U", 2, "m")]
