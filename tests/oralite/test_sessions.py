"""Transactions, pools, time-outs and cancelling as the unmodified driver sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import Target, code_of, query

Connect = Callable[..., oracledb.Connection]
NewTable = Callable[[str], str]
pytestmark = pytest.mark.parametrize("profile", ["19c", "23ai"])


@pytest.fixture
def table(new_table: NewTable) -> str:
    return new_table("id NUMBER(10)")


def count(connection: oracledb.Connection, table: str) -> object:
    return query(connection, f"SELECT COUNT(*) FROM {table}")[0][0]


def test_others_see_what_is_committed_and_nothing_else(connect: Connect, table: str) -> None:
    writer, reader = connect(), connect()
    writer.cursor().execute(f"INSERT INTO {table} VALUES (1)")
    assert writer.transaction_in_progress
    assert (count(writer, table), count(reader, table)) == (1, 0)
    writer.commit()
    assert not writer.transaction_in_progress
    assert count(reader, table) == 1


def test_a_rollback_undoes(connect: Connect, table: str) -> None:
    connection = connect()
    connection.cursor().execute(f"INSERT INTO {table} VALUES (1)")
    connection.rollback()
    assert not connection.transaction_in_progress
    assert count(connection, table) == 0


def test_autocommit_commits_each_statement(connect: Connect, table: str) -> None:
    writer, reader = connect(), connect()
    writer.autocommit = True
    writer.cursor().execute(f"INSERT INTO {table} VALUES (1)")
    writer.cursor().executemany(f"INSERT INTO {table} VALUES (:1)", [(2,), (3,)])
    assert not writer.transaction_in_progress
    assert count(reader, table) == 3


def test_closing_a_connection_rolls_back(connect: Connect, table: str) -> None:
    writer = connect()
    writer.cursor().execute(f"INSERT INTO {table} VALUES (1)")
    writer.close()
    assert count(connect(), table) == 0


def test_returning_a_connection_to_its_pool_rolls_back(
    target: Target, connect: Connect, table: str
) -> None:
    pool = oracledb.create_pool(
        user=target.user, password=target.password, dsn=target.dsn, min=1, max=1
    )
    with pool.acquire() as connection:
        connection.cursor().execute(f"INSERT INTO {table} VALUES (1)")
    with pool.acquire() as connection:
        assert count(connection, table) == 0
    pool.close()


def test_a_pool_serves_many_threads(target: Target, connect: Connect, table: str) -> None:
    pool = oracledb.create_pool(
        user=target.user, password=target.password, dsn=target.dsn, min=2, max=6, ping_interval=0
    )

    def work(number: int) -> object:
        with pool.acquire() as connection:
            connection.cursor().execute(f"INSERT INTO {table} VALUES (:1)", [number])
            connection.commit()
            return query(connection, f"SELECT id FROM {table} WHERE id = :1", number)[0][0]

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(work, range(60))) == list(range(60))
    assert count(connect(), table) == 60
    pool.close()


def test_a_ping_answers(connection: oracledb.Connection) -> None:
    connection.ping()
    assert connection.is_healthy()


@pytest.mark.oralite_only
def test_a_call_timeout_ends_a_call_and_keeps_the_session(
    connection: oracledb.Connection, server: Server
) -> None:
    server.faults.set('hang when "two"')
    connection.call_timeout = 100
    with pytest.raises(oracledb.DatabaseError) as error:
        query(connection, "SELECT 1 AS two FROM dual")
    assert code_of(error) == "DPY-4024"
    connection.call_timeout = 0
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


@pytest.mark.oralite_only
def test_cancel_from_another_thread_is_ora_01013(
    connection: oracledb.Connection, server: Server
) -> None:
    server.faults.set('hang when "two"')
    hung = threading.Event()
    canceller = threading.Thread(target=lambda: cancel_when_seen(server, connection, hung))
    canceller.start()
    with pytest.raises(oracledb.DatabaseError) as error:
        query(connection, "SELECT 1 AS two FROM dual")
    hung.set()
    canceller.join()
    assert code_of(error) == "ORA-01013"
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


def cancel_when_seen(
    server: Server, connection: oracledb.Connection, ended: threading.Event
) -> None:
    """Cancels once the server counts the call, so that there is something to cancel."""
    while server.statistics()["executes"] == 0 and not ended.wait(0.01):
        pass
    connection.cancel()


def test_a_call_timeout_ends_a_query_that_computes(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10)")
    connection.cursor().executemany(
        f"INSERT INTO {table} VALUES (:1)", [(number,) for number in range(3000)]
    )
    connection.commit()
    connection.call_timeout = 200
    with pytest.raises(oracledb.DatabaseError) as error:
        query(
            connection,
            f"SELECT COUNT(*) FROM {table} a, {table} b WHERE b.id < 1000 AND a.id + b.id < 0",
        )
    assert code_of(error) == "DPY-4024"
    connection.call_timeout = 0
    assert count(connection, table) == 3000


def test_a_transaction_that_was_lost_never_goes_on_before_a_rollback(
    connection: oracledb.Connection, table: str
) -> None:
    cursor = connection.cursor()
    cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(number,) for number in range(3000)])
    connection.commit()
    cursor.execute(f"INSERT INTO {table} VALUES (-1)")
    connection.call_timeout = 200
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.execute(
            f"""UPDATE {table} SET id = -2 WHERE id <
                (SELECT COUNT(*) FROM {table} a, {table} b, {table} c
                 WHERE a.id + b.id + c.id < 0)"""
        )
    connection.call_timeout = 0
    assert connection.transaction_in_progress
    with pytest.raises(oracledb.DatabaseError, match="ORA-02091"):
        cursor.execute(f"INSERT INTO {table} VALUES (-3)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-02091"):
        connection.commit()
    connection.rollback()
    cursor.execute(f"INSERT INTO {table} VALUES (-4)")
    connection.commit()
    assert query(connection, f"SELECT id FROM {table} WHERE id < 0") == [(-4,)]
