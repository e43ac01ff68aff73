"""Faults as a client meets them, and the counts of what clients did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
#: After this a call that waits for what it must not wait for ends with an error.
ENDS_WAITING_MS = 5000


@pytest.fixture
def table(connection: oracledb.Connection) -> str:
    connection.cursor().execute("CREATE TABLE t (id NUMBER(10))")
    return "t"


def fails(work: Callable[[], object]) -> str:
    with pytest.raises(oracledb.DatabaseError) as error:
        work()
    return code_of(error)


def insert(connection: oracledb.Connection, table: str) -> None:
    connection.cursor().execute(f"INSERT INTO {table} VALUES (1)")


def ids(connection: oracledb.Connection, table: str) -> int:
    return len(query(connection, f"SELECT id FROM {table}"))


def test_a_drop_before_the_commit_loses_the_work(
    server: Server, connect: Connect, table: str
) -> None:
    connection = connect()
    server.faults.set("drop before commit")
    insert(connection, table)
    assert fails(connection.commit) == "DPY-4011"
    assert ids(connect(), table) == 0


def test_a_drop_after_the_commit_loses_only_the_answer(
    server: Server, connect: Connect, table: str
) -> None:
    connection = connect()
    server.faults.set("drop after commit")
    insert(connection, table)
    assert fails(connection.commit) == "DPY-4011"
    assert ids(connect(), table) == 1


def test_a_drop_after_an_execute_with_autocommit_loses_only_the_answer(
    server: Server, connect: Connect, table: str
) -> None:
    connection = connect()
    connection.autocommit = True
    server.faults.set("drop after execute")
    assert fails(lambda: insert(connection, table)) == "DPY-4011"
    assert ids(connect(), table) == 1


def test_a_drop_after_an_execute_rolls_back(server: Server, connect: Connect, table: str) -> None:
    connection = connect()
    server.faults.set("drop after execute 2")
    insert(connection, table)
    assert fails(lambda: insert(connection, table)) == "DPY-4011"
    assert ids(connect(), table) == 0


def test_a_row_is_free_once_the_connection_that_locked_it_is_cut(
    server: Server, connect: Connect, table: str
) -> None:
    holder, other = connect(), connect()
    insert(other, table)
    other.commit()
    holder.cursor().execute(f"DELETE FROM {table}")
    server.faults.set("drop on ping")
    assert fails(holder.ping) == "DPY-4011"
    other.call_timeout = ENDS_WAITING_MS
    other.cursor().execute(f"UPDATE {table} SET id = 2")
    assert query(other, f"SELECT id FROM {table}") == [(2,)]


def test_what_hangs_goes_on_once_the_faults_are_cleared(
    server: Server, connection: oracledb.Connection, table: str
) -> None:
    connection.call_timeout = ENDS_WAITING_MS
    server.faults.set("hang on execute")
    with ThreadPoolExecutor(1) as thread:
        hung = thread.submit(insert, connection, table)
        assert not wait([hung], timeout=0.2).done
        server.faults.clear()
        hung.result()
    assert ids(connection, table) == 1


def test_an_error_is_answered_as_set_and_the_call_is_not_carried_out(
    server: Server, connect: Connect, table: str
) -> None:
    connection = connect()
    server.faults.set('error 1653 on execute when "INSERT"')
    assert fails(lambda: insert(connection, table)) == "ORA-01653"
    assert ids(connection, table) == 0
    insert(connection, table)
    assert ids(connection, table) == 1


def test_faults_can_be_set_from_another_session(connect: Connect, table: str) -> None:
    dba, connection = connect(), connect()
    dba.cursor().execute(
        """ALTER SYSTEM SET oralite_fault = 'error 60 on execute when "INSERT" times always'"""
    )
    assert fails(lambda: insert(connection, table)) == "ORA-00060"
    assert fails(lambda: insert(connection, table)) == "ORA-00060"
    dba.cursor().execute("ALTER SYSTEM SET oralite_fault = 'clear'")
    insert(connection, table)


def test_a_fault_that_means_nothing_is_ora_02097(connection: oracledb.Connection) -> None:
    assert (
        fails(lambda: connection.cursor().execute("ALTER SYSTEM SET oralite_fault = 'explode'"))
        == "ORA-02097"
    )


@pytest.mark.parametrize(
    ("text", "code"), [("refuse logins", "ORA-01033"), ("refuse logins error 28000", "ORA-28000")]
)
def test_log_ins_are_refused_until_cleared(
    server: Server, connect: Connect, text: str, code: str
) -> None:
    server.faults.set(text)
    assert fails(connect) == code
    server.faults.set("clear")
    assert query(connect(), "SELECT 1 FROM dual") == [(1,)]


def test_a_frozen_session_answers_no_break_either(
    server: Server, connect: Connect, table: str
) -> None:
    connection = connect()
    server.faults.set("freeze on execute")
    connection.call_timeout = 100
    assert fails(lambda: insert(connection, table)) == "DPY-4011"
    server.faults.clear()
    assert ids(connect(), table) == 0


def test_a_restart_cuts_everybody_and_loses_what_was_not_committed(
    server: Server, connect: Connect, table: str
) -> None:
    dba, connection = connect(), connect()
    insert(connection, table)
    connection.commit()
    insert(connection, table)
    dba.cursor().execute("ALTER SYSTEM SET oralite_fault = 'restart'")
    assert fails(connection.commit) in ("DPY-4011", "DPY-1001")
    assert not dba.is_healthy() or fails(dba.ping) == "DPY-4011"
    assert ids(connect(), table) == 1


def test_connections_are_refused_while_the_database_is_down(
    server: Server, connect: Connect
) -> None:
    server.restart(seconds=60)
    with pytest.raises(oracledb.OperationalError, match="12514"):
        connect()
    server.restart(seconds=0)
    assert query(connect(), "SELECT 1 FROM dual") == [(1,)]


def test_round_trips_are_counted(
    server: Server, connection: oracledb.Connection, table: str
) -> None:
    before = server.statistics()
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(number,) for number in range(250)])
        connection.commit()
        cursor.prefetchrows = cursor.arraysize = 100
        cursor.execute(f"SELECT id FROM {table}")
        assert len(cursor.fetchall()) == 250
    connection.ping()
    counted = {
        name: value - before[name]
        for name, value in server.statistics().items()
        if value != before[name]
    }
    counted.pop("bytes_sent")
    counted.pop("bytes_received")
    assert counted == {
        "round_trips": 6,
        "executes": 2,
        "executes_dml": 1,
        "executes_query": 1,
        "parses": 2,
        "fetches": 2,
        "rows_sent": 250,
        "rows_changed": 250,
        "commits": 1,
        "pings": 1,
    }


def test_the_counts_can_be_read_by_sql_and_a_reading_counts_itself(
    connection: oracledb.Connection,
) -> None:
    def read() -> dict[object, int]:
        with connection.cursor() as cursor:
            cursor.prefetchrows = 1000
            cursor.execute("SELECT name, value FROM v$oralite_stats")
            return dict(cursor.fetchall())

    first, second = read(), read()
    assert second["round_trips"] - first["round_trips"] == 1
    assert second["executes"] - first["executes"] == 1
    assert second["sessions_open"] == 1


def test_latency_is_added_to_each_round_trip_and_changes_nothing_else(
    server: Server, connection: oracledb.Connection
) -> None:
    server.latency_seconds = 0.01
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]
