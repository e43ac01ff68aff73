"""Queries through the driver: what they give, in which order, of which type."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import unpack

NewTable = Callable[[str], str]


@pytest.fixture
def calls(cursor: oracledb.Cursor, new_table: NewTable) -> str:
    name = new_table(
        "id NUMBER PRIMARY KEY, who VARCHAR2(20), owner CHAR(3), amount NUMBER(10,2), at TIMESTAMP"
    )
    rows = [
        (1, "ann", "A", Decimal("10.50"), "2025-01-01 10:00:00.250000"),
        (2, "bob", "C", None, "2025-01-01 11:00:00.000000"),
        (3, "cid", "A", Decimal("-3.25"), "2025-01-02 00:00:00.000001"),
        (4, None, "C", Decimal("10.50"), None),
    ]
    cursor.executemany(
        f"INSERT INTO {name} VALUES (:1, :2, :3, :4, TO_TIMESTAMP(:5, 'YYYY-MM-DD HH24:MI:SS.FF'))",
        rows,
    )
    return name


def fetch(cursor: oracledb.Cursor, sql: str, *binds: Any) -> list[Any]:
    """Return the rows of a query, or its values where a row is one."""
    return unpack(cursor.execute(sql, list(binds)).fetchall())


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("ORDER BY who", [1, 2, 3, 4]),
        ("ORDER BY who DESC", [4, 3, 2, 1]),
        ("ORDER BY who DESC NULLS LAST", [3, 2, 1, 4]),
        ("ORDER BY amount NULLS FIRST, id DESC", [2, 3, 4, 1]),
        ("WHERE owner = 'A' ORDER BY id", [1, 3]),
        ("WHERE who LIKE 'A%'", []),
        ("WHERE who LIKE 'a__' OR who LIKE '%d' ORDER BY 1", [1, 3]),
        ("WHERE who = ''", []),
        ("WHERE NOT (who = 'ann') ORDER BY id", [2, 3]),
        ("WHERE (owner, amount) IN (SELECT owner, amount FROM {t} WHERE id = 4)", [4]),
        (
            "WHERE amount >= ALL (SELECT amount FROM {t} WHERE amount IS NOT NULL) ORDER BY id",
            [1, 4],
        ),
        ("WHERE id = ANY (1, 4) ORDER BY id", [1, 4]),
        ("WHERE id NOT IN (SELECT CASE WHEN id = 1 THEN 1 END FROM {t})", []),
        ("WHERE ROWNUM <= 2 ORDER BY id DESC", [2, 1]),
        ("WHERE TO_CHAR(id) = '2'", [2]),
        ("WHERE id = '3'", [3]),
        ("ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", [2, 3]),
        ("ORDER BY id FETCH FIRST ROW ONLY", [1]),
        (
            "WHERE at BETWEEN TIMESTAMP '2025-01-01 10:00:00.25' AND DATE '2025-01-01' + 0.5 "
            "ORDER BY id",
            [1, 2],
        ),
        ("WHERE at > TIMESTAMP '2025-01-02 00:00:00'", [3]),
    ],
)
def test_rows_come_as_the_clauses_say(
    cursor: oracledb.Cursor, calls: str, clauses: str, expected: list[int]
) -> None:
    assert fetch(cursor, f"SELECT id FROM {calls} " + clauses.format(t=calls)) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT COUNT(*), COUNT(who), SUM(amount), MAX(who) FROM {t}", [(4, 3, 17.75, "cid")]),
        ("SELECT owner, COUNT(*) n FROM {t} GROUP BY owner HAVING SUM(amount) > 7.25 "
         "ORDER BY n, owner", [("C  ", 2)]),
        ("SELECT COUNT(DISTINCT amount) FROM {t}", [2]),
        ("SELECT COUNT(*) FROM {t} WHERE ROWNUM < 3", [2]),
        ("SELECT who || owner || amount FROM {t} WHERE id = 4", ["C  10.5"]),
        ("SELECT NVL(who, 'none') FROM {t} WHERE who IS NULL", ["none"]),
        ("SELECT DECODE(id, 1, 'one', 2, 'two', 'many') FROM {t} "
         "ORDER BY id", ["one", "two", "many", "many"]),
        ("SELECT CASE owner WHEN 'A' THEN id END FROM {t} ORDER BY id", [1, None, 3, None]),
        ("SELECT id, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY id DESC) FROM {t} ORDER BY id",
         [(1, 2), (2, 2), (3, 1), (4, 1)]),
        ("SELECT SUM(id) OVER (ORDER BY id) FROM {t} ORDER BY id", [1, 3, 6, 10]),
        ("SELECT LAG(who, 1, '-') OVER (ORDER BY id) FROM {t} "
         "ORDER BY id", ["-", "ann", "bob", "cid"]),
        ("SELECT LISTAGG(who, '+') WITHIN GROUP (ORDER BY id DESC) FROM {t}", ["cid+bob+ann"]),
        ("SELECT a.id, b.id FROM {t} a LEFT JOIN {t} b ON b.id = a.id + 2 ORDER BY 1",
         [(1, 3), (2, 4), (3, None), (4, None)]),
        ("SELECT a.id, b.id FROM {t} a, {t} b WHERE b.id(+) = a.id + 3 AND a.id < 3 "
         "ORDER BY 1", [(1, 4), (2, None)]),
        ("SELECT COUNT(*) FROM {t} a CROSS JOIN {t} b", [16]),
        ("SELECT id FROM {t} JOIN (SELECT id FROM {t} WHERE id > 2) USING (id) "
         "ORDER BY id", [3, 4]),
        ("SELECT owner FROM {t} MINUS SELECT 'A  ' FROM dual", ["C  "]),
        ("SELECT id FROM {t} WHERE id < 3 UNION ALL SELECT 9 FROM dual ORDER BY 1 DESC", [9, 2, 1]),
        ("WITH q AS (SELECT id FROM {t} WHERE id > 1), r AS (SELECT MAX(id) m FROM q) "
         "SELECT m FROM r", [4]),
        ("WITH n (i) AS (SELECT 1 FROM dual UNION ALL SELECT i + 1 FROM n WHERE i < 4) "
         "SELECT i FROM n", [1, 2, 3, 4]),
        ("SELECT LEVEL FROM dual CONNECT BY LEVEL <= 3", [1, 2, 3]),
        ("SELECT (SELECT MAX(id) FROM {t} b WHERE b.owner = a.owner) FROM {t} a WHERE id = 1", [3]),
        ("SELECT DISTINCT owner FROM {t} ORDER BY owner", ["A  ", "C  "]),
    ],
)  # fmt: skip
def test_queries_give_what_oracle_gives(
    cursor: oracledb.Cursor, calls: str, sql: str, expected: list[Any]
) -> None:
    assert fetch(cursor, sql.format(t=calls)) == expected


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT nope FROM {t}", 904),
        ("SELECT nope(1) FROM {t}", 904),
        ("SELECT * FROM no_such_table", 942),
        ("SELECT id, COUNT(*) FROM {t}", 937),
        ("SELECT id, COUNT(*) FROM {t} GROUP BY owner", 979),
        ("SELECT id FROM {t} a, {t} b", 918),
        ("SELECT 1/0 FROM dual", 1476),
        ("SELECT TO_NUMBER(who) FROM {t}", 1722),
        ("SELECT (SELECT id FROM {t}) FROM dual", 1427),
        ("SELECT id FROM {t} WHERE at > 5", 932),
        ("SELECT id FROM {t} ORDER BY 2", 1785),
        ("SELECT id FROM {t} UNION SELECT at FROM {t}", 1790),
        ("SELECT id FROM {t} UNION SELECT id, id FROM {t}", 1789),
        ("SELECT id FROM {t} FETCH FIRST 1 ROW ONLY FOR UPDATE", 2014),
        ("SELECT id FROM", 903),
        ("SELECT id {t}", 923),
        ("SELECT (id FROM {t}", 907),
        ("SELECT id FROM {t} WHERE", 936),
        ("SELECT id FROM {t} ORDER id", 905),
        ("SELEKT 1", 900),
    ],
)
def test_what_is_wrong_has_its_own_error(
    cursor: oracledb.Cursor, calls: str, sql: str, code: int
) -> None:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(sql.format(t=calls))
    assert raised.value.args[0].code == code


@pytest.mark.oralite_only
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM {t} START WITH id = 1 CONNECT BY PRIOR id = id - 1",
        "SELECT owner, COUNT(*) FROM {t} GROUP BY ROLLUP (owner)",
        "SELECT * FROM {t} SAMPLE (10)",
        "SELECT LAG(id) IGNORE NULLS OVER (ORDER BY id) FROM {t}",
        "SELECT COUNT(id) IGNORE NULLS FROM {t}",
        "SELECT SUM(DISTINCT TO_BINARY_DOUBLE(id)) FROM {t}",
        "SELECT VARIANCE(TO_BINARY_DOUBLE(id)) FROM {t}",
        "SELECT * FROM (SELECT owner, id FROM {t}) PIVOT (SUM(id) FOR owner IN ('A'))",
        "SELECT * FROM {t} AS OF TIMESTAMP SYSTIMESTAMP",
        "SELECT id FROM {t} WHERE ROWNUM <= 1 OR id = 3",
        "SELECT id FROM {t} WHERE ROWNUM <= id",
        "SELECT MEDIAN(DISTINCT id) OVER () FROM {t}",
        "SELECT id FROM {t} FETCH FIRST 10 PERCENT ROWS ONLY",
        "INSERT ALL INTO {t} (id) VALUES (1) SELECT 1 FROM dual",
        "EXPLAIN PLAN FOR SELECT 1 FROM dual",
        "BEGIN NULL; END;",
        "LOCK TABLE {t} IN EXCLUSIVE MODE",
    ],
)
def test_what_is_not_understood_is_refused_and_quoted(
    cursor: oracledb.Cursor, calls: str, sql: str
) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*oralite does not do") as raised:
        cursor.execute(sql.format(t=calls))
    assert sql.format(t=calls) in str(raised.value)


def test_numbers_are_exact_to_38_digits_in_comparison_grouping_and_joins(
    cursor: oracledb.Cursor, new_table: NewTable
) -> None:
    table = new_table("n NUMBER")
    numbers = [12345678901234567890123456789012345678, 12345678901234567890123456789012345677]
    cursor.executemany(f"INSERT INTO {table} VALUES (:1)", [(number,) for number in numbers])
    assert fetch(cursor, f"SELECT COUNT(*) FROM {table} GROUP BY n") == [1, 1]
    assert fetch(cursor, f"SELECT a.n FROM {table} a JOIN {table} b ON a.n = b.n + 1") == [
        numbers[0]
    ]
    assert fetch(cursor, f"SELECT n FROM {table} WHERE n > :1", numbers[1]) == [numbers[0]]


def test_columns_are_described_without_looking_at_rows(cursor: oracledb.Cursor, calls: str) -> None:
    cursor.execute(
        f"SELECT id, who w, owner, amount, at, COUNT(*) OVER (), 'x' || who FROM {calls} "
        "WHERE 1 = 2"
    )
    described = [(column.name, column.type) for column in cursor.description or []]
    assert described == [
        ("ID", oracledb.DB_TYPE_NUMBER),
        ("W", oracledb.DB_TYPE_VARCHAR),
        ("OWNER", oracledb.DB_TYPE_CHAR),
        ("AMOUNT", oracledb.DB_TYPE_NUMBER),
        ("AT", oracledb.DB_TYPE_TIMESTAMP),
        ("COUNT(*)OVER()", oracledb.DB_TYPE_NUMBER),
        ("'X'||WHO", oracledb.DB_TYPE_VARCHAR),
    ]


@pytest.mark.parametrize("test", ["{} = NULL", "{} <> NULL", "NULL = {}", "NOT ({} = NULL)"])
def test_a_comparison_with_null_is_neither_true_nor_false(
    cursor: oracledb.Cursor, test: str
) -> None:
    for operand in ("NULL", "1", "DUMMY"):
        cursor.execute(f"SELECT COUNT(*) FROM dual WHERE {test.format(operand)}")
        assert cursor.fetchone() == (0,)


def test_a_long_bind_in_a_select_list_is_refused(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01461"):
        cursor.execute("SELECT :1 FROM dual", ["x" * 4001])


def test_a_semicolon_is_no_part_of_a_statement(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-00933"):
        cursor.execute("SELECT 1 FROM DUAL;")
