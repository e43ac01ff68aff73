"""Names that only quotes allow: other letters, other signs, 128 bytes, upper and lower case
apart."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from oralite.catalog.names import read_stored, stored_name
from tests.oralite.driver import code_of, query

Connect = Callable[..., oracledb.Connection]

ODD = (
    "Orders",
    "orders",
    "ORDERS",
    "a/b",
    "../../etc/passwd",
    "..",
    "~A",
    "a",
    "A B, C",
    "O'Neil; DROP TABLE x --",
    "הזמנות",
    "x" * 128,
    "X" * 128,
    "א" * 64,
    "new\nline",
    "%s {0} \\n",
    "SELECT",
    "oralite#objects",
)


@pytest.mark.oralite_only
def test_tables_of_any_names_stand_beside_each_other(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    for number, name in enumerate(ODD):
        cursor.execute(f'CREATE TABLE "{name}" ("{name}" NUMBER, "Other" NUMBER)')
        cursor.execute(f'INSERT INTO "{name}" VALUES (:1, 1)', [number])
        cursor.execute(f"""COMMENT ON COLUMN "{name}"."{name}" IS 'c{number}'""")
    connection.commit()
    for number, name in enumerate(ODD):
        assert query(connection, f'SELECT "{name}" FROM "{name}"') == [(number,)]
        cursor.execute(f'UPDATE "{name}" SET "{name}" = -1 WHERE "{name}" = :1', [number])
        assert cursor.rowcount == 1
    sql = "SELECT table_name, column_name FROM user_tab_columns WHERE column_id = 1"
    assert sorted(query(connection, sql)) == sorted((name, name) for name in ODD)
    comments = "SELECT column_name, comments FROM user_col_comments WHERE comments IS NOT NULL"
    assert dict(query(connection, comments)) == {
        name: f"c{number}" for number, name in enumerate(ODD)
    }


@pytest.mark.oralite_only
def test_names_that_differ_in_case_only_are_two(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute('CREATE TABLE t ("a" NUMBER, a NUMBER, "A b" NUMBER, "a b" NUMBER)')
    cursor.execute("INSERT INTO t VALUES (1, 2, 3, 4)")
    assert query(connection, 'SELECT "a b", "A b", "A", "a" FROM t') == [(4, 3, 2, 1)]
    cursor.execute('CREATE INDEX "i" ON t (a)')
    cursor.execute('CREATE INDEX i ON t ("a")')
    cursor.execute('CREATE VIEW "v" AS SELECT "a" FROM t')
    cursor.execute("CREATE VIEW v AS SELECT a FROM t")
    assert query(connection, 'SELECT * FROM v, "v"') == [(2, 1)]


@pytest.mark.oralite_only
@pytest.mark.parametrize("name", ["a.b", "x, y", "it's", "Mixed", "שם"])
def test_an_error_names_what_was_quoted_as_it_was_written(
    connection: oracledb.Connection, name: str
) -> None:
    cursor = connection.cursor()
    cursor.execute(
        f'CREATE TABLE "t {name}" ("{name}" NUMBER NOT NULL, b NUMBER, c NUMBER,'
        f' CONSTRAINT "u {name}" UNIQUE ("{name}", b), CONSTRAINT "c {name}" CHECK (c > 0))'
    )
    cursor.execute(f'CREATE UNIQUE INDEX "i {name}" ON "t {name}" (MOD(c, 10))')
    insert = f'INSERT INTO "t {name}" VALUES (:1, :2, :3)'
    cursor.execute(insert, [1, 1, 1])
    for row, text in (
        ((1, 1, 2), f"ORA-00001: unique constraint (APP.u {name}) violated"),
        ((2, 2, 11), f"ORA-00001: unique constraint (APP.i {name}) violated"),
        ((3, 3, -1), f"ORA-02290: check constraint (APP.c {name}) violated"),
        ((None, 1, 3), f'ORA-01400: cannot insert NULL into ("APP"."t {name}"."{name}")'),
    ):
        with pytest.raises(oracledb.IntegrityError) as refused:
            cursor.execute(insert, row)
        assert str(refused.value).splitlines()[0] == text
    alter = f'ALTER TABLE "t {name}" ADD CONSTRAINT "d {name}" CHECK (c > 5)'
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(alter)
    assert f"ORA-02293: cannot validate (APP.d {name})" in str(refused.value)


@pytest.mark.oralite_only
def test_a_row_of_an_oddly_named_table_is_locked(
    connection: oracledb.Connection, connect: Connect
) -> None:
    connection.cursor().execute('CREATE TABLE "my.table" ("Id" NUMBER)')
    connection.cursor().execute('INSERT INTO "my.table" VALUES (1)')
    connection.commit()
    connection.cursor().execute('SELECT * FROM "my.table" FOR UPDATE')
    other = connect().cursor()
    for sql in ('SELECT * FROM "my.table" FOR UPDATE NOWAIT', 'DROP TABLE "my.table"'):
        with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
            other.execute(sql)
    connection.rollback()
    other.execute('DROP TABLE "my.table"')


@pytest.mark.parametrize(
    ("name", "code"), [("x" * 129, "ORA-00972"), ("א" * 65, "ORA-00972"), ("", "ORA-01741")]
)
def test_a_name_of_more_than_128_bytes_or_none_is_refused(
    connection: oracledb.Connection, name: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        connection.cursor().execute(f'CREATE TABLE "{name}" (a NUMBER)')
    assert code_of(refused) == code


@pytest.mark.parametrize(
    "names", [("APP", "T", "C"), ("a", "A"), ("~", "~~A", "~a"), ("a.b", ".", ","), ("'", "א\n")]
)
def test_stored_names_are_read_as_what_they_were(names: tuple[str, ...]) -> None:
    stored = stored_name(*names)
    assert read_stored(stored) == names
    assert stored == stored.upper()


def test_different_names_are_stored_as_different_ones() -> None:
    pairs = [("A", "B.C"), ("A.B", "C"), ("a", "B.C"), ("~A", "B.C"), ("A", "B", "C")]
    assert len({stored_name(*names).upper() for names in pairs}) == len(pairs)
