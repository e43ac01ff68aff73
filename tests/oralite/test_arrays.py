"""Array statements, batch errors, row counts and RETURNING ... INTO through the unmodified
driver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]
pytestmark = pytest.mark.parametrize("profile", ["19c", "23ai"])


def test_thousands_of_rows_go_in_one_round_trip(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(400)")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} VALUES (:1, :2)", [(number, "x" * 300) for number in range(5000)]
        )
        assert cursor.rowcount == 5000
    assert query(connection, f"SELECT COUNT(*), MAX(id) FROM {table}") == [(5000, 4999)]


def test_row_counts_are_reported_per_row_of_binds(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(10)")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (id) VALUES (:1)", [(number,) for number in range(10)]
        )
        cursor.executemany(
            f"UPDATE {table} SET name = 'z' WHERE id < :1",
            [(3,), (0,), (5,)],
            arraydmlrowcounts=True,
        )
        assert cursor.getarraydmlrowcounts() == [3, 0, 5]
        assert cursor.rowcount == 8


def test_row_counts_are_reported_each_time_that_a_statement_runs(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    # The driver's short form for a statement that it has run before does not repeat that it wants
    # them.
    table = new_table("id NUMBER(10)")
    for _ in range(4):
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)], arraydmlrowcounts=True
            )
            assert cursor.getarraydmlrowcounts() == [1, 1]


def test_row_counts_are_reported_to_those_alone_who_ask_for_them(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10)")
    with connection.cursor() as cursor:
        for wanted in (True, True, False, False):
            cursor.executemany(
                f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)], arraydmlrowcounts=wanted
            )
        cursor.execute(f"INSERT INTO {table} VALUES (:1)", [3])
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(4,), ("5",)], batcherrors=True)
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(11,)]


def test_batch_errors_name_their_rows_and_the_others_stay(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY, name VARCHAR2(10) NOT NULL")
    rows = [(1, "a"), (1, "again"), (2, None), (3, "b")]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} VALUES (:1, :2)", rows, batcherrors=True, arraydmlrowcounts=True
        )
        errors = [(error.offset, error.full_code) for error in cursor.getbatcherrors()]
        assert errors == [(1, "ORA-00001"), (2, "ORA-01400")]
        assert cursor.getarraydmlrowcounts() == [1, 0, 0, 1]
        assert cursor.rowcount == 2
    assert query(connection, f"SELECT id FROM {table} ORDER BY id") == [(1,), (3,)]


def test_a_batch_error_of_an_update_names_its_row_and_the_others_are_changed(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), amount NUMBER(2)")
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1, 0)", [(1,), (2,), (3,)])
        cursor.executemany(
            f"UPDATE {table} SET amount = :1 WHERE id = :2",
            [(7, 1), (100, 2), (9, 3)],
            batcherrors=True,
        )
        errors = [(error.offset, error.full_code) for error in cursor.getbatcherrors()]
    assert errors == [(1, "ORA-01438")]
    assert query(connection, f"SELECT amount FROM {table} ORDER BY id") == [(7,), (0,), (9,)]


def test_a_delete_by_array_counts_the_rows_of_each_and_names_those_that_are_refused(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY, kind NUMBER(1)")
    child = new_table(f"id NUMBER(10) REFERENCES {table}")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} VALUES (:1, :2)", [(number, number % 3) for number in range(9)]
        )
        cursor.execute(f"INSERT INTO {child} VALUES (4)")
        cursor.executemany(
            f"DELETE FROM {table} WHERE kind = :1",
            [(0,), (1,), (0,), (2,)],
            batcherrors=True,
            arraydmlrowcounts=True,
        )
        errors = [(error.offset, error.full_code) for error in cursor.getbatcherrors()]
        assert errors == [(1, "ORA-02292")]
        assert cursor.getarraydmlrowcounts() == [3, 0, 0, 3]
    assert query(connection, f"SELECT id FROM {table} ORDER BY id") == [(1,), (4,), (7,)]


def test_a_delete_by_array_that_fails_keeps_what_was_deleted_before(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    child = new_table(f"id NUMBER(10) REFERENCES {table}")
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,), (3,)])
        cursor.execute(f"INSERT INTO {child} VALUES (2)")
        with pytest.raises(oracledb.IntegrityError) as error:
            cursor.executemany(f"DELETE FROM {table} WHERE id = :1", [(1,), (2,), (3,)])
        assert code_of(error) == "ORA-02292"
        assert cursor.rowcount == 1
    connection.commit()
    assert query(connection, f"SELECT id FROM {table} ORDER BY id") == [(2,), (3,)]


def test_a_row_whose_delete_was_refused_is_locked_by_nobody(
    connection: oracledb.Connection,
    connect: Callable[..., oracledb.Connection],
    new_table: NewTable,
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    child = new_table(f"id NUMBER(10) REFERENCES {table}")
    cursor, other = connection.cursor(), connect()
    cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,), (3,)])
    cursor.execute(f"INSERT INTO {child} VALUES (2)")
    connection.commit()
    cursor.executemany(f"DELETE FROM {table} WHERE id = :1", [(1,), (2,)], batcherrors=True)
    locking = f"SELECT id FROM {table} WHERE id = :1 FOR UPDATE NOWAIT"
    assert query(other, locking, 2) == [(2,)]
    with pytest.raises(oracledb.DatabaseError) as error:
        query(other, locking, 1)
    assert code_of(error) == "ORA-00054"


def test_hundreds_of_batch_errors_arrive(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    rows = [(number % 300,) for number in range(900)]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", rows, batcherrors=True)
        assert [error.offset for error in cursor.getbatcherrors()] == list(range(300, 900))


def test_an_array_of_which_every_row_is_refused_leaves_nothing_open(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} VALUES (1)")
        connection.commit()
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (1,)], batcherrors=True)
        connection.commit()
        cursor.execute(f"INSERT INTO {table} VALUES (2)")
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(2,)]


def test_an_array_that_fails_keeps_the_rows_before(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    with connection.cursor() as cursor:
        with pytest.raises(oracledb.IntegrityError) as error:
            cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,), (1,), (3,)])
        assert code_of(error) == "ORA-00001"
        assert cursor.rowcount == 2
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(2,)]


def test_an_array_with_batch_errors_does_not_commit_by_itself(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (1,)], batcherrors=True)
    connection.rollback()
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_returning_gives_what_was_written(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table(
        "id NUMBER GENERATED ALWAYS AS IDENTITY, name VARCHAR2(20), note CLOB, "
        "at TIMESTAMP DEFAULT SYSTIMESTAMP"
    )
    with connection.cursor() as cursor:
        number, name, at = cursor.var(int), cursor.var(str), cursor.var(oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(
            f"INSERT INTO {table} (name) VALUES (:name) RETURNING id, name, at "
            "INTO :id, :written, :at",
            name="a", id=number, written=name, at=at,
        )  # fmt: skip
        assert (number.getvalue(), name.getvalue()) == ([1], ["a"])
        assert isinstance(at.getvalue()[0], datetime)


def test_returning_gives_every_row_of_an_update(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(20)")
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} VALUES (:1, :2)", [(1, "a"), (2, "b")])
        numbers, names = cursor.var(int), cursor.var(str)
        cursor.execute(
            f"UPDATE {table} SET name = name || '!' RETURNING id, name INTO :1, :2",
            [numbers, names],
        )
        assert sorted(zip(numbers.getvalue(), names.getvalue(), strict=True)) == [
            (1, "a!"),
            (2, "b!"),
        ]
        cursor.execute(
            f"UPDATE {table} SET name = 'c' WHERE id = 9 RETURNING id, name INTO :1, :2",
            [numbers, names],
        )
        assert numbers.getvalue() == []


def test_returning_gives_the_rows_of_each_row_of_an_array(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER GENERATED ALWAYS AS IDENTITY, name VARCHAR2(20)")
    with connection.cursor() as cursor:
        numbers = cursor.var(int, arraysize=3)
        cursor.setinputsizes(None, numbers)
        cursor.executemany(
            f"INSERT INTO {table} (name) VALUES (:1) RETURNING id INTO :2", [("a",), ("b",), ("c",)]
        )
        assert [numbers.getvalue(position) for position in range(3)] == [[1], [2], [3]]


def test_returning_converts_to_the_type_that_is_asked_for(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(20)")
    with connection.cursor() as cursor:
        number, name = cursor.var(str), cursor.var(oracledb.DB_TYPE_CLOB)
        cursor.execute(
            f"INSERT INTO {table} VALUES (12, 'n') RETURNING id, name INTO :1, :2", [number, name]
        )
        assert number.getvalue() == ["12"]
        assert [lob.read() for lob in name.getvalue()] == ["n"]
