"""Unique keys: NULL in part they are equal when the rest is, after the statement."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]


def refused_with(cursor: oracledb.Cursor, sql: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(sql)
    return code_of(refused)


@pytest.mark.parametrize("key", ["1, NULL, 1", "NULL, 1, 1", "NULL, NULL, 1"])
def test_a_key_that_is_null_in_part_is_taken_once(
    cursor: oracledb.Cursor, new_table: NewTable, key: str
) -> None:
    table = new_table("a NUMBER, b NUMBER, c NUMBER, UNIQUE (a, b, c)")
    cursor.execute(f"INSERT INTO {table} VALUES ({key})")
    assert refused_with(cursor, f"INSERT INTO {table} VALUES ({key})") == "ORA-00001"
    cursor.execute(f"INSERT INTO {table} VALUES (2, NULL, 1)")
    assert refused_with(cursor, f"UPDATE {table} SET a = 2, b = NULL, c = 1") == "ORA-00001"


def test_wholly_null_keys_are_in_no_index(cursor: oracledb.Cursor, new_table: NewTable) -> None:
    table = new_table("a NUMBER UNIQUE, b NUMBER, UNIQUE (a, b)")
    cursor.executemany(
        f"INSERT INTO {table} VALUES (:1, :2)", [(None, None), (None, None), (1, None)]
    )
    assert cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (3,)


def test_an_index_on_expressions_keeps_the_same_rule(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("id NUMBER, state VARCHAR2(1)")
    keys = "CASE WHEN state = 'A' THEN id END, CASE WHEN state = 'A' THEN UPPER(state) END"
    cursor.execute(f"CREATE UNIQUE INDEX i_{table} ON {table} ({keys})")
    cursor.executemany(
        f"INSERT INTO {table} VALUES (:1, :2)", [(1, "B"), (1, "B"), (None, "A"), (1, "A")]
    )
    assert refused_with(cursor, f"INSERT INTO {table} VALUES (NULL, 'A')") == "ORA-00001"
    cursor.execute(f"DROP INDEX i_{table}")
    cursor.execute(f"INSERT INTO {table} VALUES (NULL, 'A')")
    assert refused_with(cursor, f"CREATE UNIQUE INDEX i_{table} ON {table} ({keys})") == "ORA-01452"


def test_a_key_added_later_finds_the_rows_that_break_it(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a NUMBER, b NUMBER")
    cursor.executemany(
        f"INSERT INTO {table} VALUES (:1, :2)", [(1, None), (1, None), (None, None), (None, None)]
    )
    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT u_{table} UNIQUE (b)")
    assert refused_with(cursor, f"ALTER TABLE {table} ADD UNIQUE (a, b)") == "ORA-02299"


def test_a_key_that_another_transaction_holds_is_waited_for(
    connect: Callable[..., oracledb.Connection], new_table: NewTable
) -> None:
    table = new_table("a NUMBER, b NUMBER, UNIQUE (a, b)")
    first, second = connect(), connect()
    first.cursor().execute(f"INSERT INTO {table} VALUES (1, NULL)")
    second.call_timeout = 300
    with pytest.raises(oracledb.DatabaseError, match=r"DPY-4024|ORA-01013"):
        second.cursor().execute(f"INSERT INTO {table} VALUES (1, NULL)")
    first.rollback()
    second.call_timeout = 0
    second.cursor().execute(f"INSERT INTO {table} VALUES (1, NULL)")
    assert query(second, f"SELECT COUNT(*) FROM {table}") == [(1,)]


@pytest.mark.parametrize(
    ("new", "left"),
    [
        ("id + 1", [2, 3, 4]),
        ("4 - id", [3, 2, 1]),
        ("(SELECT MAX(x.id) FROM {t} x) + 1 - id", [3, 2, 1]),
        ("MOD(id, 3) + 1", [2, 3, 1]),
    ],
)
def test_rows_may_take_each_others_keys(
    cursor: oracledb.Cursor, new_table: NewTable, new: str, left: list[int]
) -> None:
    table = new_table("id NUMBER PRIMARY KEY, b NUMBER")
    cursor.executemany(f"INSERT INTO {table} VALUES (:1, :2)", [(1, 1), (2, 2), (3, 3)])
    cursor.execute(f"UPDATE {table} SET id = {new.format(t=table)}")
    assert cursor.rowcount == 3
    assert cursor.execute(f"SELECT id FROM {table} ORDER BY b").fetchall() == [
        (key,) for key in left
    ]
    assert refused_with(cursor, f"UPDATE {table} SET id = 7") == "ORA-00001"
    assert cursor.execute(f"SELECT id FROM {table} ORDER BY b").fetchall() == [
        (key,) for key in left
    ]


def test_arrays_of_binds_give_keys_anew_too(cursor: oracledb.Cursor, new_table: NewTable) -> None:
    table = new_table("id NUMBER PRIMARY KEY")
    cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)])
    cursor.executemany(f"UPDATE {table} SET id = id + :1", [(1,), (1,)])
    assert cursor.execute(f"SELECT id FROM {table} ORDER BY id").fetchall() == [(3,), (4,)]


def test_keys_that_a_check_and_children_depend_on_are_given_anew(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    parent = new_table("id NUMBER PRIMARY KEY CHECK (id BETWEEN 1 AND 3)")
    child = new_table(f"parent NUMBER REFERENCES {parent}")
    cursor.executemany(f"INSERT INTO {parent} VALUES (:1)", [(1,), (2,), (3,)])
    cursor.execute(f"INSERT INTO {child} VALUES (1)")
    cursor.execute(f"UPDATE {parent} SET id = 4 - id")
    assert refused_with(cursor, f"UPDATE {parent} SET id = id + 1") == "ORA-02290"
    cursor.execute(f"DELETE FROM {parent} WHERE id = 3")
    assert refused_with(cursor, f"UPDATE {parent} SET id = id + 1") == "ORA-02292"
    assert cursor.execute(f"SELECT id FROM {parent} ORDER BY id").fetchall() == [(1,), (2,)]
    cursor.execute(f"DELETE FROM {child}")
    cursor.execute(f"UPDATE {parent} SET id = id + 1")
    assert cursor.execute(f"SELECT id FROM {parent} ORDER BY id").fetchall() == [(2,), (3,)]
    cursor.connection.commit()


def test_a_child_that_keys_given_anew_leave_behind_is_found(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    cursor = connection.cursor()
    parent = new_table("id NUMBER PRIMARY KEY")
    child = new_table(f"parent NUMBER REFERENCES {parent}")
    cursor.executemany(f"INSERT INTO {parent} VALUES (:1)", [(1,), (2,)])
    cursor.execute(f"INSERT INTO {child} VALUES (1)")
    assert refused_with(cursor, f"UPDATE {parent} SET id = id + 1") == "ORA-02292"
    connection.commit()
    assert query(connection, f"SELECT id FROM {parent}") == [(1,), (2,)]


def test_keys_beside_returning_or_an_index_on_an_expression_are_refused_and_kept(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("id NUMBER PRIMARY KEY")
    cursor.execute(f"CREATE INDEX i_{table} ON {table} (MOD(id, 10))")
    cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)])
    assert refused_with(cursor, f"UPDATE {table} SET id = id + 1") == "ORA-03001"
    assert refused_with(cursor, f"UPDATE {table} SET id = 2 WHERE id = 1") == "ORA-00001"
    cursor.execute(f"DROP INDEX i_{table}")
    returning = cursor.var(int, arraysize=2)
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        cursor.execute(f"UPDATE {table} SET id = id + 1 RETURNING id INTO :1", [returning])
    assert cursor.execute(f"SELECT id FROM {table} ORDER BY id").fetchall() == [(1,), (2,)]
