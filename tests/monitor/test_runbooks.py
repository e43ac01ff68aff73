"""Runbooks: after one the sides agree, after two they still do, and nothing in them deletes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from sync_monitor.measurements import Differences
from sync_monitor.model import Column, Kind, Severity
from sync_monitor.rows.canonical import expressions
from sync_monitor.rows.dialects import Dialect
from sync_monitor.rows.drill import Leaf, Tally, drill
from sync_monitor.rows.statements import Rows, read_leaves, sum_buckets
from sync_monitor.rules.periods import day_partition
from sync_monitor.runbooks.relations import in_partition, lake, source, within
from sync_monitor.runbooks.repair import Repair, Runbook
from sync_monitor.runbooks.sql import write_runbook
from sync_monitor.verdicts import Issue, IssueKind
from tests.monitor.building import EMPLOYEES, NOW, with_changes

JERUSALEM = ZoneInfo("Asia/Jerusalem")
SYNC = with_changes(
    EMPLOYEES, keys=("ID", "PART"), zone=JERUSALEM, source_zone=JERUSALEM, time_column="CHANGED"
)
COLUMNS = (
    Column("ID", Kind.INTEGER),
    Column("PART", Kind.TEXT),
    Column("NAME", Kind.TEXT, lake_name="full_name"),
    Column("CHANGED", Kind.TIMESTAMP),
)
DAY = day_partition(datetime(2026, 11, 23).date(), JERUSALEM)
EXACT = "SET SESSION \"hive\".timestamp_precision = 'NANOSECONDS'"
FORBIDDEN = re.compile(
    r"\b(DELETE|UPDATE|DROP|MERGE|TRUNCATE|OVERWRITE|REPLACE)\b|SELECT \*|\.\*,", re.I
)


def repair_of(kind: IssueKind, dialect: Dialect, lake_name: str, **changes: object) -> Repair:
    issue = Issue(SYNC.name, kind, DAY.key, Severity.WARNING, 5, NOW, confirmed_at=NOW, number=7)
    repair = Repair(
        SYNC,
        issue,
        DAY,
        run_id=8412,
        measured_at=NOW,
        void_after=NOW + timedelta(minutes=15),
        oracle_rows=1000,
        lake_rows=0,
        columns=COLUMNS,
        dialect=dialect,
        source_name="oracle.hr.employees",
        lake_name=lake_name,
    )
    return replace(repair, **changes)  # type: ignore[arg-type]


def written(repair: Repair) -> Runbook:
    found = write_runbook(repair)
    assert found is not None
    return found


class Answering:
    """One side of the partition in DuckDB, as the drill asks it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> None:
        self.connection = connection
        self.rows = Rows(Dialect.DUCKDB, table, condition)
        columns = COLUMNS
        if table.endswith(" s"):
            columns = tuple(replace(column, lake_name=column.name) for column in COLUMNS)
        self.texts = expressions(columns, SYNC.keys, Dialect.DUCKDB)

    def buckets(self, width: int) -> Mapping[str, Tally]:
        found = self.connection.execute(sum_buckets(self.rows, self.texts, width)).fetchall()
        return {name: Tally(count, total) for name, count, total in found}

    def leaves(self, width: int, buckets: Sequence[str]) -> list[Leaf]:
        statement = read_leaves(self.rows, self.texts, width, buckets)
        return [Leaf(*row) for row in self.connection.execute(statement).fetchall()]


def differences(connection: duckdb.DuckDBPyConnection, repair: Repair) -> Differences:
    here = Answering(connection, source(repair), within(repair))
    there = Answering(connection, lake(repair), in_partition(repair))
    return drill(here, there, 3000).differences


