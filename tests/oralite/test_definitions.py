"""DDL through the driver: what it makes, what it refuses, what the dictionary shows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

NewTable = Callable[[str], str]


def fetch(cursor: oracledb.Cursor, sql: str, *binds: Any) -> list[Any]:
    return list(cursor.execute(sql, list(binds)).fetchall())


def code_of(cursor: oracledb.Cursor, sql: str) -> int:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(sql)
    return int(raised.value.args[0].code)


def test_what_is_there_already_is_refused_by_its_own_code(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a NUMBER, b NUMBER")
    cursor.execute(f"CREATE INDEX {table}_A ON {table} (a)")
    assert code_of(cursor, f"CREATE TABLE {table} (a NUMBER)") == 955
    assert code_of(cursor, f"CREATE INDEX {table}_A ON {table} (b)") == 955
    assert code_of(cursor, f"CREATE INDEX {table}_B ON {table} (a)") == 1408
    assert code_of(cursor, f"ALTER TABLE {table} ADD (b NUMBER)") == 1430
    assert code_of(cursor, f"DROP INDEX {table}_NONE") == 1418
    assert code_of(cursor, f"DROP TABLE {table}_NONE") == 942


BLOCK = (
    "BEGIN EXECUTE IMMEDIATE q'[{}]'; EXCEPTION "
    "WHEN OTHERS THEN IF SQLCODE NOT IN ({}) THEN RAISE; END IF; END;"
)


def test_the_block_of_the_init_script_forgives_the_codes_it_names(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a NUMBER")
    cursor.execute(BLOCK.format(f"CREATE TABLE {table} (a NUMBER)", "-955,-1430"))
    assert code_of(cursor, BLOCK.format(f"CREATE TABLE {table} (a NUMBER)", "-1430")) == 955
    cursor.execute(
        BLOCK.format(f"ALTER TABLE {table} ADD (note VARCHAR2(5) DEFAULT 'it''s')", "-955")
    )
    cursor.execute(f"INSERT INTO {table} (a) VALUES (1)")
    assert fetch(cursor, f"SELECT note FROM {table}") == [("it's",)]


def test_a_block_runs_a_statement_for_each_row_of_a_query(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a VARCHAR2(99)")
    cursor.execute(f"INSERT INTO {table} SELECT '{table}_' || LEVEL FROM dual CONNECT BY LEVEL < 3")
    loop = (
        "BEGIN FOR one IN (SELECT a FROM {}) LOOP "
        "EXECUTE IMMEDIATE '{} TABLE ' || one.a || ' {}'; END LOOP; END;"
    )
    cursor.execute(loop.format(table, "CREATE", "(b NUMBER)"))
    assert fetch(cursor, f"SELECT COUNT(*) FROM {table}_1, {table}_2") == [(0,)]
    cursor.execute(loop.format(table, "DROP", "PURGE"))
    assert code_of(cursor, f"SELECT 1 FROM {table}_2") == 942
    # Without a row nothing is run.
    cursor.execute(f"DELETE FROM {table}")
    cursor.execute(loop.format(table, "DROP", "PURGE"))


def test_alter_table_keeps_the_rows(cursor: oracledb.Cursor, new_table: NewTable) -> None:
    table = new_table("id NUMBER, name VARCHAR2(5), gone NUMBER")
    cursor.execute(f"INSERT INTO {table} VALUES (1, 'a', 2)")
    cursor.execute(f"ALTER TABLE {table} ADD (n NUMBER DEFAULT 7 NOT NULL, d DATE)")
    cursor.execute(f"ALTER TABLE {table} MODIFY (name VARCHAR2(50))")
    cursor.execute(f"ALTER TABLE {table} DROP COLUMN gone")
    cursor.execute(f"ALTER TABLE {table} RENAME COLUMN name TO title")
    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_PK PRIMARY KEY (id)")
    cursor.execute(f"UPDATE {table} SET title = '{'x' * 50}'")
    assert fetch(cursor, f"SELECT id, LENGTH(title), n, d FROM {table}") == [(1, 50, 7, None)]
    assert code_of(cursor, f"INSERT INTO {table} (id) VALUES (1)") == 1
    assert code_of(cursor, f"ALTER TABLE {table} MODIFY (title VARCHAR2(5))") in (1441, 12899)


def test_ddl_commits_what_was_open(connection: oracledb.Connection, new_table: NewTable) -> None:
    cursor = connection.cursor()
    table = new_table("a NUMBER")
    cursor.execute(f"INSERT INTO {table} VALUES (1)")
    cursor.execute(f"CREATE INDEX {table}_A ON {table} (a)")
    connection.rollback()
    assert fetch(cursor, f"SELECT a FROM {table}") == [(1,)]


def test_truncate_empties_a_table_at_once(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    cursor = connection.cursor()
    table = new_table("a NUMBER")
    cursor.execute(f"INSERT INTO {table} VALUES (1)")
    cursor.execute(f"TRUNCATE TABLE {table}")
    connection.rollback()
    assert fetch(cursor, f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_the_dictionary_knows_tables_columns_indexes_and_constraints(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10) PRIMARY KEY, name VARCHAR2(20) NOT NULL, at TIMESTAMP(3)")
    cursor.execute(f"CREATE INDEX {table}_N ON {table} (name, at DESC)")
    assert fetch(cursor, "SELECT COUNT(*) FROM user_tables WHERE table_name = :1", table) == [(1,)]
    columns = fetch(
        cursor,
        "SELECT column_name, data_type, data_length, data_precision, nullable FROM user_tab_columns"
        " WHERE table_name = :1 ORDER BY column_id",
        table,
    )
    assert columns == [
        ("ID", "NUMBER", 22, 10, "N"),
        ("NAME", "VARCHAR2", 20, None, "N"),
        ("AT", "TIMESTAMP(3)", 11, None, "Y"),
    ]
    indexes = "SELECT uniqueness FROM user_indexes WHERE table_name = :1 ORDER BY uniqueness"
    assert fetch(cursor, indexes, table) == [("NONUNIQUE",), ("UNIQUE",)]
    kinds = (
        "SELECT constraint_type FROM user_constraints WHERE table_name = :1 "
        "ORDER BY constraint_type"
    )
    assert fetch(cursor, kinds, table) == [("C",), ("P",)]
    owned = "SELECT COUNT(*) FROM all_tab_columns WHERE owner = USER AND table_name = :1"
    assert fetch(cursor, owned, table) == [(3,)]


@pytest.mark.parametrize(
    "look_up", ["v$version", "product_component_version", "nls_session_parameters", "all_users"]
)
def test_look_ups_that_tools_make_give_rows(cursor: oracledb.Cursor, look_up: str) -> None:
    assert fetch(cursor, f"SELECT * FROM {look_up}")


@pytest.mark.oralite_only
def test_views_and_sequences(cursor: oracledb.Cursor, new_table: NewTable) -> None:
    table = new_table("id NUMBER, name VARCHAR2(5)")
    cursor.execute("CREATE SEQUENCE numbers START WITH 10 INCREMENT BY 5")
    cursor.execute(f"INSERT INTO {table} VALUES (numbers.NEXTVAL, 'a')")
    cursor.execute(f"INSERT INTO {table} VALUES (numbers.NEXTVAL, 'b')")
    cursor.execute(
        f"CREATE OR REPLACE VIEW shouted (id, loud) AS SELECT id, UPPER(name) FROM {table}"
    )
    assert fetch(cursor, "SELECT loud, id FROM shouted ORDER BY id") == [("A", 10), ("B", 15)]
    assert fetch(cursor, "SELECT numbers.CURRVAL FROM dual") == [(15,)]


@pytest.mark.oralite_only
def test_statistics_can_be_read_by_sql(cursor: oracledb.Cursor) -> None:
    read = "SELECT value FROM v$oralite_stats WHERE name = 'statements_delete'"
    before = fetch(cursor, read)
    cursor.execute("CREATE TABLE counted (a NUMBER)")
    cursor.execute("DELETE FROM counted")
    assert fetch(cursor, read)[0][0] == (before[0][0] if before else 0) + 1


@pytest.mark.oralite_only
def test_the_clock_moves_by_alter_system(cursor: oracledb.Cursor) -> None:
    before = fetch(cursor, "SELECT SYSDATE FROM dual")[0][0]
    cursor.execute("ALTER SYSTEM SET oralite_clock_offset_seconds = 86400")
    after = fetch(cursor, "SELECT SYSDATE FROM dual")[0][0]
    assert (after - before).days == 1


def test_a_key_is_disabled_and_enabled_again_unless_rows_have_it_twice(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a NUMBER, b NUMBER")
    key = f"{table}_K"
    read = f"SELECT status, index_name FROM user_constraints WHERE constraint_name = '{key}'"
    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} PRIMARY KEY (a)")
    cursor.execute(f"ALTER TABLE {table} DISABLE PRIMARY KEY")
    assert fetch(cursor, read) == [("DISABLED", None)]
    cursor.execute(f"INSERT INTO {table} SELECT 1, LEVEL FROM dual CONNECT BY LEVEL <= 2")
    assert code_of(cursor, f"ALTER TABLE {table} ENABLE CONSTRAINT {key}") == 2437
    cursor.execute(f"DELETE FROM {table} WHERE b = 2")
    cursor.execute(f"ALTER TABLE {table} ENABLE CONSTRAINT {key}")
    assert fetch(cursor, read) == [("ENABLED", key)]
    assert code_of(cursor, f"INSERT INTO {table} VALUES (1, 2)") == 1
    assert code_of(cursor, f"ALTER TABLE {table} DISABLE CONSTRAINT {table}_NONE") == 2431


@pytest.mark.oralite_only
@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE TABLE t", "ALTER TABLE t ADD b NUMBER", "CREATE INDEX i ON t (a)",
     "ALTER TABLE t DISABLE ALL TRIGGERS"],
)  # fmt: skip
def test_ddl_on_a_table_moves_its_last_ddl_time(cursor: oracledb.Cursor, statement: str) -> None:
    read = "SELECT last_ddl_time - created FROM user_objects WHERE object_name = 'T'"
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute("ALTER SYSTEM SET oralite_clock_offset_seconds = 86400")
    cursor.execute("ANALYZE TABLE t COMPUTE STATISTICS")
    assert fetch(cursor, read) == [(0,)]
    cursor.execute(statement)
    assert int(fetch(cursor, read)[0][0]) == 1
