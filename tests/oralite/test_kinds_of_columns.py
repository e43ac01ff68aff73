"""Each type that a column may have, from bind to fetch and in the dictionary, at its limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]

DIGITS = "12345678901234567890123456789012345678"
NUMBERS = (
    DIGITS,
    f"-{DIGITS}",
    f"0.{DIGITS}",
    f"{DIGITS[:20]}.{DIGITS[20:]}",
    "1E-130",
    "-1E-130",
    "9.9999999999999999999999999999999999999E+125",
    "-9.99E+125",
    "0",
)
MOMENT = datetime(9999, 12, 31, 23, 59, 59, 999999)

#: What the driver by itself binds as something poorer.
BOUND_AS = {
    "BINARY_DOUBLE": oracledb.DB_TYPE_BINARY_DOUBLE,
    "BINARY_FLOAT": oracledb.DB_TYPE_BINARY_FLOAT,
    "TIMESTAMP": oracledb.DB_TYPE_TIMESTAMP,
}
KINDS = [
    ("NUMBER(38)", 10**38 - 1),
    ("NUMBER(5, -2)", 1234500),
    ("BINARY_DOUBLE", 1.7976931348623157e308),
    ("BINARY_DOUBLE", 5e-324),
    ("BINARY_FLOAT", 3.4028234663852886e38),
    ("BINARY_FLOAT", -0.10000000149011612),
    ("CHAR(5)", "ab   "),
    ("CHAR(3 CHAR)", "שלו"),
    ("VARCHAR2(4000 BYTE)", "x" * 4000),
    ("VARCHAR2(1000 CHAR)", "😀" * 1000),
    ("NVARCHAR2(2000)", "ש" * 2000),
    ("NCHAR(3)", "שלו"),
    ("DATE", datetime(1, 1, 1)),
    ("DATE", MOMENT.replace(microsecond=0)),
    ("TIMESTAMP(6)", MOMENT),
    ("TIMESTAMP(9) WITH TIME ZONE", MOMENT),
    ("TIMESTAMP(0)", MOMENT.replace(microsecond=0)),
    ("INTERVAL DAY(9) TO SECOND(6)", timedelta(days=-999999999 + 1, microseconds=-1)),
    ("RAW(2000)", bytes(range(250)) * 8),
    ("LONG", "קצר"),
    ("LONG", "ש" * 70_000),
    ("LONG RAW", bytes(range(256)) * 300),
    ("CLOB", "ש😀" * 40_000),
    ("NCLOB", "ש😀" * 40_000),
    ("BLOB", bytes(range(256)) * 300),
]


@pytest.mark.parametrize("profile", ["19c", "23ai"])
@pytest.mark.parametrize(("kind", "value"), KINDS)
def test_a_value_at_the_limit_of_its_type_comes_back(
    cursor: oracledb.Cursor, new_table: NewTable, kind: str, value: Any
) -> None:
    table = new_table(f"id NUMBER, a {kind}")
    cursor.setinputsizes(None, BOUND_AS.get(kind.partition("(")[0]))
    cursor.executemany(f"INSERT INTO {table} VALUES (:1, :2)", [(1, value), (2, None)])
    cursor.execute(f"SELECT a, id FROM {table} ORDER BY id", fetch_lobs=False)
    assert cursor.fetchall() == [(value, 1), (None, 2)]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_keeps_its_38_digits_and_its_exponent(
    cursor: oracledb.Cursor, new_table: NewTable, number: str
) -> None:
    table = new_table("a NUMBER")
    cursor.execute(f"INSERT INTO {table} VALUES (:1)", [Decimal(number)])
    cursor.execute(f"INSERT INTO {table} VALUES ({number})")
    cursor.outputtypehandler = lambda cursor, _: cursor.var(
        str, 255, arraysize=cursor.arraysize, outconverter=Decimal
    )
    found = cursor.execute(f"SELECT a FROM {table}").fetchall()
    assert found == [(Decimal(number),)] * 2


SHOWN = [
    ("LONG", ("LONG", 0, None, None), oracledb.DB_TYPE_LONG),
    ("LONG RAW", ("LONG RAW", 0, None, None), oracledb.DB_TYPE_LONG_RAW),
    ("BINARY_FLOAT", ("BINARY_FLOAT", 4, None, None), oracledb.DB_TYPE_BINARY_FLOAT),
    ("BINARY_DOUBLE", ("BINARY_DOUBLE", 8, None, None), oracledb.DB_TYPE_BINARY_DOUBLE),
    ("TIMESTAMP(0)", ("TIMESTAMP(0)", 7, None, 0), oracledb.DB_TYPE_TIMESTAMP),
    ("TIMESTAMP(9)", ("TIMESTAMP(9)", 11, None, 9), oracledb.DB_TYPE_TIMESTAMP),
    (
        "TIMESTAMP(3) WITH TIME ZONE",
        ("TIMESTAMP(3) WITH TIME ZONE", 13, None, 3),
        oracledb.DB_TYPE_TIMESTAMP_TZ,
    ),
    (
        "INTERVAL DAY(4) TO SECOND(3)",
        ("INTERVAL DAY(4) TO SECOND(3)", 11, 4, 3),
        oracledb.DB_TYPE_INTERVAL_DS,
    ),
    ("VARCHAR2(9 CHAR)", ("VARCHAR2", 36, None, None), oracledb.DB_TYPE_VARCHAR),
    ("ROWID", ("ROWID", 10, None, None), oracledb.DB_TYPE_ROWID),
    ("NUMBER(5, -2)", ("NUMBER", 22, 5, -2), oracledb.DB_TYPE_NUMBER),
]


@pytest.mark.parametrize(("kind", "shown", "driver_type"), SHOWN)
def test_a_column_is_described_and_shown_as_its_type(
    connection: oracledb.Connection,
    new_table: NewTable,
    kind: str,
    shown: tuple[object, ...],
    driver_type: oracledb.DbType,
) -> None:
    table = new_table(f"a {kind}")
    cursor = connection.cursor()
    cursor.execute(f"SELECT a FROM {table}")
    assert cursor.description[0].type_code is driver_type
    sql = (
        "SELECT data_type, data_length, data_precision, data_scale FROM user_tab_columns"
        " WHERE table_name = :1"
    )
    assert query(connection, sql, table) == [shown]


def refusal(cursor: oracledb.Cursor, sql: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(sql)
    return code_of(refused)


def test_a_long_column_is_selected_and_tested_for_null_and_nothing_else(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table, copy = new_table("id NUMBER, a LONG"), new_table("a VARCHAR2(9)")
    cursor.execute(f"INSERT INTO {table} VALUES (1, 'x')")
    cursor.execute(f"UPDATE {table} SET a = 'y' WHERE a IS NOT NULL")
    assert cursor.execute(f"SELECT a FROM {table}").fetchall() == [("y",)]
    assert refusal(cursor, f"SELECT 1 FROM {table} WHERE a = 'y'") == "ORA-00997"
    assert refusal(cursor, f"SELECT a FROM {table} ORDER BY a") == "ORA-00997"
    assert refusal(cursor, f"INSERT INTO {copy} SELECT a FROM {table}") == "ORA-00997"
    assert refusal(cursor, f"SELECT SUBSTR(a, 1, 1) FROM {table}") == "ORA-00932"
    assert refusal(cursor, f"ALTER TABLE {table} ADD (b LONG RAW)") == "ORA-01754"
    cursor.execute(f"ALTER TABLE {table} MODIFY (a CLOB)")
    assert cursor.execute(f"SELECT INSTR(a, 'y') FROM {table}").fetchall() == [(1,)]


def test_a_single_precision_column_rounds_and_refuses_what_is_too_great(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a BINARY_FLOAT")
    cursor.execute(f"INSERT INTO {table} VALUES (0.1)")
    assert cursor.execute(f"SELECT a FROM {table}").fetchall() == [(0.10000000149011612,)]
    assert cursor.execute("SELECT CAST(0.1 AS BINARY_FLOAT) FROM dual").fetchall() == [
        (0.10000000149011612,)
    ]
    assert refusal(cursor, f"INSERT INTO {table} VALUES (1E100)") == "ORA-01426"


@pytest.mark.oralite_only
@pytest.mark.parametrize(
    "kind",
    [
        "TIMESTAMP WITH LOCAL TIME ZONE",
        "INTERVAL YEAR TO MONTH",
        "BFILE",
        "UROWID",
        "XMLTYPE",
        "JSON",
        "BOOLEAN",
        "VECTOR",
    ],
)
def test_a_type_that_is_not_there_is_refused_by_name(cursor: oracledb.Cursor, kind: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=f"ORA-03001: .*{kind}"):
        cursor.execute(f"CREATE TABLE none (a {kind})")


def test_a_moment_is_shown_with_all_its_digits_and_its_offset(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("a TIMESTAMP(9) WITH TIME ZONE")
    for offset in ("+02:00", "-05:30", "+00:00"):
        cursor.execute(
            f"INSERT INTO {table} VALUES (TIMESTAMP '2024-02-29 23:59:59.123456789 {offset}')"
        )
    found = cursor.execute(
        f"""SELECT TO_CHAR(a, 'YYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM') FROM {table}"""
    ).fetchall()
    assert [text for (text,) in found] == [
        "2024-02-29T23:59:59.123456789+02:00",
        "2024-02-29T23:59:59.123456789-05:30",
        "2024-02-29T23:59:59.123456789+00:00",
    ]
