"""Runbooks of files that a loader wrote and never moved into place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sync_monitor.rows.dialects import Dialect
from sync_monitor.runbooks.repair import Runbook
from sync_monitor.verdicts import IssueKind
from tests.monitor.test_runbooks import DAY, repair_of, run, written


def left_by_a_loader(
    connection: duckdb.DuckDBPyConnection, directory: Path, condition: str
) -> Runbook:
    """Make ten rows of Oracle, another day in the lake, and files that have some of the ten."""
    connection.execute(
        "ATTACH ':memory:' AS oracle; CREATE SCHEMA oracle.hr; "
        "CREATE TABLE oracle.hr.employees AS SELECT number AS ID, 'p' AS PART, 'n' AS NAME, "
        "TIMESTAMP '2026-11-23 10:00:00' AS CHANGED FROM range(10) numbers (number)"
    )
    left = directory / "_temporary" / "0" / f"dt={DAY.key}"
    for place in (left, directory / "dt=2026-11-22"):
        place.mkdir(parents=True)
        connection.execute(
            "COPY (SELECT ID AS id, PART AS part, NAME AS full_name, CHANGED AS changed "
            f"FROM oracle.hr.employees WHERE {condition}) TO '{place}/a.parquet' (FORMAT parquet)"
        )
    kind, name = IssueKind.NO_PARTITION, str(directory)
    return written(
        repair_of(kind, Dialect.DUCKDB, name, is_unregistered=True, staged_name=str(left))
    )


def test_files_of_a_whole_load_are_published_once(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    runbook = left_by_a_loader(lake, tmp_path, "TRUE")
    assert run(lake, runbook) == (10, 10)
    assert run(lake, runbook) == (10, 10)


@pytest.mark.parametrize("condition", ["ID < 9", "FALSE"])
def test_files_of_half_a_load_stay_where_they_lie(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path, condition: str
) -> None:
    runbook = left_by_a_loader(lake, tmp_path, condition)
    files = sorted(tmp_path.rglob("*.parquet"))
    assert run(lake, runbook) == (10, 0)
    assert sorted(tmp_path.rglob("*.parquet")) == files


def test_the_head_says_that_the_load_must_be_over(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    head = left_by_a_loader(lake, tmp_path, "TRUE").head
    assert (
        "First see that its load is over: one that still moves its files there doubles it." in head
    )
