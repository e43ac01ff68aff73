"""ROWNUM: each query block numbers its own rows, before it orders, groups or unites them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of, query, unpack

NewTable = Callable[[str], str]


@pytest.fixture
def rows(connection: oracledb.Connection, new_table: NewTable) -> str:
    """Insert three rows, a = 1 to 3."""
    name = new_table("a NUMBER, g NUMBER")
    connection.cursor().executemany(f"INSERT INTO {name} VALUES (:1, :2)", [(1, 1), (2, 1), (3, 2)])
    return name


def cells(connection: oracledb.Connection, sql: str) -> list[Any]:
    """Return the rows of a query, or its values where a row is one."""
    return unpack(query(connection, sql))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM {t} UNION ALL SELECT a FROM {t} WHERE ROWNUM <= 1", [1, 2, 3, 1]),
        ("SELECT a FROM {t} WHERE ROWNUM <= 1 UNION ALL SELECT a FROM {t}", [1, 1, 2, 3]),
        ("SELECT a FROM {t} MINUS SELECT a FROM {t} WHERE ROWNUM <= 1", [2, 3]),
        ("SELECT a FROM {t} WHERE ROWNUM <= 2 INTERSECT SELECT a FROM {t} WHERE ROWNUM <= 1", [1]),
        (
            "SELECT a FROM {t} WHERE a IN (SELECT a FROM {t} WHERE ROWNUM <= 1 UNION SELECT 3 "
            "FROM dual)",
            [1, 3],
        ),
        ("SELECT a FROM {t} WHERE a = (SELECT a FROM {t} WHERE ROWNUM <= 1)", [1]),
        ("SELECT r FROM (SELECT ROWNUM r, a FROM {t}) WHERE r = 2", [2]),
        ("SELECT a FROM (SELECT a FROM {t} WHERE ROWNUM <= 2) ORDER BY a DESC", [2, 1]),
        (
            "SELECT ROWNUM, a FROM (SELECT a FROM {t} ORDER BY a DESC) WHERE ROWNUM <= 2",
            [(1, 3), (2, 2)],
        ),
        ("SELECT ROWNUM, a FROM {t} ORDER BY a DESC", [(3, 3), (2, 2), (1, 1)]),
        ("SELECT SUM(ROWNUM), COUNT(*) FROM {t} WHERE ROWNUM < 3", [(3, 2)]),
        (
            "SELECT MOD(ROWNUM, 2), SUM(a) FROM {t} GROUP BY MOD(ROWNUM, 2) ORDER BY 1",
            [(0, 2), (1, 4)],
        ),
        ("SELECT a FROM {t} WHERE ROWNUM <= 1 FETCH FIRST 3 ROWS ONLY", [1]),
        (
            "SELECT x.a, ROWNUM FROM {t} x JOIN {t} y ON x.a = y.a WHERE ROWNUM < 3",
            [(1, 1), (2, 2)],
        ),
        (
            "WITH q AS (SELECT a FROM {t} WHERE ROWNUM <= 1) SELECT a FROM q UNION ALL "
            "SELECT a FROM q",
            [1, 1],
        ),
        ("SELECT LEVEL, ROWNUM FROM dual WHERE LEVEL > 1 CONNECT BY LEVEL <= 3", [(2, 1), (3, 2)]),
        ("SELECT ROWNUM FROM dual CONNECT BY ROWNUM <= 3", [1, 2, 3]),
        ("SELECT a FROM {t} WHERE g = 1", [1, 2]),
    ],
)
def test_a_block_numbers_its_own_rows(
    connection: oracledb.Connection, rows: str, sql: str, expected: list[Any]
) -> None:
    assert cells(connection, sql.format(t=rows)) == expected


@pytest.mark.parametrize(
    ("test", "count"),
    [
        ("ROWNUM > 1", 0),
        ("ROWNUM > 0", 3),
        ("ROWNUM >= 1", 3),
        ("ROWNUM >= 2", 0),
        ("ROWNUM = 1", 1),
        ("ROWNUM = 2", 0),
        ("ROWNUM <> 3", 2),
        ("ROWNUM <> 1", 0),
        ("ROWNUM <> 1.5", 3),
        ("2 >= ROWNUM", 2),
        ("ROWNUM BETWEEN 1 AND 2", 2),
        ("ROWNUM BETWEEN 2 AND 3", 0),
        ("ROWNUM <= 2 AND ROWNUM < 2", 1),
        ("ROWNUM <= NULL", 0),
        ("ROWNUM <= (SELECT 2 FROM dual)", 2),
    ],
)
def test_a_row_that_fails_leaves_its_number_to_the_next(
    connection: oracledb.Connection, rows: str, test: str, count: int
) -> None:
    assert cells(connection, f"SELECT COUNT(*) FROM {rows} WHERE {test}") == [count]


def test_a_views_rownum_is_its_own(connection: oracledb.Connection, rows: str) -> None:
    connection.cursor().execute(
        f"CREATE VIEW v_{rows} AS SELECT ROWNUM n, a FROM {rows} WHERE ROWNUM <= 2"
    )
    assert cells(connection, f"SELECT n FROM v_{rows} WHERE a = 2 AND ROWNUM <= 1") == [2]
    connection.cursor().execute(f"DROP VIEW v_{rows}")


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("UPDATE {t} SET a = ROWNUM * 10 WHERE a > 1", [1, 10, 20]),
        ("UPDATE {t} SET a = ROWNUM * 10 WHERE ROWNUM <= 2", [10, 20, 3]),
        ("UPDATE {t} SET a = 0 WHERE ROWNUM <= 1", [0, 2, 3]),
        ("DELETE FROM {t} WHERE a > 1 AND ROWNUM <= 1", [1, 3]),
        ("INSERT INTO {t} (a) SELECT ROWNUM + 7 FROM {t} WHERE ROWNUM < 3", [1, 2, 3, 8, 9]),
    ],
)
def test_changes_number_the_rows_that_they_change(
    connection: oracledb.Connection, rows: str, sql: str, left: list[int]
) -> None:
    connection.cursor().execute(sql.format(t=rows))
    assert cells(connection, f"SELECT a FROM {rows}") == left


@pytest.mark.parametrize(
    "sql", ["INSERT INTO {t} VALUES (ROWNUM, 1)", "SELECT 1 FROM {t} x JOIN {t} y ON ROWNUM = 1"]
)
def test_rownum_where_no_rows_are_numbered_is_an_error(
    connection: oracledb.Connection, rows: str, sql: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        connection.cursor().execute(sql.format(t=rows))
    assert code_of(refused) == "ORA-00976"
    assert cells(connection, f"SELECT COUNT(*) FROM {rows}") == [3]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT a FROM {t} WHERE a = (SELECT a FROM {t} "
            "ORDER BY a DESC FETCH FIRST 1 ROWS ONLY)",
            [3],
        ),
        (
            "SELECT (SELECT a FROM {t} ORDER BY a OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY) FROM dual",
            [2],
        ),
        ("SELECT a FROM {t} FETCH FIRST 1 ROWS ONLY", [1]),
        ("SELECT COUNT(DISTINCT g) OVER (), a FROM {t} ORDER BY a", [(2, 1), (2, 2), (2, 3)]),
        ("SELECT SUM(DISTINCT g) OVER (PARTITION BY g) FROM {t} ORDER BY a", [1, 1, 2]),
        ("SELECT MAX(a) FROM {t} WHERE a < 0 HAVING COUNT(*) = 0", [None]),
    ],
)
def test_limits_and_distinct_values_work_within(
    connection: oracledb.Connection, rows: str, sql: str, expected: list[Any]
) -> None:
    assert cells(connection, sql.format(t=rows)) == expected


def test_a_scalar_subquery_of_two_rows_is_an_error_whatever_its_limit(
    connection: oracledb.Connection, rows: str
) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01427"):
        query(connection, f"SELECT (SELECT a FROM {rows} FETCH FIRST 2 ROWS ONLY) FROM dual")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01427"):
        connection.cursor().execute(f"UPDATE {rows} SET (a, g) = (SELECT a, g FROM {rows})")


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        (
            "UPDATE {t} SET a = (SELECT SUM(x.a) FROM {t} x WHERE x.g = {t}.g)",
            [(3, 1), (3, 1), (3, 2)],
        ),
        (
            "UPDATE {t} o SET (a, g) = (SELECT SUM(a), MAX(g) FROM {t} x WHERE x.a <= o.a)",
            [(1, 1), (3, 1), (6, 2)],
        ),
        ("UPDATE {t} SET a = g, g = a", [(1, 1), (1, 2), (2, 3)]),
    ],
)
def test_an_update_sees_no_row_that_it_has_changed_itself(
    connection: oracledb.Connection, rows: str, sql: str, left: list[Any]
) -> None:
    connection.cursor().execute(sql.format(t=rows))
    assert cells(connection, f"SELECT a, g FROM {rows}") == left


@pytest.mark.parametrize(
    "test",
    [
        "NOT (a = NULL)",
        "NOT (a > ANY (SELECT NULL FROM dual))",
        "NOT (a < ALL (SELECT NULL FROM dual))",
        "a NOT IN (7, '8', NULL)",
        "a > ALL (SELECT 0 FROM dual UNION ALL SELECT NULL FROM dual)",
    ],
)
def test_what_is_unknown_stays_unknown_when_it_is_denied(
    connection: oracledb.Connection, rows: str, test: str
) -> None:
    assert cells(connection, f"SELECT a FROM {rows} WHERE {test}") == []
    assert cells(
        connection, f"SELECT COUNT(*) FROM {rows} WHERE a > ALL (SELECT 9 FROM dual WHERE 1 = 2)"
    ) == [3]
