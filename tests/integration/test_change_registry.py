"""CDC_CHANGE_TABLES: what is captured, who may install what, and what a second run does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest

from oracle_cdc.changes.capture.installing import (
    Wanted,
    install_own,
    install_triggers,
    plan,
)
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.numbering import require_sequence
from oracle_cdc.changes.capture.registry import read_registry
from oracle_cdc.errors import OracleConfigurationError, SettingsError
from oracle_cdc.oracle.ddl import CHANGES, read_schema, read_tables
from oracle_cdc.oracle.schema import ensure_change_tables, missing_rights
from tests.integration.changeworlds import World, serve_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_world(tmp_path) as world:
        yield world


def install(world: World) -> bool:
    """Install as far as the service's user may, and return whether that was all of it."""
    installation = world.plan()
    with world.session("CDC") as session:
        install_own(session, installation)
        return install_triggers(session, list(installation.triggers()))


def test_what_is_installed_is_registered(world: World) -> None:
    world.install(included=["NAME"])
    with world.session("CDC") as session:
        (found,) = read_registry(session)
    assert (found.table, found.source.shown, found.log.shown) == (
        "users",
        "COREDB.USERS",
        "CDC.CDC_C_USERS",
    )
    assert found.keys == ("ID",)
    assert (found.has_all_columns, found.lobs, found.is_enabled) == (False, False, True)
    assert (found.last_change_id, found.last_shipped_at, found.total_shipped) == (None, None, 0)
    (now,) = world.rows("SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL")[0]
    assert 0 <= (now - found.installed_at).total_seconds() < 60


def test_the_services_user_installs_its_part_and_not_the_triggers(world: World) -> None:
    assert not install(world)
    assert world.rows("SELECT TABLE_NAME, IS_ENABLED FROM CDC_CHANGE_TABLES") == [("users", 1)]
    assert world.rows("SELECT trigger_name FROM user_triggers", "COREDB") == []
    world.run(*world.plan().triggers())
    world.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'one')")
    assert world.changes() == [("I", 1, "one")]


def test_a_user_who_may_make_triggers_on_any_table_installs_all(world: World) -> None:
    world.administer("GRANT DBA TO CDC")
    assert install(world)
    world.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'one')")
    assert world.changes() == [("I", 1, "one")]


def test_a_second_run_widens_and_keeps_switch_and_count(world: World) -> None:
    world.install()
    world.run("INSERT INTO USERS (ID, NAME) VALUES (1, 'kept')")
    world.run(
        "UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 0, TOTAL_SHIPPED = 7, LAST_CHANGE_ID = 1",
        user="CDC",
    )
    world.run("ALTER TABLE USERS ADD STATUS VARCHAR2(10)")
    world.install()
    world.run("UPDATE USERS SET STATUS = 'new'")
    assert world.changes("NAME, STATUS") == [
        ("I", 1, "kept", None),
        ("B", 1, "kept", None),
        ("U", 1, "kept", "new"),
    ]
    with world.session("CDC") as session:
        (found,) = read_registry(session)
    assert (found.is_enabled, found.total_shipped, found.last_change_id) == (False, 7, 1)


def test_what_broke_off_is_finished_by_a_second_run(world: World) -> None:
    world.run(next(world.plan().own_statements()), user="CDC")
    world.install()
    assert world.rows("SELECT INDEX_NAME FROM USER_INDEXES WHERE TABLE_NAME = 'CDC_C_USERS'") == [
        ("CDC_C_USERS_IX",)
    ]
    world.run("INSERT INTO USERS (ID) VALUES (1)")
    assert len(world.changes()) == 1


def test_a_name_of_another_table_is_refused(world: World) -> None:
    world.install()
    world.run("CREATE TABLE MINE (ID NUMBER PRIMARY KEY)")
    with world.session("CDC") as session:
        with pytest.raises(SettingsError, match="users already; allowed: another name"):
            plan(session, Wanted("users", world.table("MINE")))
        with pytest.raises(SettingsError, match="is captured as users, not as people"):
            plan(session, Wanted("people", world.table("USERS")))
        installation = plan(session, Wanted("mine", world.table("MINE")))
    assert installation.capture.log == Place("CDC", "CDC_C_MINE")


def test_a_trigger_that_is_anothers_is_not_replaced(world: World) -> None:
    world.run(
        "CREATE TABLE THEIRS (ID NUMBER)",
        "CREATE TRIGGER CDC_USERS_I AFTER INSERT ON USERS FOR EACH ROW"
        " BEGIN INSERT INTO THEIRS (ID) VALUES (:NEW.ID); END;",
        "GRANT SELECT ON USERS TO CDC",
    )
    with pytest.raises(
        SettingsError, match=r"COREDB\.CDC_USERS_I: a trigger of this name is there"
    ):
        world.plan()
    world.run("DROP TRIGGER CDC_USERS_I")
    world.install()
    assert world.plan().missing() == []


def test_a_sequence_without_order_is_refused(world: World) -> None:
    with world.session("CDC") as session:
        require_sequence(session)
        session.run("DROP SEQUENCE CDC_CHANGE_SEQ")
        with pytest.raises(OracleConfigurationError, match="no sequence of this name; `python"):
            require_sequence(session)
        session.run("CREATE SEQUENCE CDC_CHANGE_SEQ NOORDER")
        with pytest.raises(OracleConfigurationError, match="ALTER SEQUENCE CDC_CHANGE_SEQ ORDER"):
            require_sequence(session)


def test_the_tables_of_changes_are_made_where_they_are_missing(world: World) -> None:
    with world.session("CDC") as session:
        for statement in read_schema(CHANGES):
            session.run(statement)
        assert list(ensure_change_tables(session)) == []
        session.run("DROP TABLE CDC_HEARTBEAT")
        assert list(ensure_change_tables(session)) == ["CDC_HEARTBEAT"]
        assert missing_rights(session, CHANGES) == []
    assert world.rows("SELECT ID, BEAT_AT FROM CDC_HEARTBEAT") == [(1, None)]
    names = [name for (name,) in world.rows("SELECT TABLE_NAME FROM USER_TABLES")]
    assert sorted(names) == sorted(read_tables(CHANGES))


def test_a_table_of_changes_that_may_not_be_made_is_named(world: World) -> None:
    world.run("DROP TABLE CDC_HEARTBEAT", user="CDC")
    world.administer("REVOKE CREATE TABLE FROM CDC")
    with (
        world.session("CDC") as session,
        pytest.raises(OracleConfigurationError, match="CDC_HEARTBEAT: missing; this user may not"),
    ):
        ensure_change_tables(session)
