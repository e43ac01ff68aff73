"""Several sessions at once: uncommitted rows belong to their transaction, and nobody else waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import oracledb
import pytest

Connect = Callable[..., oracledb.Connection]
#: After this a call that waits for what it must not wait for ends with an error.
ENDS_WAITING_MS = 5000


@pytest.fixture
def table(connection: oracledb.Connection, new_table: Callable[[str], str]) -> str:
    name = new_table("id NUMBER PRIMARY KEY, v VARCHAR2(10)")
    connection.cursor().executemany(
        f"INSERT INTO {name} VALUES (:1, 'old')", [(number,) for number in range(1, 6)]
    )
    connection.commit()
    return name


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor()
    yield pool
    # Those that still wait end with their connections.
    pool.shutdown(wait=False)


@pytest.fixture
def one(connect: Connect) -> oracledb.Cursor:
    return connect().cursor()


@pytest.fixture
def other(connect: Connect) -> oracledb.Cursor:
    return connect().cursor()


def value(cursor: oracledb.Cursor, table: str, key: int) -> str:
    return str(cursor.execute(f"SELECT v FROM {table} WHERE id = :1", [key]).fetchall()[0][0])


def test_two_open_transactions_change_different_rows(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    other.execute(f"UPDATE {table} SET v = 'other' WHERE id = 2")
    assert [value(one, table, 1), value(one, table, 2)] == ["one", "old"]
    assert [value(other, table, 1), value(other, table, 2)] == ["old", "other"]
    one.connection.rollback()
    other.connection.commit()
    assert [value(one, table, 1), value(one, table, 2)] == ["old", "other"]


def test_a_change_of_a_locked_row_waits_for_its_holder(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str, threads: ThreadPoolExecutor
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    waiting = threads.submit(other.execute, f"UPDATE {table} SET v = v || '+' WHERE id = 1")
    assert not done_soon(waiting)
    one.connection.commit()
    waiting.result()
    assert value(other, table, 1) == "one+"


def test_a_row_without_a_key_is_waited_for_like_any_other(
    one: oracledb.Cursor,
    other: oracledb.Cursor,
    new_table: Callable[[str], str],
    threads: ThreadPoolExecutor,
) -> None:
    table = new_table("id NUMBER, v VARCHAR2(10)")
    one.execute(f"INSERT INTO {table} VALUES (1, 'old')")
    one.connection.commit()
    one.execute(f"UPDATE {table} SET v = 'one'")
    waiting = threads.submit(other.execute, f"UPDATE {table} SET v = v || '+'")
    assert not done_soon(waiting)
    one.connection.commit()
    waiting.result()
    assert value(other, table, 1) == "one+"


def done_soon(future: Future[object]) -> bool:
    """Return whether it ends within a moment, as what waits for a lock does not."""
    return future in wait([future], timeout=0.2).done


@pytest.mark.parametrize("end", [("commit", 1), ("rollback", None)])
def test_a_key_that_is_not_committed_yet_is_waited_for(
    one: oracledb.Cursor,
    other: oracledb.Cursor,
    table: str,
    threads: ThreadPoolExecutor,
    end: tuple[str, int | None],
) -> None:
    ending, code = end
    one.execute(f"INSERT INTO {table} VALUES (9, 'one')")
    waiting = threads.submit(other.execute, f"INSERT INTO {table} VALUES (9, 'other')")
    assert not done_soon(waiting)
    getattr(one.connection, ending)()
    error = waiting.exception()
    assert (error.args[0].code if isinstance(error, oracledb.Error) else None) == code


@pytest.mark.parametrize("freeing", ["DELETE FROM {t} WHERE id = 1", "UPDATE {t} SET id = 8"])
@pytest.mark.parametrize(("ending", "code"), [("commit", None), ("rollback", 1)])
def test_a_unique_key_that_another_transaction_frees_is_waited_for(
    connect: Connect,
    new_table: Callable[[str], str],
    threads: ThreadPoolExecutor,
    freeing: str,
    ending: str,
    code: int | None,
) -> None:
    one, other = connect().cursor(), connect().cursor()
    table = new_table("id NUMBER PRIMARY KEY")
    one.execute(f"INSERT INTO {table} VALUES (1)")
    one.connection.commit()
    one.execute(freeing.format(t=table))
    waiting = threads.submit(other.execute, f"INSERT INTO {table} VALUES (1)")
    assert not done_soon(waiting)
    getattr(one.connection, ending)()
    error = waiting.exception()
    assert (error.args[0].code if isinstance(error, oracledb.Error) else None) == code


@pytest.mark.parametrize("leaving", ["DELETE FROM {t} WHERE id = 9", "UPDATE {t} SET id = 8"])
def test_a_key_that_a_transaction_had_for_a_while_is_waited_for(
    connect: Connect, new_table: Callable[[str], str], threads: ThreadPoolExecutor, leaving: str
) -> None:
    one, other = connect().cursor(), connect().cursor()
    other.connection.call_timeout = ENDS_WAITING_MS
    table = new_table("id NUMBER PRIMARY KEY")
    one.execute(f"INSERT INTO {table} VALUES (9)")
    one.execute("SAVEPOINT early")
    one.execute(f"INSERT INTO {table} VALUES (7)")
    one.execute("ROLLBACK TO SAVEPOINT early")
    one.execute(leaving.format(t=table))
    assert done_soon(threads.submit(connect().cursor().execute, f"INSERT INTO {table} VALUES (7)"))
    waiting = threads.submit(other.execute, f"INSERT INTO {table} VALUES (9)")
    assert not done_soon(waiting)
    one.connection.commit()
    assert waiting.exception() is None


def test_new_rows_of_two_open_transactions_never_wait_for_each_other(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    other.connection.call_timeout = ENDS_WAITING_MS
    one.execute(f"INSERT INTO {table} VALUES (10, 'one')")
    other.execute(f"INSERT INTO {table} VALUES (11, 'other')")
    one.connection.commit()
    other.connection.commit()
    assert [value(one, table, 10), value(one, table, 11)] == ["one", "other"]


def test_a_row_is_free_again_once_its_change_is_rolled_back_to_a_savepoint(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    other.connection.call_timeout = ENDS_WAITING_MS
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    one.execute("SAVEPOINT half")
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 2")
    one.execute("ROLLBACK TO half")
    other.execute(f"UPDATE {table} SET v = 'other' WHERE id = 2")
    assert [value(one, table, 1), value(one, table, 2)] == ["one", "old"]


def test_for_update_holds_rows_against_nowait_and_wait_and_skip_locked(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    one.execute(f"SELECT id FROM {table} WHERE id = 1 FOR UPDATE").fetchall()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
        other.execute(f"SELECT id FROM {table} WHERE id = 1 FOR UPDATE NOWAIT")
    with pytest.raises(oracledb.DatabaseError, match="ORA-30006"):
        other.execute(f"SELECT id FROM {table} WHERE id = 1 FOR UPDATE WAIT 1")
    other.connection.call_timeout = ENDS_WAITING_MS
    rows = other.execute(f"SELECT id FROM {table} ORDER BY id FOR UPDATE SKIP LOCKED").fetchall()
    assert rows == [(2,), (3,), (4,), (5,)]
    other.connection.rollback()
    one.connection.rollback()
    assert other.execute(f"SELECT id FROM {table} WHERE id = 1 FOR UPDATE NOWAIT").fetchall() == [
        (1,)
    ]


def test_a_deadlock_ends_for_one_of_the_two(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str, threads: ThreadPoolExecutor
) -> None:
    one.connection.call_timeout = other.connection.call_timeout = ENDS_WAITING_MS
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    other.execute(f"UPDATE {table} SET v = 'other' WHERE id = 2")
    sides = [
        threads.submit(one.execute, f"UPDATE {table} SET v = 'one' WHERE id = 2"),
        threads.submit(other.execute, f"UPDATE {table} SET v = 'other' WHERE id = 1"),
    ]
    failed = next(side for side in sides if loses(side, sides))
    error = failed.exception()
    assert isinstance(error, oracledb.DatabaseError)
    assert error.args[0].code == 60
    (one if failed is sides[0] else other).connection.rollback()
    for side in sides:
        if side is not failed:
            side.result()


def loses(side: Future[object], sides: list[Future[object]]) -> bool:
    while not any(other.done() for other in sides):
        done_soon(side)
    return side.done()


def test_a_wait_ends_with_the_clients_patience(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    other.connection.call_timeout = 300
    with pytest.raises(oracledb.Error, match="DPY-4024"):
        other.execute(f"UPDATE {table} SET v = 'other' WHERE id = 1")
    other.connection.call_timeout = 0
    assert value(other, table, 1) == "old"


def test_an_array_stops_at_the_locked_row_and_goes_on_after_it(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str, threads: ThreadPoolExecutor
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 3")
    waiting = threads.submit(
        other.executemany, f"UPDATE {table} SET v = 'other' WHERE id = :1", [(1,), (3,), (4,)]
    )
    assert not done_soon(waiting)
    one.connection.commit()
    waiting.result()
    assert [value(other, table, key) for key in (1, 3, 4)] == ["other"] * 3


def test_a_table_with_uncommitted_rows_is_not_altered(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
        other.execute(f"ALTER TABLE {table} ADD (x NUMBER)")
    one.connection.rollback()
    other.execute(f"ALTER TABLE {table} ADD (x NUMBER)")


def test_ddl_waits_as_long_as_its_session_says(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str, threads: ThreadPoolExecutor
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    other.execute("ALTER SESSION SET DDL_LOCK_TIMEOUT = 1")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
        other.execute(f"ALTER TABLE {table} ADD (x NUMBER)")
    other.execute("ALTER SESSION SET DDL_LOCK_TIMEOUT = 60")
    waiting = threads.submit(other.execute, f"ALTER TABLE {table} ADD (x NUMBER)")
    assert not done_soon(waiting)
    one.connection.rollback()
    waiting.result()
    assert other.execute(f"SELECT x FROM {table} WHERE id = 1").fetchall() == [(None,)]


def test_a_wait_of_ddl_ends_with_the_clients_patience(
    one: oracledb.Cursor, other: oracledb.Cursor, table: str
) -> None:
    one.execute(f"UPDATE {table} SET v = 'one' WHERE id = 1")
    other.execute("ALTER SESSION SET DDL_LOCK_TIMEOUT = 60")
    other.connection.call_timeout = 300
    with pytest.raises(oracledb.Error, match="DPY-4024"):
        other.execute(f"ALTER TABLE {table} ADD (x NUMBER)")


@pytest.mark.parametrize("seconds", ["-1", "1000001", "soon"])
def test_no_other_seconds_of_ddl_are_taken(one: oracledb.Cursor, seconds: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-"):
        one.execute(f"ALTER SESSION SET DDL_LOCK_TIMEOUT = {seconds}")


def test_many_sessions_add_up(connect: Connect, table: str, threads: ThreadPoolExecutor) -> None:
    def add(times: int) -> None:
        connection = connect()
        for _ in range(times):
            connection.cursor().execute(
                f"UPDATE {table} SET v = TO_CHAR(TO_NUMBER(v) + 1) WHERE id = 5"
            )
            connection.commit()

    setter = connect().cursor()
    setter.execute(f"UPDATE {table} SET v = '0' WHERE id = 5")
    setter.connection.commit()
    list(threads.map(add, [25] * 4))
    assert value(setter, table, 5) == "100"