@pytest.fixture
def oracle_in(lake: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Make Oracle's table as the engine reads it: three days of the sync's zone."""
    lake.execute("ATTACH ':memory:' AS oracle")
    lake.execute("CREATE SCHEMA oracle.hr")
    lake.execute(
        "CREATE TABLE oracle.hr.employees AS SELECT number AS ID, 'p' || (number % 3) AS PART, "
        "CASE WHEN number % 7 > 0 THEN 'O''Neil ' || number END AS NAME, "
        "TIMESTAMP '2026-11-22 00:00:00' + to_minutes(CAST(number AS INTEGER)) AS CHANGED "
        "FROM range(4320) numbers (number)"
    )
    return lake


def fill(connection: duckdb.DuckDBPyConnection, directory: Path, condition: str) -> None:
    """Write the rows of Oracle that a condition holds into the directory, by days."""
    connection.execute(
        "COPY (SELECT ID AS id, PART AS part, NAME AS full_name, CHANGED AS changed, "
        "strftime(CHANGED, '%Y-%m-%d') AS dt FROM oracle.hr.employees "
        f"WHERE {condition}) TO '{directory}' (FORMAT parquet, PARTITION_BY (dt), APPEND, "
        "FILENAME_PATTERN 'load-{uuid}')"
    )


def run(connection: duckdb.DuckDBPyConnection, runbook: Runbook) -> tuple[int, int]:
    """Run a runbook as it is copied, and return both counts of its check."""
    # Of a session of Trino, which nothing here has.
    text = runbook.text.replace(f"{EXACT};\n", "")
    answer = connection.execute(text).fetchone()
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        (IssueKind.NO_PARTITION, "CAST(CHANGED AS DATE) <> DATE '2026-11-23'"),
        (IssueKind.ROWS_MISSING, "ID % 100 <> 42"),
        (IssueKind.ROWS_MISSING, "CAST(CHANGED AS DATE) <> DATE '2026-11-23' OR ID = 1440"),
    ],
)
def test_a_directory_of_parquet_is_healed_and_stays_so(
    oracle_in: duckdb.DuckDBPyConnection, tmp_path: Path, kind: IssueKind, there: str
) -> None:
    fill(oracle_in, tmp_path, there)
    repair = repair_of(kind, Dialect.DUCKDB, str(tmp_path))
    assert differences(oracle_in, repair).missing > 0
    for _ in range(2):
        assert run(oracle_in, written(repair)) == (1440, 1440)
        found = differences(oracle_in, repair)
        assert (found.missing, found.extra, found.changed) == (0, 0, 0)


def test_a_partition_that_has_appeared_meanwhile_is_left_alone(
    oracle_in: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(oracle_in, tmp_path, "ID < 1500")
    runbook = written(repair_of(IssueKind.NO_PARTITION, Dialect.DUCKDB, str(tmp_path)))
    files = sorted(tmp_path.rglob("*.parquet"))
    assert run(oracle_in, runbook) == (1440, 60)
    assert sorted(tmp_path.rglob("*.parquet")) == files


@pytest.mark.parametrize("kind", [IssueKind.NO_PARTITION, IssueKind.ROWS_MISSING])
def test_a_table_of_trino_is_healed_and_stays_so(
    oracle_in: duckdb.DuckDBPyConnection, kind: IssueKind
) -> None:
    oracle_in.execute("ATTACH ':memory:' AS hive")
    oracle_in.execute("CREATE SCHEMA hive.hr")
    oracle_in.execute(
        "CREATE TABLE hive.hr.employees AS SELECT ID AS id, PART AS part, NAME AS full_name, "
        "CHANGED AS changed, CAST(CHANGED AS DATE) AS dt FROM oracle.hr.employees "
        "WHERE CAST(CHANGED AS DATE) <> DATE '2026-11-23'"
    )
    repair = repair_of(kind, Dialect.TRINO, "hive.hr.employees")
    for _ in range(2):
        assert run(oracle_in, written(repair)) == (1440, 1440)
        found = differences(oracle_in, repair)
        assert (found.missing, found.extra, found.changed) == (0, 0, 0)


def test_rows_too_many_are_shown_and_stay(
    oracle_in: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(oracle_in, tmp_path, "TRUE")
    fill(oracle_in, tmp_path, "ID IN (1441, 1450)")
    oracle_in.execute("DELETE FROM oracle.hr.employees WHERE ID = 1500")
    repair = repair_of(IssueKind.ROWS_EXTRA, Dialect.DUCKDB, str(tmp_path))
    runbook = written(repair)
    doubles, gone = runbook.statements
    assert oracle_in.execute(doubles).fetchall() == [(1441, "p1", 2), (1450, "p1", 2)]
    assert oracle_in.execute(gone).fetchall() == [(1500, "p0")]
    assert run(oracle_in, runbook) == (1439, 1442)


def test_rows_with_other_contents_are_shown_and_stay(
    oracle_in: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(oracle_in, tmp_path, "TRUE")
    oracle_in.execute("UPDATE oracle.hr.employees SET NAME = NULL WHERE ID IN (1441, 1445)")
    repair = repair_of(IssueKind.ROWS_CHANGED, Dialect.DUCKDB, str(tmp_path))
    runbook = written(repair)
    assert oracle_in.execute(runbook.statements[0]).fetchall() == [(1441, "p1"), (1445, "p2")]
    run(oracle_in, runbook)
    assert differences(oracle_in, repair).changed == 2


@pytest.mark.parametrize("dialect", [Dialect.DUCKDB, Dialect.HIVE, Dialect.TRINO])
@pytest.mark.parametrize("kind", list(IssueKind))
@pytest.mark.parametrize("is_unregistered", [False, True])
def test_no_runbook_deletes_or_names_no_columns(
    kind: IssueKind, dialect: Dialect, is_unregistered: bool
) -> None:
    repair = repair_of(kind, dialect, "hive.hr.employees", is_unregistered=is_unregistered)
    runbook = write_runbook(repair)
    if runbook is not None:
        assert not FORBIDDEN.search(runbook.text)
        assert runbook.issue == 7


def test_hive_loads_a_partition_by_its_own_grammar() -> None:
    repair = repair_of(IssueKind.NO_PARTITION, Dialect.HIVE, "hr.employees", is_text=True)
    assert written(repair).text == (
        "-- Run 8,412 · HR.EMPLOYEES · dt=2026-11-23 · 1,000 rows in Oracle, 0 in the lake\n"
        "-- Hive. Measured at 2026-11-25 09:52 UTC, void after 2026-11-25 10:07 UTC: "
        "look again then.\n"
        "-- Writes nothing if the partition has rows meanwhile, so twice is as once.\n"
        "-- First see whether its files lie there unregistered. Then do not load it,\n"
        "-- that would double it, but register it: ALTER TABLE `hr`.`employees` "
        "ADD IF NOT EXISTS PARTITION (`dt` = '2026-11-23');\n"
        "INSERT INTO TABLE `hr`.`employees` PARTITION (`dt` = '2026-11-23') "
        "(`id`, `part`, `full_name`, `changed`)\n"
        "SELECT s.`ID` AS `id`, s.`PART` AS `part`, s.`NAME` AS `full_name`, "
        "s.`CHANGED` AS `changed`\n"
        "FROM `oracle`.`hr`.`employees` s\n"
        "CROSS JOIN (SELECT COUNT(*) AS n FROM `hr`.`employees` l WHERE l.`dt` = '2026-11-23') "
        "present\n"
        "WHERE s.`CHANGED` >= TIMESTAMP '2026-11-23 00:00:00' "
        "AND s.`CHANGED` < TIMESTAMP '2026-11-24 00:00:00'\n"
        "  AND present.n = 0;\n"
        "SELECT o.n AS oracle_rows, t.n AS lake_rows\n"
        "FROM (SELECT COUNT(*) AS n FROM `oracle`.`hr`.`employees` s "
        "WHERE s.`CHANGED` >= TIMESTAMP '2026-11-23 00:00:00' "
        "AND s.`CHANGED` < TIMESTAMP '2026-11-24 00:00:00') o\n"
        "CROSS JOIN (SELECT COUNT(*) AS n FROM `hr`.`employees` l "
        "WHERE l.`dt` = '2026-11-23') t;\n"
    )


def test_files_that_lie_there_are_registered_and_not_loaded() -> None:
    trino = repair_of(
        IssueKind.NO_PARTITION, Dialect.TRINO, "hive.hr.employees", is_unregistered=True
    )
    (statement,) = written(trino).statements
    assert statement == (
        "CALL \"hive\".\"system\".\"sync_partition_metadata\"('hr', 'employees', 'ADD')"
    )
    hive = replace(trino, dialect=Dialect.HIVE, lake_name="hr.employees")
    assert written(hive).statements[0].startswith("ALTER TABLE `hr`.`employees` ADD IF NOT EXISTS")
    assert write_runbook(replace(trino, dialect=Dialect.DUCKDB)) is None


def test_bounds_are_those_of_the_sources_clocks() -> None:
    utc = repair_of(
        IssueKind.ROWS_MISSING,
        Dialect.TRINO,
        "hive.hr.employees",
        sync=with_changes(SYNC, source_zone=ZoneInfo("UTC")),
    )
    assert "\"CHANGED\" >= TIMESTAMP '2026-11-22 22:00:00'" in written(utc).text


def test_what_is_not_confirmed_has_no_runbook() -> None:
    repair = repair_of(IssueKind.NO_PARTITION, Dialect.TRINO, "hive.hr.employees")
    first_look = replace(repair.issue, confirmed_at=None)
    assert write_runbook(replace(repair, issue=first_look)) is None


def test_rows_of_a_table_without_a_key_have_no_runbook() -> None:
    without = with_changes(SYNC, keys=())
    for kind in (IssueKind.ROWS_MISSING, IssueKind.ROWS_EXTRA, IssueKind.ROWS_CHANGED):
        assert write_runbook(repair_of(kind, Dialect.TRINO, "h.s.t", sync=without)) is None


def test_a_hostile_name_ends_neither_its_comment_nor_its_quotes() -> None:
    hostile = with_changes(SYNC, name="x\nDROP TABLE t; --", partition_column='dt" OR 1=1 --')
    repair = repair_of(IssueKind.ROWS_MISSING, Dialect.TRINO, "h.s.t", sync=hostile)
    text = written(repair).text
    assert text.splitlines()[0].startswith("-- Run 8,412 · x?DROP TABLE t; -- · ")
    assert 'l."dt"" OR 1=1 --" = DATE' in text
    with pytest.raises(ValueError, match="Hive has no"):
        write_runbook(repair_of(IssueKind.ROWS_MISSING, Dialect.HIVE, "s.${x}"))
