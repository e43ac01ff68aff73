"""ALTER SESSION carries out a parameter or refuses it, and takes none without effect."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from tests.oralite.driver import code_of, query

Connect = Callable[..., oracledb.Connection]


@pytest.mark.parametrize(
    ("setting", "expression", "text"),
    [
        ("NLS_DATE_FORMAT = 'YYYY-MM-DD'", "TO_CHAR(DATE '2025-02-28')", "2025-02-28"),
        ("NLS_TIMESTAMP_FORMAT = 'SS.FF3'", "TO_CHAR(TIMESTAMP '2025-02-28 10:00:07.5')", "07.500"),
        (
            "NLS_TIMESTAMP_TZ_FORMAT = 'HH24 TZH'",
            "TO_CHAR(TIMESTAMP '2025-02-28 10:00:07 +02:00')",
            "10 +02",
        ),
        ("TIME_ZONE = '+03:00'", "SESSIONTIMEZONE", "+03:00"),
        ("NLS_NUMERIC_CHARACTERS = '.,'", "TO_CHAR(1.5)", "1.5"),
        (
            "NLS_LANGUAGE = American NLS_TERRITORY = America",
            "TO_CHAR(DATE '2025-02-28')",
            "28-FEB-25",
        ),
        ("NLS_SORT = BINARY NLS_COMP = BINARY", "'a' || 'B'", "aB"),
        ("NLS_CALENDAR = 'GREGORIAN'", "TO_CHAR(DATE '2025-02-28', 'YYYY')", "2025"),
        ("ISOLATION_LEVEL = READ COMMITTED", "'x'", "x"),
    ],
)
def test_what_is_taken_is_carried_out(
    connection: oracledb.Connection, setting: str, expression: str, text: str
) -> None:
    connection.cursor().execute(f"ALTER SESSION SET {setting}")
    assert query(connection, f"SELECT {expression} FROM dual") == [(text,)]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("NLS_NUMERIC_CHARACTERS = ',.'", "ORA-03001"),
        ("NLS_LANGUAGE = 'GERMAN'", "ORA-03001"),
        ("NLS_TERRITORY = 'GERMANY'", "ORA-03001"),
        ("NLS_DATE_LANGUAGE = 'FRENCH'", "ORA-03001"),
        ("NLS_SORT = 'BINARY_CI'", "ORA-03001"),
        ("NLS_CALENDAR = 'THAI BUDDHA'", "ORA-03001"),
        ("NLS_LENGTH_SEMANTICS = 'CHAR'", "ORA-03001"),
        ("NLS_CHARACTERSET = 'WE8ISO8859P1'", "ORA-02248"),
        ("ISOLATION_LEVEL = SERIALIZABLE", "ORA-03001"),
        ("NO_SUCH_PARAMETER = 1", "ORA-02248"),
        ("NLS_DATE_FORMAT = 'nonsense'", "ORA-01821"),
        ("NLS_DATE_FORMAT = 'YYYY-MM-DD' NLS_SORT = 'GERMAN'", "ORA-03001"),
    ],
)
def test_what_is_not_carried_out_is_refused_and_changes_nothing(
    connection: oracledb.Connection, setting: str, code: str
) -> None:
    before = query(connection, "SELECT parameter, value FROM nls_session_parameters")
    with pytest.raises(oracledb.DatabaseError) as refused:
        connection.cursor().execute(f"ALTER SESSION SET {setting}")
    assert code_of(refused) == code
    assert query(connection, "SELECT parameter, value FROM nls_session_parameters") == before


def test_a_territory_brings_its_formats(connection: oracledb.Connection) -> None:
    connection.cursor().execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY'")
    connection.cursor().execute("ALTER SESSION SET NLS_TERRITORY = 'AMERICA'")
    assert query(connection, "SELECT TO_CHAR(DATE '2025-02-28') FROM dual") == [("28-FEB-25",)]


def test_what_drivers_set_at_log_in_is_taken(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORA_SDTZ", "+02:00")
    assert query(connect(), "SELECT SESSIONTIMEZONE FROM dual") == [("+02:00",)]
