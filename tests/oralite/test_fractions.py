"""The fraction of a second in text: FF shows as many digits as the type of the time has."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from tests.oralite.driver import query

NewTable = Callable[[str], str]


@pytest.mark.parametrize(
    ("digits", "model", "text"),
    [
        (3, "FF", "124"),
        (1, "FF", "1"),
        (6, "FF", "123600"),
        (9, "FF", "123600000"),
        (3, "FF2", "12"),
        (3, "FF6", "124000"),
        (3, "SSXFF", "15.124"),
        (0, "SSXFF", "15"),
        (3, "SS", "15"),
    ],
)
def test_ff_has_the_columns_own_precision(
    connection: oracledb.Connection, new_table: NewTable, digits: int, model: str, text: str
) -> None:
    table = new_table(f"a TIMESTAMP({digits}), z TIMESTAMP({digits}) WITH TIME ZONE")
    moment = "TIMESTAMP '2025-02-28 13:14:15.1236'"
    connection.cursor().execute(f"INSERT INTO {table} VALUES ({moment}, FROM_TZ({moment}, 'UTC'))")
    sql = (
        f"SELECT TO_CHAR(a, '{model}'), TO_CHAR(z, '{model}'), TO_CHAR(NVL(a, a), '{model}') "
        f"FROM {table}"
    )
    assert query(connection, sql) == [(text,) * 3]
    assert query(connection, f"SELECT TO_CHAR(MAX(a), '{model}') FROM {table}") == [(text,)]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("TIMESTAMP '2025-01-01 10:00:00.5'", "500000000"),
        ("TIMESTAMP '2025-01-01 10:00:00.123456789'", "123456789"),
        ("TO_TIMESTAMP('10.25', 'SS.FF')", "250000000"),
        ("TO_TIMESTAMP('10.123456789', 'SS.FF')", "123456789"),
        ("TO_TIMESTAMP_TZ('10.123456789 +02:00', 'SS.FF9 TZH:TZM')", "123456789"),
        ("CAST(TIMESTAMP '2025-01-01 10:00:00.123456' AS TIMESTAMP(4))", "1235"),
        ("CAST(TIMESTAMP '2025-01-01 10:00:00.5' AS TIMESTAMP)", "500000"),
        ("CAST(DATE '2025-01-01' AS TIMESTAMP(2))", "00"),
        ("CAST(TIMESTAMP '2025-01-01 10:00:00' AS TIMESTAMP(3)) + INTERVAL '1' DAY", "000000000"),
        (
            "CASE WHEN 1 = 2 THEN CAST(NULL AS TIMESTAMP(1)) ELSE CAST(DATE '2025-01-01' AS "
            "TIMESTAMP(2)) END",
            "00",
        ),
    ],
)
def test_ff_has_the_precision_of_an_expression(
    connection: oracledb.Connection, expression: str, text: str
) -> None:
    assert query(connection, f"SELECT TO_CHAR({expression}, 'FF') FROM dual") == [(text,)]


def test_a_clock_has_the_digits_that_it_is_asked_for(connection: oracledb.Connection) -> None:
    clocks = "LENGTH(TO_CHAR(SYSTIMESTAMP(2), 'FF')), LENGTH(TO_CHAR(SYSTIMESTAMP, 'FF'))"
    assert query(
        connection, f"SELECT {clocks}, LENGTH(TO_CHAR(LOCALTIMESTAMP(4), 'FF')) FROM dual"
    ) == [(2, 6, 4)]


def test_text_made_unasked_has_the_columns_precision(
    connection: oracledb.Connection, new_table: NewTable
) -> None:
    table = new_table("a TIMESTAMP(3)")
    connection.cursor().execute(f"INSERT INTO {table} VALUES (TIMESTAMP '2025-02-28 13:14:15.1')")
    assert query(connection, f"SELECT 'at ' || a FROM {table}") == [
        ("at 28-FEB-25 01.14.15.100 PM",)
    ]
