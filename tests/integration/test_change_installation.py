"""The generated scripts: who runs which part, what they leave, and what cures a drift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import oracledb
import pytest

from oracle_cdc.changes.capture.ddl import add_columns, create_triggers
from oracle_cdc.changes.capture.dictionary import read_source
from oracle_cdc.changes.capture.drift import find_drift
from oracle_cdc.changes.capture.installing import install_own
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.script import print_triggers, print_uninstall
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.ddl import CHANGES, read_tables
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


def test_each_user_runs_its_own_part_with_no_more_rights_than_it_has(world: World) -> None:
    installation = world.plan()
    world.run(*installation.own_statements(), user="CDC")
    world.run(*installation.triggers(), user="COREDB")
    world.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'one')")
    assert world.changes() == [("I", 1, "one")]
    assert world.rows("SELECT status FROM user_triggers", "COREDB") == [("ENABLED",)] * 3
    assert world.rows("SELECT * FROM user_errors", "COREDB") == []


def test_a_column_that_is_added_is_drift_until_it_is_captured(captured: World) -> None:
    captured.run("ALTER TABLE USERS ADD STATUS VARCHAR2(10)")
    captured.run("ALTER TABLE USERS MODIFY NAME VARCHAR2(400)")
    capture = captured.capture()
    drift = find_drift(capture, captured.table(), captured.columns(capture.log, "CDC"))
    assert [column.name for column in drift.added] == ["STATUS"]
    assert not (drift.removed or drift.unwanted or drift.retyped)
    captured.run(add_columns(capture, drift.added), user="CDC")
    captured.run(*create_triggers(capture))
    captured.run("INSERT INTO USERS (ID, STATUS) VALUES (1, 'new')")
    assert captured.changes("STATUS") == [("I", 1, "new")]
    assert not find_drift(capture, captured.table(), captured.columns(capture.log, "CDC"))


def test_a_change_table_gets_its_column_as_soon_as_who_writes_into_it_is_done(
    captured: World,
) -> None:
    captured.run("ALTER TABLE USERS ADD STATUS VARCHAR2(10)")
    installation = captured.plan()
    with (
        captured.lent("COREDB") as application,
        captured.session("CDC") as session,
        ThreadPoolExecutor(1) as threads,
    ):
        application.cursor().execute("INSERT INTO USERS (ID) VALUES (1)")
        installing = threads.submit(install_own, session, installation)
        done = wait([installing], timeout=0.2).done
        application.commit()
        installing.result()
    assert not done
    assert captured.changes("STATUS") == [("I", 1, None)]


def test_a_column_that_goes_is_drift_and_stops_the_application_until_it_is_cured(
    captured: World,
) -> None:
    captured.run("ALTER TABLE USERS DROP COLUMN NAME")
    capture = captured.capture()
    drift = find_drift(capture, captured.table(), captured.columns(capture.log, "CDC"))
    assert drift.removed == ("NAME",)
    with pytest.raises(oracledb.DatabaseError, match="ORA-04098"):
        captured.run("INSERT INTO USERS (ID) VALUES (1)")
    captured.run(*create_triggers(capture))
    captured.run("INSERT INTO USERS (ID) VALUES (2)")
    assert captured.changes() == [("I", 2, None)]


def test_a_trigger_of_the_script_that_does_not_compile_does_not_stop_the_application(
    captured: World,
) -> None:
    captured.run("ALTER TABLE USERS ADD STATUS VARCHAR2(10)")
    # The first part, which gives the change table the column, is left out.
    captured.script(print_triggers(captured.capture()))
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    assert captured.rows("SELECT trigger_name FROM user_triggers", "COREDB") == []
    captured.install()
    assert len(captured.rows("SELECT trigger_name FROM user_triggers", "COREDB")) == 3


def test_a_log_that_takes_no_row_fails_the_application_and_the_switch_frees_it(
    captured: World,
) -> None:
    captured.run("DROP TABLE CDC_C_USERS", user="CDC")
    with pytest.raises(oracledb.DatabaseError, match="ORA-04098"):
        captured.run("INSERT INTO USERS (ID) VALUES (1)")
    captured.run(*(f"ALTER TRIGGER CDC_USERS_{letter} DISABLE" for letter in "IUD"))
    captured.run("INSERT INTO USERS (ID) VALUES (1)")


def test_what_is_uninstalled_leaves_nothing(captured: World) -> None:
    capture = captured.capture()
    captured.script(print_uninstall("users", capture.source, capture.log))
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    assert captured.rows("SELECT trigger_name FROM user_triggers", "COREDB") == []
    left = "SELECT table_name FROM user_tables ORDER BY table_name"
    assert [name for (name,) in captured.rows(left)] == sorted(read_tables(CHANGES))
    assert captured.rows("SELECT * FROM CDC_CHANGE_TABLES") == []


def test_the_sequence_is_ordered(captured: World) -> None:
    assert captured.rows("SELECT order_flag, cache_size FROM user_sequences") == [("Y", 1000)]


def test_triggers_that_are_as_they_were_made_have_no_fault(captured: World) -> None:
    assert captured.faults() == []


@pytest.mark.parametrize(
    ("statement", "words", "stops"),
    [
        ("ALTER TABLE USERS DROP COLUMN NAME", ["it does not compile"] * 3, True),
        ("ALTER TABLE USERS ADD X NUMBER", ["it was made for other columns"] * 3, False),
        ("ALTER TABLE USERS DISABLE ALL TRIGGERS", ["it is disabled"] * 3, False),
        ("DROP TRIGGER CDC_USERS_U", ["it is missing"], False),
        ("ALTER TRIGGER CDC_USERS_D DISABLE", ["it is disabled"], False),
    ],
)
def test_a_fault_of_a_trigger_is_found_with_the_statement_that_cures_it(
    captured: World, statement: str, words: list[str], stops: bool
) -> None:
    captured.run(statement)
    faults = captured.faults()
    assert [fault.words for fault in faults] == words
    assert {fault.stops_application for fault in faults} == {stops}
    capture = captured.capture()
    drift = find_drift(capture, captured.table(), captured.columns(capture.log, "CDC"))
    if drift.added:
        captured.run(add_columns(capture, drift.added), user="CDC")
    captured.run(*(fault.cure for fault in faults))
    assert captured.faults() == []
    captured.run(
        "INSERT INTO USERS (ID) VALUES (1)", "UPDATE USERS SET ID = 2", "DELETE FROM USERS"
    )
    assert [row[:2] for row in captured.changes("CDC_TX")] == [
        ("I", 1),
        ("B", 1),
        ("U", 2),
        ("D", 2),
    ]


def test_the_service_sees_no_trigger_of_the_application_without_a_right(captured: World) -> None:
    assert [fault.words for fault in captured.faults("CDC")] == ["it is missing"] * 3


def test_a_table_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(SettingsError, match="COREDB\\.NOPE: no table of this name"):
        world.table("NOPE")


def test_the_key_is_read_in_its_own_order(world: World) -> None:
    world.run("CREATE TABLE T (A NUMBER, B NUMBER, C NUMBER, PRIMARY KEY (C, A))")
    assert world.table("T").keys == ("C", "A")
    with world.session("COREDB") as session:
        assert read_source(session, Place("COREDB", "T"), ("B",)).keys == ("B",)


def test_two_tables_are_numbered_by_one_sequence(captured: World) -> None:
    captured.run("CREATE TABLE ORDERS (ID NUMBER PRIMARY KEY)")
    captured.install("ORDERS")
    captured.run("INSERT INTO USERS (ID) VALUES (1)", "INSERT INTO ORDERS VALUES (1)")
    assert ids_of(captured, "CDC_C_USERS", "CDC_C_ORDERS") == [1, 2]


def ids_of(world: World, *logs: str) -> Sequence[int]:
    found = []
    for log in logs:
        found += world.rows(f"SELECT CDC_CHANGE_ID FROM {log}")
    return [row[0] for row in found]
