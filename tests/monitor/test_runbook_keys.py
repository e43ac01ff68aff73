"""Keys in runbooks are compared as rows are: NULL, empty texts, blanks of a CHAR."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sync_monitor.model import Column, Kind
from sync_monitor.rows.dialects import Dialect
from sync_monitor.runbooks.sql import write_runbook
from sync_monitor.verdicts import IssueKind
from tests.monitor.test_runbooks import COLUMNS, repair_of, run, written

#: What a part of the key is in Oracle and in the lake, whose comparison takes both as one.
SAME_PARTS = [
    (Kind.TEXT, "NULL", "NULL"),
    (Kind.TEXT, "NULL", "''"),
    (Kind.CHAR, "'A   '", "'A'"),
]


def with_parts(
    connection: duckdb.DuckDBPyConnection, kind: Kind, in_oracle: str, in_lake: str
) -> tuple[Column, ...]:
    """Make ten rows of Oracle and the first nine in the lake, with these second parts of a key."""
    for name in ("oracle", "hive"):
        connection.execute(f"ATTACH ':memory:' AS {name}; CREATE SCHEMA {name}.hr")
    connection.execute(
        f"CREATE TABLE oracle.hr.employees AS SELECT number AS ID, CAST({in_oracle} AS VARCHAR) "
        "AS PART, CASE WHEN number > 3 THEN 'n' END AS NAME, "
        "TIMESTAMP '2026-11-23 10:00:00' AS CHANGED FROM range(10) numbers (number); "
        f"CREATE TABLE hive.hr.employees AS SELECT ID AS id, CAST({in_lake} AS VARCHAR) AS part, "
        "NAME AS full_name, CHANGED AS changed, DATE '2026-11-23' AS dt "
        "FROM oracle.hr.employees WHERE ID < 9"
    )
    return (COLUMNS[0], Column("PART", kind), *COLUMNS[2:])


@pytest.mark.parametrize(("kind", "in_oracle", "in_lake"), SAME_PARTS)
def test_rows_whose_keys_the_comparison_takes_as_one_are_never_loaded_again(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, kind: Kind, in_oracle: str, in_lake: str
) -> None:
    columns = with_parts(lake, kind, in_oracle, in_lake)
    lake.execute(
        "COPY (SELECT * REPLACE (CAST(dt AS VARCHAR) AS dt) FROM hive.hr.employees) "
        f"TO '{tmp_path}' (FORMAT parquet, PARTITION_BY (dt))"
    )
    for dialect, name in ((Dialect.DUCKDB, str(tmp_path)), (Dialect.TRINO, "hive.hr.employees")):
        repair = repair_of(IssueKind.ROWS_MISSING, dialect, name, columns=columns)
        for _ in range(2):
            assert run(lake, written(repair)) == (10, 10)


@pytest.mark.parametrize(("kind", "in_oracle", "in_lake"), SAME_PARTS)
def test_only_rows_that_differ_to_the_comparison_are_shown(
    lake: duckdb.DuckDBPyConnection, kind: Kind, in_oracle: str, in_lake: str
) -> None:
    columns = with_parts(lake, kind, in_oracle, in_lake)
    lake.execute("UPDATE hive.hr.employees SET full_name = '' WHERE full_name IS NULL")
    lake.execute("UPDATE hive.hr.employees SET full_name = 'x' WHERE id = 5")
    lake.execute("DELETE FROM oracle.hr.employees WHERE ID = 6")
    lake.execute(
        f"INSERT INTO hive.hr.employees SELECT * REPLACE ({in_oracle} AS part) "
        "FROM hive.hr.employees WHERE id = 7"
    )
    table = "hive.hr.employees"
    extra = repair_of(IssueKind.ROWS_EXTRA, Dialect.TRINO, table, columns=columns)
    _, doubles, gone = written(extra).statements
    assert [(row[0], row[2]) for row in lake.execute(doubles).fetchall()] == [(7, 2)]
    assert [row[0] for row in lake.execute(gone).fetchall()] == [6]
    changed = repair_of(IssueKind.ROWS_CHANGED, Dialect.TRINO, table, columns=columns)
    (_, shown) = written(changed).statements
    assert [row[0] for row in lake.execute(shown).fetchall()] == [5]


def test_rows_whose_key_the_comparison_can_not_read_have_no_runbook() -> None:
    unread = (COLUMNS[0], Column("PART", Kind.OTHER), *COLUMNS[2:])
    for columns in (unread, (COLUMNS[0], *COLUMNS[2:])):
        for kind in (IssueKind.ROWS_MISSING, IssueKind.ROWS_EXTRA, IssueKind.ROWS_CHANGED):
            assert write_runbook(repair_of(kind, Dialect.TRINO, "h.s.t", columns=columns)) is None


def test_rows_of_which_nothing_but_the_key_is_compared_have_none_that_shows_changes() -> None:
    columns = (*COLUMNS[:2], Column("NAME", Kind.OTHER))
    assert (
        write_runbook(repair_of(IssueKind.ROWS_CHANGED, Dialect.TRINO, "t", columns=columns))
        is None
    )


def test_hive_joins_keys_by_the_texts_that_are_compared() -> None:
    columns = (COLUMNS[0], Column("PART", Kind.CHAR), *COLUMNS[2:])
    runbook = written(repair_of(IssueKind.ROWS_MISSING, Dialect.HIVE, "hr.e", columns=columns))
    assert runbook.statements[0].splitlines()[2:] == [
        "FROM `oracle`.`hr`.`employees` s",
        "LEFT JOIN `hr`.`e` l",
        "  ON l.`dt` = DATE '2026-11-23' AND "
        "COALESCE(CAST(CAST(l.`id` AS DECIMAL(38, 0)) AS STRING), '~') = "
        "COALESCE(CAST(CAST(s.`ID` AS DECIMAL(38, 0)) AS STRING), '~') AND "
        "COALESCE(NULLIF(RTRIM(l.`part`), ''), '~') = COALESCE(NULLIF(RTRIM(s.`PART`), ''), '~')",
        "WHERE s.`CHANGED` >= TIMESTAMP '2026-11-23 00:00:00' "
        "AND s.`CHANGED` < TIMESTAMP '2026-11-24 00:00:00'",
        "  AND l.`dt` IS NULL",
    ]
