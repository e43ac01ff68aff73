"""CHAR and VARCHAR2 in functions and comparisons: which keep their blanks, and what is converted
unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]


@pytest.fixture
def fixed(connection: oracledb.Connection, new_table: NewTable) -> str:
    name = new_table("c CHAR(4), n CHAR(4 CHAR), d CHAR(6), v VARCHAR2(10)")
    connection.cursor().execute(f"INSERT INTO {name} VALUES ('x1', 'é1', 'x1', 'x1')")
    return name


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ("c = 'x1'", True),
        ("c = 'x1    '", True),
        ("c = d", True),
        ("c = v", False),
        ("c = CAST('x1' AS VARCHAR2(5))", False),
        ("n = 'é1'", True),
        ("n = CAST('é1' AS CHAR(9))", True),
        ("'é1' = n", True),
        ("'x1' = c", True),
        ("UPPER(c) = 'X1'", True),
        ("LOWER(c) = LOWER('X1')", True),
        ("INITCAP(c) IN ('X1', 'x9')", True),
        ("SUBSTR(c, 1) = 'x1'", False),
        ("TRIM(c) = 'x1'", True),
        ("NVL(c, 'y') = 'x1'", False),
        ("COALESCE(c, v) = v", False),
        ("c || 'y' = 'x1  y '", True),
        ("c || v = 'x1  x1 '", False),
        ("c BETWEEN 'x1' AND 'x1'", True),
        ("c IN (SELECT d FROM {t})", True),
        ("c IN (SELECT v FROM {t})", False),
        ("c LIKE 'x1'", False),
        ("NULLIF(c, 'x1') IS NULL", True),
        ("NULLIF(v, 'x1 ') IS NULL", False),
        ("DECODE(c, 'x1', 1, 0) = 0", True),
        ("GREATEST(c, 'x1') = 'x1'", False),
        ("CASE c WHEN 'x1' THEN 1 END = 1", True),
        ("LENGTH(c) = 4", True),
    ],
)
def test_blanks_count_where_one_side_is_varchar2(
    connection: oracledb.Connection, fixed: str, test: str, holds: bool
) -> None:
    found = query(connection, f"SELECT COUNT(*) FROM {fixed} WHERE {test.format(t=fixed)}")
    assert found == [(int(holds),)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("RAWTOHEX('ab')", "6162"),
        ("RAWTOHEX('é')", "C3A9"),
        ("RAWTOHEX(HEXTORAW('ab'))", "AB"),
        ("RAWTOHEX(100)", "C202"),
        ("NULLIF(1, 1)", None),
        ("NULLIF('a', NULL)", "a"),
        ("NVL('x', 7)", "x"),
        ("NVL(NULL, 7)", 7),
        ("COALESCE(NULL, 1, 2)", 1),
        ("SUBSTR(12345, 2, 2) + 1", 24),
        ("LENGTH(DATE '2025-01-01')", 9),
    ],
)
def test_conversions_are_made_as_oracle_makes_them(
    connection: oracledb.Connection, expression: str, expected: Any
) -> None:
    assert query(connection, f"SELECT {expression} FROM dual") == [(expected,)]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("NVL(1, 'a')", "ORA-01722"),
        ("COALESCE(1, 'a')", "ORA-00932"),
        ("NULLIF(1, 'a')", "ORA-00932"),
        ("NULLIF(NULL, 1)", "ORA-00932"),
        ("CASE WHEN 1 = 1 THEN 1 ELSE 'a' END", "ORA-00932"),
        ("TO_CHAR(1, '9', 'NLS_CURRENCY=x')", "ORA-03001"),
    ],
)
def test_values_that_do_not_go_together_are_refused(
    connection: oracledb.Connection, expression: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        query(connection, f"SELECT {expression} FROM dual")
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT DISTINCT c FROM {t} ORDER BY v", "ORA-01791"),
        ("SELECT c FROM {t} WHERE COUNT(*) = 1", "ORA-00934"),
        ("UPDATE {t} SET v = 'y' WHERE MAX(c) = 'x'", "ORA-00934"),
        ("SELECT c FROM {t} WHERE RANK() OVER (ORDER BY c) = 1", "ORA-30483"),
        ("SELECT MAX(COUNT(*)) FROM {t}", "ORA-00978"),
        ("SELECT RANK(1) WITHIN GROUP (ORDER BY c) FROM {t}", "ORA-03001"),
    ],
)
def test_what_stands_in_the_wrong_place_is_reported_by_its_own_error(
    connection: oracledb.Connection, fixed: str, sql: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        query(connection, sql.format(t=fixed))
    assert code_of(refused) == code
    assert query(connection, f"SELECT DISTINCT v FROM {fixed} ORDER BY v") == [("x1",)]
