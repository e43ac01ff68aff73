"""Sessions that another ends, passwords that change while sessions are open, and what is counted of
it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]


@pytest.fixture
def guest(cursor: oracledb.Cursor, connect: Connect) -> oracledb.Connection:
    """Log in as a user of a table of his own."""
    cursor.execute("CREATE USER guest IDENTIFIED BY Secret1")
    cursor.execute("GRANT CREATE SESSION, CREATE TABLE TO guest")
    cursor.execute("CREATE TABLE guest.t (a NUMBER PRIMARY KEY)")
    return connect(user="guest", password="Secret1")


def id_of(connection: oracledb.Connection) -> str:
    """Return what KILL SESSION takes, as the driver knows it."""
    return f"{connection.session_id},{connection.serial_num}"


def count(server: Server, name: str) -> int:
    return server.database.counts.get(name, 0)


def wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


@pytest.mark.parametrize("how", ["KILL SESSION '{}'", "KILL SESSION '{}' IMMEDIATE"])
def test_a_killed_session_has_lost_its_changes_and_locks_at_once(
    cursor: oracledb.Cursor, guest: oracledb.Connection, how: str
) -> None:
    guest.cursor().execute("INSERT INTO t VALUES (1)")
    cursor.execute(f"ALTER SYSTEM {how.format(id_of(guest))}")
    cursor.execute("INSERT INTO guest.t VALUES (1)")
    with pytest.raises(oracledb.DatabaseError) as ended:
        query(guest, "SELECT 1 FROM dual")
    assert code_of(ended) == "DPY-4011"
    assert "ORA-00028" in str(ended.value)
    assert not guest.is_healthy()


def test_a_killed_session_is_shown_as_such_until_its_client_notices(
    connection: oracledb.Connection, guest: oracledb.Connection
) -> None:
    sql = "SELECT sid || ',' || serial# FROM v$session WHERE username = 'GUEST'"
    assert query(connection, sql) == [(id_of(guest),)]
    sql = "SELECT status FROM v$session WHERE username = 'GUEST'"
    assert query(connection, sql) == [("INACTIVE",)]
    connection.cursor().execute(f"ALTER SYSTEM DISCONNECT SESSION '{id_of(guest)}' IMMEDIATE")
    assert query(connection, sql) == [("KILLED",)]
    with pytest.raises(oracledb.DatabaseError):
        guest.ping()
    assert wait_until(lambda: query(connection, sql) == [])


def test_a_statement_under_way_ends_when_its_session_is_killed(
    cursor: oracledb.Cursor, guest: oracledb.Connection
) -> None:
    cursor.execute("INSERT INTO guest.t VALUES (1)")
    number = id_of(guest)
    ended: list[oracledb.Error] = []

    def insert() -> None:
        try:
            guest.cursor().execute("INSERT INTO t VALUES (1)")
        except oracledb.Error as error:
            ended.append(error)

    waiting = threading.Thread(target=insert)
    waiting.start()
    cursor.execute(f"ALTER SYSTEM KILL SESSION '{number}'")
    waiting.join(10)
    assert "ORA-00028" in str(ended[0])


def test_a_pool_goes_on_when_its_sessions_are_killed(
    cursor: oracledb.Cursor, guest: oracledb.Connection, server: Server
) -> None:
    pool = oracledb.create_pool(user="guest", password="Secret1", dsn=server.dsn, min=1, max=2)
    with pool.acquire() as held:
        cursor.execute(f"ALTER SYSTEM KILL SESSION '{id_of(held)}'")
        with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
            query(held, "SELECT 1 FROM dual")
    with pool.acquire() as held:
        assert query(held, "SELECT 1 FROM dual") == [(1,)]
    pool.close()


def test_only_another_session_that_is_there_can_be_killed_and_only_by_a_dba(
    connection: oracledb.Connection, guest: oracledb.Connection
) -> None:
    own = id_of(connection)
    for session, text, code in (
        (connection, own, "ORA-00027"),
        (connection, "999,999", "ORA-00030"),
        (connection, "one", "ORA-00026"),
        (guest, own, "ORA-01031"),
    ):
        with pytest.raises(oracledb.DatabaseError) as refused:
            session.cursor().execute(f"ALTER SYSTEM KILL SESSION '{text}'")
        assert code_of(refused) == code


def test_a_new_password_is_for_the_next_log_in_and_open_sessions_live_on(
    cursor: oracledb.Cursor, guest: oracledb.Connection, connect: Connect, server: Server
) -> None:
    failed, logins = count(server, "logins_failed"), count(server, "logins")
    cursor.execute('ALTER USER guest IDENTIFIED BY "n/e w;2"')
    assert query(guest, "SELECT USER FROM dual") == [("GUEST",)]
    with pytest.raises(oracledb.DatabaseError) as refused:
        connect(user="guest", password="Secret1")
    assert code_of(refused) == "ORA-01017"
    changed = connect(user="guest", password="n/e w;2")
    assert query(changed, "SELECT USER FROM dual") == [("GUEST",)]
    assert query(guest, "SELECT USER FROM dual") == [("GUEST",)]
    assert (count(server, "logins_failed"), count(server, "logins")) == (failed + 1, logins + 1)


def test_a_user_may_change_his_own_password_and_no_other(
    guest: oracledb.Connection, connect: Connect
) -> None:
    guest.cursor().execute('ALTER USER guest IDENTIFIED BY "Second2" REPLACE "Secret1"')
    connect(user="guest", password="Second2")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        guest.cursor().execute('ALTER USER app IDENTIFIED BY "Second2"')


READING = (
    "SELECT a FROM t",
    "WITH w AS (SELECT a FROM t) SELECT * FROM w",
    "(SELECT a FROM t) UNION ALL SELECT 2 FROM dual",
    "SELECT table_name FROM all_tables",
)


def test_queries_of_any_form_are_counted_as_select_and_locking_ones_apart(
    guest: oracledb.Connection, server: Server
) -> None:
    def statements() -> dict[str, int]:
        found = {}
        for name, number in server.database.counts.items():
            if name.startswith("statements_"):
                found[name] = number
        return found

    query(guest, "SELECT 1 FROM dual")
    before = statements()
    for sql in READING * 2:
        query(guest, sql)
    changed = {name for name, number in statements().items() if number != before.get(name, 0)}
    assert changed == {"statements_select"}
    assert statements()["statements_select"] == before["statements_select"] + 8
    query(guest, "SELECT a FROM t FOR UPDATE")
    assert statements()["statements_for_update"] == before.get("statements_for_update", 0) + 1
