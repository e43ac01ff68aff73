"""Results that are longer than what is held: they begin at once and show the data as of their
execution."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
COUNT = 12_000
ENDLESS = "SELECT LEVEL AS n FROM dual CONNECT BY LEVEL <= 1e15"


@pytest.fixture
def table(cursor: oracledb.Cursor) -> str:
    cursor.execute("CREATE TABLE long_one (id NUMBER, name VARCHAR2(20))")
    cursor.execute(
        f"INSERT INTO long_one SELECT LEVEL, 'before' FROM dual CONNECT BY LEVEL <= {COUNT}"
    )
    cursor.connection.commit()
    return "long_one"


@pytest.fixture(params=["", "ORDER BY id"])
def half_read(
    connection: oracledb.Connection, table: str, request: pytest.FixtureRequest
) -> oracledb.Cursor:
    """Return a cursor of which one portion is fetched, of rows as found and of sorted ones."""
    reader = connection.cursor()
    reader.arraysize = reader.prefetchrows = 100
    reader.execute(f"SELECT id, name FROM {table} {request.param}")
    assert reader.fetchone() == (1, "before")
    return reader


def is_whole(reader: oracledb.Cursor) -> bool:
    return reader.fetchall() == [(number, "before") for number in range(2, COUNT + 1)]


def test_a_result_without_end_begins_and_can_be_left(connection: oracledb.Connection) -> None:
    for _ in range(20):
        with connection.cursor() as reader:
            assert reader.execute(ENDLESS).fetchmany(15_000)[-1] == (15_000,)
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


def test_what_the_same_session_does_afterwards_is_not_seen(
    half_read: oracledb.Cursor, table: str
) -> None:
    connection = half_read.connection
    connection.cursor().execute(f"UPDATE {table} SET name = 'after'")
    connection.commit()
    connection.cursor().execute(f"DELETE FROM {table}")
    connection.rollback()
    connection.cursor().execute(f"TRUNCATE TABLE {table}")
    assert is_whole(half_read)
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_what_another_session_commits_afterwards_is_not_seen(
    half_read: oracledb.Cursor, connect: Connect, table: str
) -> None:
    other = connect()
    other.cursor().execute(f"DELETE FROM {table} WHERE id > 5")
    other.commit()
    other.cursor().execute(f"DROP TABLE {table}")
    assert is_whole(half_read)


def test_changes_of_the_own_transaction_are_seen_if_they_were_there(
    connection: oracledb.Connection, table: str
) -> None:
    connection.cursor().execute(f"UPDATE {table} SET name = 'mine' WHERE id = {COUNT}")
    reader = connection.cursor()
    reader.execute(f"SELECT id, name FROM {table} ORDER BY id")
    connection.cursor().execute(f"DELETE FROM {table}")
    connection.rollback()
    rows = reader.fetchall()
    assert (len(rows), rows[-1]) == (COUNT, (COUNT, "mine"))
    assert query(connection, f"SELECT name FROM {table} WHERE id = {COUNT}") == [("before",)]


def test_many_results_can_be_under_way_at_once_with_few_connections_to_the_file(
    connection: oracledb.Connection, server: Server, table: str
) -> None:
    readers = [
        connection.cursor().execute(f"SELECT id FROM {table} ORDER BY id") for _ in range(20)
    ]
    assert {len(session.links._lent) for session in server.database.sessions} <= {0, 8}
    assert [next(reader) for reader in readers for _ in range(2)] == [(1,), (2,)] * 20
    assert [len(reader.fetchall()) for reader in readers] == [COUNT - 2] * 20


def test_lobs_of_a_long_result_arrive(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("CREATE TABLE notes (id NUMBER, note CLOB)")
    cursor.executemany("INSERT INTO notes VALUES (:1, :2)", [(n, f"note {n}") for n in range(1300)])
    connection.commit()
    rows = cursor.execute("SELECT id, note FROM notes ORDER BY id", fetch_lobs=False).fetchall()
    assert rows == [(n, f"note {n}") for n in range(1300)]


def test_an_error_far_down_comes_when_its_row_is_fetched(
    connection: oracledb.Connection, table: str
) -> None:
    connection.cursor().execute(f"CREATE TABLE kept AS SELECT id FROM {table} WHERE id = 1")
    reader = connection.cursor()
    reader.execute(f"SELECT 1 / (id - 11000) FROM {table}")
    assert reader.fetchone() == (pytest.approx(-1 / 10999),)
    with pytest.raises(oracledb.DatabaseError) as error:
        reader.fetchall()
    assert code_of(error) == "ORA-01476"
    assert query(connection, "SELECT id FROM kept") == [(1,)]


def test_a_fetch_can_be_timed_out_and_the_session_goes_on(connection: oracledb.Connection) -> None:
    reader = connection.cursor()
    reader.arraysize = 5000
    reader.execute(f"SELECT n FROM ({ENDLESS}) WHERE n <= 10002")
    connection.call_timeout = 1000
    with pytest.raises(oracledb.DatabaseError) as error:
        reader.fetchall()
    assert code_of(error) == "DPY-4024"
    connection.call_timeout = 0
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


def test_the_moment_of_a_result_is_one_and_the_sessions_settings_stay(
    connection: oracledb.Connection, server: Server, table: str
) -> None:
    connection.cursor().execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY'")
    connection.cursor().execute("CREATE SEQUENCE numbers")
    assert query(connection, "SELECT numbers.NEXTVAL FROM dual") == [(1,)]
    reader = connection.cursor()
    reader.execute(f"SELECT SYSTIMESTAMP, TO_CHAR(DATE '2026-01-02') FROM {table}")
    seen = {reader.fetchone()}
    assert query(connection, "SELECT numbers.CURRVAL, TO_CHAR(DATE '2026-01-02') FROM dual") == [
        (1, "2026")
    ]
    connection.cursor().execute("ALTER SESSION SET NLS_DATE_FORMAT = 'MM'")
    server.database.clock.offset_seconds = 100
    assert query(connection, "SELECT COUNT(*) FROM user_tables WHERE table_name = 'LONG_ONE'") == [
        (1,)
    ]
    assert len(seen | set(reader.fetchall())) == 1


def test_a_sequence_counts_the_rows_of_a_long_result_once(
    connection: oracledb.Connection, table: str
) -> None:
    connection.cursor().execute("CREATE SEQUENCE numbers")
    reader = connection.cursor()
    reader.execute(f"SELECT numbers.NEXTVAL FROM {table}")
    assert reader.fetchone() == (1,)
    assert len(set(reader.fetchall())) == COUNT - 1


def test_a_session_may_end_in_the_middle_of_a_result(
    server: Server, half_read: oracledb.Cursor
) -> None:
    half_read.connection.close()
    server.stop()
    assert server.statistics()["sessions_open"] == 0


def test_a_statement_that_runs_again_begins_again(
    connection: oracledb.Connection, table: str
) -> None:
    reader = connection.cursor()
    for _ in range(12):
        reader.execute(f"SELECT id FROM {table} ORDER BY id")
        assert reader.fetchmany(10_500)[-1] == (10_500,)
