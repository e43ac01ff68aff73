"""Users, GRANT and REVOKE."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def guest(cursor: oracledb.Cursor, connect: Connect) -> oracledb.Cursor:
    cursor.execute("CREATE USER guest IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION TO guest")
    cursor.execute("CREATE TABLE shared (a NUMBER)")
    cursor.execute("INSERT INTO shared VALUES (1)")
    cursor.connection.commit()
    return connect(user="guest", password="Secret1").cursor()


def code_of(cursor: oracledb.Cursor, sql: str) -> int:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(sql)
    return int(raised.value.args[0].code)


def test_a_user_without_create_session_cannot_log_in(
    cursor: oracledb.Cursor, connect: Connect
) -> None:
    cursor.execute("CREATE USER nobody IDENTIFIED BY Secret1")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01045"):
        connect(user="nobody", password="Secret1")


def test_a_table_without_any_right_on_it_does_not_exist(guest: oracledb.Cursor) -> None:
    assert code_of(guest, "SELECT * FROM app.shared") == 942
    assert code_of(guest, "DELETE FROM app.shared") == 942
    assert guest.execute("SELECT COUNT(*) FROM all_tables").fetchone() == (0,)


def test_a_right_is_for_what_it_names(cursor: oracledb.Cursor, guest: oracledb.Cursor) -> None:
    cursor.execute("GRANT SELECT ON shared TO guest")
    assert guest.execute("SELECT a FROM app.shared").fetchall() == [(1,)]
    assert code_of(guest, "UPDATE app.shared SET a = 2") == 1031
    assert code_of(guest, "DROP TABLE app.shared") == 1031
    cursor.execute("GRANT UPDATE, INSERT ON app.shared TO guest")
    guest.execute("UPDATE app.shared SET a = 2")
    guest.connection.rollback()


def test_a_revoked_right_is_gone_at_once(cursor: oracledb.Cursor, guest: oracledb.Cursor) -> None:
    cursor.execute("GRANT SELECT ON shared TO guest")
    guest.execute("SELECT a FROM app.shared").fetchall()
    cursor.execute("REVOKE SELECT ON shared FROM guest")
    assert code_of(guest, "SELECT a FROM app.shared") == 942


def test_creating_tables_takes_a_right(cursor: oracledb.Cursor, guest: oracledb.Cursor) -> None:
    assert code_of(guest, "CREATE TABLE own (a NUMBER)") == 1031
    cursor.execute("GRANT CREATE TABLE TO guest")
    guest.execute("CREATE TABLE own (a NUMBER)")
    assert guest.execute("SELECT table_name FROM user_tables").fetchall() == [("OWN",)]
    assert code_of(guest, "CREATE TABLE app.other (a NUMBER)") == 1031
    assert code_of(guest, "CREATE USER another IDENTIFIED BY x") == 1031
    assert code_of(guest, "ALTER SYSTEM SET oralite_clock_offset_seconds = 1") == 1031


def test_a_dba_works_in_any_schema(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE rtbi.source (a NUMBER)")
    cursor.execute("INSERT INTO rtbi.source VALUES (1)")
    assert cursor.execute(
        "SELECT owner FROM all_tables WHERE table_name = 'SOURCE'"
    ).fetchall() == [("RTBI",)]


def test_a_dropped_user_is_gone(cursor: oracledb.Cursor, connect: Connect) -> None:
    cursor.execute("CREATE USER brief IDENTIFIED BY Secret1")
    cursor.execute("CREATE TABLE brief.t (a NUMBER)")
    assert code_of(cursor, "DROP USER brief") == 1922
    cursor.execute("DROP USER brief CASCADE")
    assert code_of(cursor, "SELECT * FROM brief.t") == 942
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(user="brief", password="Secret1")


@pytest.mark.oralite_only
def test_a_quota_in_any_size_is_taken(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE USER quota_user IDENTIFIED BY Tiger42")
    for size in ("10G", "512M", "UNLIMITED", "0"):
        cursor.execute(f"ALTER USER quota_user QUOTA {size} ON USERS")
