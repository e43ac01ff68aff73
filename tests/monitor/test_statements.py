"""A partition of Oracle and of a lake, compared by real statements of both drivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import oracledb
import pytest

from sync_monitor.measurements import Bounds, Differences
from sync_monitor.model import Column, Kind
from sync_monitor.rows.canonical import expressions
from sync_monitor.rows.dialects import Dialect, timestamp_literal
from sync_monitor.rows.drill import Leaf, Tally, drill
from sync_monitor.rows.statements import (
    Rows,
    any_of,
    count_rows,
    read_leaves,
    sum_buckets,
    sum_rows,
)
from sync_monitor.rules.periods import bounds, day_partition

COLUMNS = (
    Column("ID", Kind.INTEGER),
    Column("NAME", Kind.TEXT),
    Column("PAY", Kind.DECIMAL, 2),
    Column("CHANGED", Kind.TIMESTAMP),
)
JERUSALEM = ZoneInfo("Asia/Jerusalem")


class Asked:
    """One side, which answers statements by its real driver and counts them."""

    def __init__(self, cursor: Any, dialect: Dialect, limits: Bounds) -> None:
        self.cursor = cursor
        self.texts = expressions(COLUMNS, ("ID",), dialect)
        begin, end = timestamp_literal(limits.begin), timestamp_literal(limits.end)
        self.rows = Rows(dialect, "T", f"CHANGED >= {begin} AND CHANGED < {end}")
        self.statements = 0
        self.sent = 0

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        self.statements += 1
        found = self.cursor.execute(statement).fetchall()
        self.sent += len(found)
        return list(found)

    def buckets(self, width: int) -> Mapping[str, Tally]:
        rows = self.ask(sum_buckets(self.rows, self.texts, width))
        return {name: Tally(count, int(total)) for name, count, total in rows}

    def leaves(self, width: int, buckets: Sequence[str]) -> list[Leaf]:
        return [Leaf(*row) for row in self.ask(read_leaves(self.rows, self.texts, width, buckets))]


def fill(
    oracle: oracledb.Connection,
    lake: duckdb.DuckDBPyConnection,
    here: list[tuple[object, ...]],
    there: list[tuple[object, ...]],
) -> None:
    oracle.cursor().execute(
        "CREATE TABLE T (ID NUMBER(10), NAME VARCHAR2(50), PAY NUMBER(9,2), CHANGED TIMESTAMP)"
    )
    oracle.cursor().executemany("INSERT INTO T VALUES (:1, :2, :3, :4)", here)
    lake.execute("CREATE TABLE t (id BIGINT, name VARCHAR, pay DECIMAL(9,2), changed TIMESTAMP)")
    names = "id, name, pay, changed"
    lake.execute("CREATE TABLE given (id BIGINT, name VARCHAR, pay VARCHAR, changed VARCHAR)")
    for start in range(0, len(there), 500):
        part = there[start : start + 500]
        values = ", ".join(["(?, ?, ?, ?)"] * len(part))
        flat = [str(value) for row in part for value in row]
        lake.execute(f"INSERT INTO given VALUES {values}", flat)
    lake.execute(f"INSERT INTO t SELECT {names} FROM given")


def row(number: int, begin: datetime = datetime(2026, 11, 23)) -> tuple[object, ...]:
    return (number, f"שם {number}", f"{number}.5", begin + timedelta(seconds=number))


@pytest.fixture
def limits() -> Bounds:
    return bounds(day_partition(date(2026, 11, 23), JERUSALEM), JERUSALEM)


def test_faults_of_a_day_are_found_by_two_statements_a_side(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection, limits: Bounds
) -> None:
    here = [row(number) for number in range(3000)]
    there = [each for each in here if each[0] not in (7, 1234, 2999)]
    there += [here[100], here[100], here[200]]
    there[50] = (*there[50][:2], "0.25", there[50][3])
    fill(oracle, lake, here, there)
    sides = (
        Asked(oracle.cursor(), Dialect.ORACLE, limits),
        Asked(lake, Dialect.DUCKDB, limits),
    )

    differences, buckets = drill(*sides, rows=3000)

    assert differences == Differences(3, 3, changed=1, doubled=3, compared=2997)
    assert buckets[1] == 256
    assert buckets[0] <= 6
    for side in sides:
        assert side.statements == 2
        assert side.sent < 256 + 150


def test_a_day_that_agrees_is_one_statement_a_side(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection, limits: Bounds
) -> None:
    rows = [row(number) for number in range(50)]
    fill(oracle, lake, rows, rows)
    here = Asked(oracle.cursor(), Dialect.ORACLE, limits)
    there = Asked(lake, Dialect.DUCKDB, limits)
    assert here.ask(sum_rows(here.rows, here.texts)) == there.ask(sum_rows(there.rows, there.texts))


def test_of_no_row_the_checksum_is_none_on_both_sides(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection, limits: Bounds
) -> None:
    fill(oracle, lake, [row(1, datetime(2020, 1, 1))], [row(1, datetime(2020, 1, 1))])
    for cursor, dialect in ((oracle.cursor(), Dialect.ORACLE), (lake, Dialect.DUCKDB)):
        side = Asked(cursor, dialect, limits)
        assert side.ask(sum_rows(side.rows, side.texts)) == [(0, None)]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 27), 23), (date(2026, 11, 23), 24)]
)
def test_the_bounds_of_one_day_have_the_same_rows_on_both_sides(
    oracle: oracledb.Connection, lake: duckdb.DuckDBPyConnection, day: date, hours: int
) -> None:
    begin = datetime.combine(day, datetime.min.time()) - timedelta(hours=12)
    rows = []
    for number in range(2 * 60):
        rows.append((number, "a", "1.00", begin + timedelta(minutes=30 * number)))
    fill(oracle, lake, rows, rows)
    in_utc = bounds(day_partition(day, JERUSALEM), ZoneInfo("UTC"))
    counts = []
    for cursor, dialect in ((oracle.cursor(), Dialect.ORACLE), (lake, Dialect.DUCKDB)):
        side = Asked(cursor, dialect, in_utc)
        counts.append(side.ask(count_rows(side.rows)))
    assert counts == [[(2 * hours,)], [(2 * hours,)]]


def test_oracle_gets_lists_of_no_more_than_it_takes() -> None:
    names = [f"{number:03x}" for number in range(2500)]
    condition = any_of("b", names, Dialect.ORACLE)
    assert [part.count("'") // 2 for part in condition.split(" OR ")] == [1000, 1000, 500]


@pytest.mark.parametrize("name", ["", "0g", "A0", "a' OR '1'='1"])
def test_a_name_that_is_no_bucket_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        any_of("b", [name], Dialect.TRINO)
