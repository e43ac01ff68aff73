"""INTERVAL DAY TO SECOND: its two precisions, in columns, literals, CAST and text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]


def value(connection: oracledb.Connection, expression: str) -> object:
    return query(connection, f"SELECT {expression} FROM dual")[0][0]


@pytest.mark.parametrize(
    ("declared", "given", "stored"),
    [
        ("DAY(3) TO SECOND(2)", "INTERVAL '4.567' SECOND", timedelta(seconds=4.57)),
        ("DAY(3) TO SECOND(2)", "INTERVAL '-4.565' SECOND", timedelta(seconds=-4.57)),
        ("DAY TO SECOND(0)", "INTERVAL '59.5' SECOND", timedelta(minutes=1)),
        ("DAY(3) TO SECOND", "NUMTODSINTERVAL(999, 'DAY')", timedelta(days=999)),
        ("DAY TO SECOND", "INTERVAL '1 02:03:04.567891' DAY TO SECOND", timedelta(1, 7384, 567891)),
        ("DAY TO SECOND(3)", "TIMESTAMP '2025-01-02 00:00:00.0006' - TIMESTAMP "
                             "'2025-01-01 00:00:00'",
         timedelta(days=1, milliseconds=1)),
    ],
)  # fmt: skip
def test_a_column_rounds_the_fraction(
    connection: oracledb.Connection,
    new_table: NewTable,
    declared: str,
    given: str,
    stored: timedelta,
) -> None:
    table = new_table(f"i INTERVAL {declared}")
    connection.cursor().execute(f"INSERT INTO {table} VALUES ({given})")
    connection.cursor().execute(f"INSERT INTO {table} SELECT i FROM {table}")
    assert query(connection, f"SELECT i FROM {table}") == [(stored,), (stored,)]
    assert value(connection, f"CAST({given} AS INTERVAL {declared})") == stored


@pytest.mark.parametrize("days", [1000, -1000])
def test_more_days_than_a_column_holds_are_refused(
    connection: oracledb.Connection, new_table: NewTable, days: int
) -> None:
    table = new_table("i INTERVAL DAY(3) TO SECOND(2)")
    for given in (f"NUMTODSINTERVAL({days}, 'DAY')", ":1"):
        with pytest.raises(oracledb.DatabaseError) as refused:
            binds = [timedelta(days=days)] if given == ":1" else []
            connection.cursor().execute(f"INSERT INTO {table} VALUES ({given})", binds)
        assert code_of(refused) == "ORA-01873"
    assert query(connection, f"SELECT COUNT(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize(
    ("literal", "meant"),
    [
        ("INTERVAL '99' DAY", timedelta(days=99)),
        ("INTERVAL '100' DAY(3)", timedelta(days=100)),
        ("INTERVAL '300' SECOND(3)", timedelta(seconds=300)),
        ("INTERVAL '1.235' SECOND(2, 2)", timedelta(seconds=1.24)),
        ("INTERVAL '25:10' HOUR TO MINUTE", timedelta(hours=25, minutes=10)),
        ("INTERVAL '0:1.23456789' MINUTE TO SECOND", timedelta(seconds=1, microseconds=234568)),
        ("-INTERVAL '1' HOUR", timedelta(hours=-1)),
    ],
)
def test_literals_mean_what_they_say(
    connection: oracledb.Connection, literal: str, meant: timedelta
) -> None:
    assert value(connection, literal) == meant


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("INTERVAL '100' DAY", "ORA-01873"),
        ("INTERVAL '300' SECOND", "ORA-01873"),
        ("INTERVAL '1:61' HOUR TO MINUTE", "ORA-01851"),
        ("INTERVAL '1 24' DAY TO HOUR", "ORA-01850"),
        ("INTERVAL '1.5' DAY", "ORA-01867"),
        ("INTERVAL '1' DAY(10)", "ORA-30088"),
        ("CAST(INTERVAL '10' DAY AS INTERVAL DAY(1) TO SECOND)", "ORA-01873"),
        ("NUMTODSINTERVAL(999999999, 'DAY') + NUMTODSINTERVAL(1, 'DAY')", "ORA-01873"),
        ("NUMTODSINTERVAL(999999999, 'DAY') * 2", "ORA-01873"),
    ],
)
def test_what_does_not_fit_is_refused(
    connection: oracledb.Connection, expression: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        value(connection, expression)
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("INTERVAL '1' DAY", "+01 00:00:00.000000"),
        ("INTERVAL '1 02:03:04.5' DAY(4) TO SECOND(1)", "+0001 02:03:04.5"),
        ("NUMTODSINTERVAL(-1.5, 'DAY')", "-000000001 12:00:00.000000000"),
        ("INTERVAL '1' DAY * 2", "+000000002 00:00:00.000000000"),
        ("CAST(TIMESTAMP '2025-01-02 00:00:00' AS TIMESTAMP(3)) - CAST(DATE '2025-01-01' AS "
         "TIMESTAMP(0))",
         "+000000001 00:00:00.000"),
        ("NVL(NULL, INTERVAL '1' DAY)", "+01 00:00:00.000000"),
    ],
)  # fmt: skip
def test_text_shows_the_digits_of_the_type(
    connection: oracledb.Connection, expression: str, text: str
) -> None:
    assert value(connection, f"TO_CHAR({expression})") == text
    assert value(connection, f"'' || ({expression})") == text
