"""What Oracle refuses for how it is written: names, lengths, limits, orders."""

from __future__ import annotations

from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of

ONE = "FETCH FIRST 1 ROW ONLY"
ITEMS = ", ".join(map(str, range(1001)))


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT 1 AS session FROM dual", "ORA-00923"),
        ("SELECT 1 size FROM dual", "ORA-00923"),
        ("SELECT 1 FROM dual level", "ORA-00933"),
        ("SELECT 1 FROM user", "ORA-00903"),
        ("CREATE TABLE refused (a NUMBER, mode NUMBER)", "ORA-00904"),
        ("CREATE TABLE session (a NUMBER)", "ORA-00903"),
        (f"SELECT 1 FROM dual WHERE 1 IN ({ITEMS})", "ORA-01795"),
        (f"SELECT '{'x' * 4001}' FROM dual", "ORA-01704"),
        (f"SELECT '{'é' * 2001}' FROM dual", "ORA-01704"),
        ("SELECT 1 FROM dual WHERE 1 IN (SELECT 1 AS n FROM dual ORDER BY n)", "ORA-00907"),
        ("SELECT (SELECT 1 AS n FROM dual ORDER BY n) FROM dual", "ORA-00907"),
        ("SELECT dummy, dummy FROM dual FETCH FIRST 1 ROW ONLY", "ORA-00918"),
        ("SELECT 1 AS n, 2 AS n FROM dual OFFSET 0 ROWS", "ORA-00918"),
    ],
)
def test_a_statement_is_refused(cursor: oracledb.Cursor, statement: str, code: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(statement)
    assert code_of(raised) == code


@pytest.mark.parametrize("name", ["date", "level", "number", "user"])
def test_no_bind_has_a_reserved_word_for_a_name(cursor: oracledb.Cursor, name: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(f"SELECT :{name} FROM dual", {name: 1})
    assert code_of(raised) == "ORA-01745"


def test_no_sequence_is_drawn_beside_a_limit(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE SEQUENCE refused_seq")
    try:
        with pytest.raises(oracledb.DatabaseError) as raised:
            cursor.execute("SELECT refused_seq.NEXTVAL FROM dual FETCH FIRST 1 ROW ONLY")
    finally:
        cursor.execute("DROP SEQUENCE refused_seq")
    assert code_of(raised) == "ORA-02287"


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ('SELECT 1 AS "SESSION" FROM dual', 1),
        ("SELECT 1 AS locked FROM dual", 1),
        (f"SELECT COUNT(*) FROM dual WHERE 1 IN ({ITEMS[: ITEMS.rindex(',')]})", 1),
        (f"SELECT LENGTH('{'é' * 2000}') FROM dual", 2000),
        (f"SELECT 1 FROM dual WHERE 1 IN (SELECT 1 AS n FROM dual ORDER BY n {ONE})", 1),
        ("SELECT n FROM (SELECT 1 AS n FROM dual ORDER BY n)", 1),
    ],
)
def test_what_is_near_it_is_taken(cursor: oracledb.Cursor, statement: str, answer: Any) -> None:
    assert cursor.execute(statement).fetchall() == [(answer,)]
