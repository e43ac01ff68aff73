"""Sequences: however often a row names one, it draws one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import code_of, query

NewTable = Callable[[str], str]


@pytest.fixture
def table(connection: oracledb.Connection, new_table: NewTable) -> Iterator[str]:
    """Create an empty table, and a sequence that is named S_ and it."""
    name = new_table("a NUMBER, b NUMBER, c NUMBER")
    connection.cursor().execute(f"CREATE SEQUENCE s_{name}")
    yield name
    connection.cursor().execute(f"DROP SEQUENCE s_{name}")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("INSERT INTO {t} SELECT {s}.NEXTVAL, {s}.NEXTVAL, {s}.NEXTVAL FROM dual", [(1, 1, 1)]),
        ("INSERT INTO {t} SELECT {s}.NEXTVAL, {s}.CURRVAL, LEVEL FROM dual CONNECT BY LEVEL <= 2",
         [(1, 1, 1), (2, 2, 2)]),
        ("INSERT INTO {t} VALUES ({s}.NEXTVAL, {s}.NEXTVAL + 10, {s}.CURRVAL)", [(1, 11, 1)]),
        ("INSERT INTO {t} VALUES ({s}.CURRVAL, {s}.NEXTVAL, 0)", [(1, 1, 0)]),
        ("INSERT INTO {t} (a) VALUES ({s}.NEXTVAL)", [(1, None, None)]),
        ("INSERT INTO {t} (a) SELECT CASE WHEN LEVEL = 2 THEN {s}.NEXTVAL END "
         "FROM dual CONNECT BY LEVEL <= 2",
         [(None, None, None), (2, None, None)]),
        ("MERGE INTO {t} USING (SELECT LEVEL n "
         "FROM dual CONNECT BY LEVEL <= 2) x ON ({t}.a = x.n) WHEN NOT MATCHED"
         " THEN INSERT VALUES ({s}.NEXTVAL, {s}.NEXTVAL, {s}.CURRVAL)", [(1, 1, 1), (2, 2, 2)]),
    ],
)  # fmt: skip
def test_one_row_draws_one_number(
    connection: oracledb.Connection, table: str, sql: str, expected: list[Any]
) -> None:
    connection.cursor().execute(sql.format(t=table, s=f"s_{table}"))
    assert query(connection, f"SELECT * FROM {table}") == expected


def test_each_updated_row_draws_one_number(connection: oracledb.Connection, table: str) -> None:
    connection.cursor().executemany(f"INSERT INTO {table} (a) VALUES (:1)", [(0,), (0,)])
    connection.cursor().execute(
        f"UPDATE {table} SET a = s_{table}.NEXTVAL, b = s_{table}.NEXTVAL, c = s_{table}.CURRVAL"
    )
    assert query(connection, f"SELECT * FROM {table}") == [(1, 1, 1), (2, 2, 2)]


def test_a_default_draws_the_number_that_the_row_draws(
    connection: oracledb.Connection, table: str
) -> None:
    connection.cursor().execute(f"ALTER TABLE {table} MODIFY c DEFAULT s_{table}.NEXTVAL")
    connection.cursor().execute(
        f"INSERT INTO {table} (a, b) VALUES (s_{table}.NEXTVAL, s_{table}.CURRVAL)"
    )
    assert query(connection, f"SELECT * FROM {table}") == [(1, 1, 1)]


def test_a_default_beside_a_query_that_draws_is_refused(
    connection: oracledb.Connection, table: str
) -> None:
    connection.cursor().execute(f"ALTER TABLE {table} MODIFY c DEFAULT s_{table}.NEXTVAL")
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        connection.cursor().execute(f"INSERT INTO {table} (a) SELECT s_{table}.NEXTVAL FROM dual")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {s}.NEXTVAL FROM {t} ORDER BY 1",
        "SELECT DISTINCT {s}.NEXTVAL FROM dual",
        "SELECT 1 FROM {t} WHERE a = {s}.NEXTVAL",
        "SELECT (SELECT {s}.NEXTVAL FROM dual) FROM dual",
        "SELECT * FROM (SELECT {s}.NEXTVAL FROM dual)",
        "SELECT {s}.NEXTVAL FROM dual UNION SELECT 1 FROM dual",
    ],
)
def test_a_sequence_where_oracle_has_none_is_an_error(
    connection: oracledb.Connection, table: str, sql: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        query(connection, sql.format(t=table, s=f"s_{table}"))
    assert code_of(refused) == "ORA-02287"
    assert query(connection, f"SELECT s_{table}.NEXTVAL FROM dual") == [(1,)]
