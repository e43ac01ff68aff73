"""What the dictionary and the driver show of columns, rows and sessions, as with Oracle."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
COLUMNS = "data_type, data_length, data_precision, data_scale, char_length, char_used"


@pytest.mark.parametrize(
    ("declared", "reported"),
    [
        ("NUMBER", ("NUMBER", 22, None, None, 0, None)),
        ("NUMBER(9, 2)", ("NUMBER", 22, 9, 2, 0, None)),
        ("INTEGER", ("NUMBER", 22, None, 0, 0, None)),
        ("NUMBER(*, 3)", ("NUMBER", 22, None, 3, 0, None)),
        ("FLOAT", ("FLOAT", 22, 126, None, 0, None)),
        ("FLOAT(24)", ("FLOAT", 22, 24, None, 0, None)),
        ("REAL", ("FLOAT", 22, 63, None, 0, None)),
        ("DOUBLE PRECISION", ("FLOAT", 22, 126, None, 0, None)),
        ("VARCHAR2(20)", ("VARCHAR2", 20, None, None, 20, "B")),
        ("NVARCHAR2(20)", ("NVARCHAR2", 40, None, None, 20, "C")),
        ("NCHAR(3)", ("NCHAR", 6, None, None, 3, "C")),
        ("NCLOB", ("NCLOB", 4000, None, None, 0, None)),
        ("TIMESTAMP(3)", ("TIMESTAMP(3)", 11, None, 3, 0, None)),
    ],
)
def test_a_column_is_reported_as_it_was_declared_and_as_it_was_selected(
    connection: oracledb.Connection, declared: str, reported: tuple[object, ...]
) -> None:
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE first_one (a {declared})")
    cursor.execute("CREATE VIEW v AS SELECT a FROM first_one")
    cursor.execute("CREATE TABLE second_one AS SELECT a FROM v")
    for table in ("FIRST_ONE", "SECOND_ONE"):
        sql = f"SELECT {COLUMNS} FROM user_tab_columns WHERE table_name = :1"
        assert query(connection, sql, table) == [reported]


def test_checked_columns_are_reported_with_their_constraint(
    connection: oracledb.Connection,
) -> None:
    connection.cursor().execute(
        "CREATE TABLE t (a NUMBER, b NUMBER, c NUMBER, CONSTRAINT ck CHECK (c > a OR c IS NULL))"
    )
    sql = "SELECT column_name, position FROM user_cons_columns WHERE constraint_name = 'CK'"
    assert query(connection, sql) == [("A", None), ("C", None)]


@pytest.mark.parametrize("profile", ["19c", "23ai"])
def test_national_text_travels_and_is_reported_as_such(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (a NVARCHAR2(9), b NCHAR(4), c NCLOB, d VARCHAR2(9 CHAR))")
    cursor.execute("INSERT INTO t VALUES (:1, :2, :3, :4)", ["שלום😀", "א", "ש" * 5000, "ב"])
    for _ in range(2):
        cursor.execute("SELECT a, b, c, d FROM t", fetch_lobs=False)
        assert cursor.fetchall() == [("שלום😀", "א   ", "ש" * 5000, "ב")]
    kinds = [column.type_code.name for column in cursor.description]
    assert kinds == [
        "DB_TYPE_NVARCHAR",
        "DB_TYPE_NCHAR",
        "DB_TYPE_LONG_NVARCHAR",
        "DB_TYPE_VARCHAR",
    ]
    assert cursor.description[0].internal_size == 18
    lob = cursor.execute("SELECT c FROM t").fetchone()[0]
    assert (lob.type.name, lob.read()) == ("DB_TYPE_NCLOB", "ש" * 5000)


def test_a_float_is_reported_and_fetched_as_one(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (a FLOAT, b NUMBER)")
    cursor.execute("INSERT INTO t VALUES (5, 5)")
    found = cursor.execute("SELECT a, b FROM t").fetchone()
    assert (cursor.description[0].precision, cursor.description[0].scale) == (126, -127)
    assert [type(value) for value in found] == [float, int]


def test_the_last_changed_row_is_reported(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (a NUMBER)")
    assert cursor.lastrowid is None
    cursor.executemany("INSERT INTO t VALUES (:1)", [(number,) for number in range(70_000)])
    assert query(connection, "SELECT a FROM t WHERE ROWID = :1", cursor.lastrowid) == [(69_999,)]
    cursor.execute("UPDATE t SET a = -1 WHERE a = 5")
    assert query(connection, "SELECT a FROM t WHERE ROWID = :1", cursor.lastrowid) == [(-1,)]
    cursor.execute("DELETE FROM t WHERE a = 5")
    assert cursor.lastrowid is None


def test_the_rowid_of_any_row_comes_back(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute("INSERT INTO t SELECT LEVEL FROM dual CONNECT BY LEVEL <= 300000")
    for row in (1, 65_535, 65_536, 262_143, 262_144, 300_000):
        [(rowid,)] = query(connection, f"SELECT ROWID FROM t WHERE a = {row}")
        assert query(connection, "SELECT a FROM t WHERE ROWID = :1", rowid) == [(row,)]


@pytest.mark.parametrize(
    "text",
    [
        "AAAABkAAAAAAAAAAA",
        "AAAABkAAAAAAAAAAAAA",
        "AAAABkAAAAAAAAAA==",
        "AAAABk-AAAAAAAAAAA",
        "שלום",
    ],
)
def test_a_text_that_is_no_rowid_is_refused(connection: oracledb.Connection, text: str) -> None:
    connection.cursor().execute("CREATE TABLE t (a NUMBER)")
    connection.cursor().execute("INSERT INTO t VALUES (1)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01410"):
        query(connection, "SELECT a FROM t WHERE ROWID = :1", text)


def test_the_current_schema_is_reported_when_it_is_changed(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE USER other IDENTIFIED BY Secret1")
    cursor.execute("ALTER SESSION SET TIME_ZONE = '+00:00'")
    assert connection.current_schema is None
    cursor.execute("ALTER SESSION SET CURRENT_SCHEMA = other")
    assert connection.current_schema == "OTHER"
    connection.current_schema = "APP"
    assert query(connection, "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual") == [
        ("APP",)
    ]


def test_what_a_client_says_of_itself_is_reported(
    connection: oracledb.Connection, connect: Connect
) -> None:
    connection.module, connection.action = "billing", "month"
    connection.client_identifier, connection.clientinfo = "me", "here"
    names = ("MODULE", "ACTION", "CLIENT_IDENTIFIER", "CLIENT_INFO", "SID")
    asked = ", ".join(f"SYS_CONTEXT('USERENV', '{name}')" for name in names)
    [(*reported, sid)] = query(connection, f"SELECT {asked} FROM dual")
    assert reported == ["billing", "month", "me", "here"]
    sql = "SELECT module, action FROM v$session WHERE sid = :1"
    assert query(connect(), sql, int(str(sid))) == [("billing", "month")]
    connection.action = None
    assert query(connection, "SELECT SYS_CONTEXT('USERENV', 'ACTION') FROM dual") == [(None,)]


def test_a_returned_text_that_does_not_fit_its_variable_is_reported(
    connection: oracledb.Connection,
) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE t (a VARCHAR2(40))")
    for text, size in (("short", 5), ("ש" * 4, 2), ("x" * 9, 3)):
        bind = cursor.var(str, size)
        cursor.execute("INSERT INTO t VALUES (:1) RETURNING a INTO :2", [text, bind])
        assert bind.getvalue() == [text]
    with pytest.raises(oracledb.DatabaseError) as error:
        cursor.execute(
            "INSERT INTO t VALUES (:1) RETURNING a INTO :2", ["שלום עולם", cursor.var(str, 3)]
        )
    assert code_of(error) == "DPY-4002"


def test_a_lob_is_opened_and_closed_once(connection: oracledb.Connection, server: Server) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB)
    lob.open()
    with pytest.raises(oracledb.DatabaseError, match="ORA-22293"):
        lob.open()
    lob.close()
    with pytest.raises(oracledb.DatabaseError, match="ORA-22289"):
        lob.close()
