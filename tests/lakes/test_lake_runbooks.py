"""Runbooks of Trino and Hive, run there as they are copied: healed after one, still after two."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
import trino.dbapi

from standins.hiveserver import HOME
from sync_monitor.model import Kind
from sync_monitor.rows.dialects import Dialect
from sync_monitor.runbooks.repair import Repair, Runbook
from sync_monitor.verdicts import IssueKind
from tests.lakes.stages import HiveStage, hive_server
from tests.monitor import test_runbooks
from tests.monitor.building import with_changes
from tests.monitor.test_runbooks import DAY, SYNC, repair_of, written
from trinolite.server import Trino, serve
from trinolite.warehouse import Table

COLUMNS = "id, part, full_name, changed"
#: Oracle's rows of the day: one a minute.
ROWS = 24 * 60


class Engine(Protocol):
    """An engine that reads both sides."""

    dialect: Dialect
    source: str
    table: str

    def run(self, sql: str) -> list[Any]:
        """Run a statement, and return its rows."""

    def load(self, condition: str, name: str = "s.name") -> None:
        """Write rows of the day into the partition."""

    def forget(self) -> None:
        """Let the metastore forget the partition, whose files stay."""


class TrinoEngine:
    dialect = Dialect.TRINO
    source = "oracle.hr.employees"
    table = "hive.hr.employees"

    def __init__(self, served: Trino, directory: Path) -> None:
        served.warehouse.cursor().execute(
            "CREATE TABLE employees AS SELECT number AS id, 'p' || (number % 3) AS part, "
            "CASE WHEN number % 7 > 0 THEN 'O''Neil ' || number END AS name, "
            "TIMESTAMP '2026-11-22 00:00:00.123456' "
            "+ to_minutes(CAST(number AS INTEGER)) AS changed "
            "FROM range(4320) numbers (number)"
        )
        kinds = {"id": "bigint", "part": "varchar", "name": "varchar", "changed": "timestamp(6)"}
        served.warehouse.add(self.source, Table(kinds, relation="employees"))
        kinds = {"id": "bigint", "part": "varchar", "full_name": "varchar"}
        kinds = {**kinds, "changed": "timestamp(6)", "dt": "varchar"}
        self.files = served.warehouse.add(self.table, Table(kinds, directory / "t", "dt"))
        self.port = served.port
        self.connection = trino.dbapi.connect(host="127.0.0.1", port=served.port, user="tests")

    def run(self, sql: str) -> list[Any]:
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]

    def load(self, condition: str, name: str = "s.name") -> None:
        exact = {"hive.timestamp_precision": "MICROSECONDS"}
        loader = trino.dbapi.connect(
            host="127.0.0.1", port=self.port, user="loader", session_properties=exact
        )
        loader.cursor().execute(
            f"INSERT INTO {self.table} ({COLUMNS}, dt) SELECT s.id, s.part, {name}, s.changed, "
            f"'{DAY.key}' FROM {self.source} s WHERE {condition}"
        )

    def forget(self) -> None:
        self.files.registered.clear()


class HiveEngine:
    dialect = Dialect.HIVE

    def __init__(self, stage: HiveStage) -> None:
        self.stage = stage
        self.source = f"{stage.name}_source"
        self.table = f"{stage.name}_lake"
        stage.run(
            f"CREATE TABLE {self.source} STORED AS PARQUET AS SELECT id, "
            "CONCAT('p', id % 3) AS part, "
            "CASE WHEN id % 7 > 0 THEN CONCAT('O\\'Neil ', id) END AS name, "
            "TIMESTAMPADD(MINUTE, id, TIMESTAMP '2026-11-22 00:00:00.123456') AS changed "
            "FROM range(4320)"
        )
        stage.run(
            f"CREATE TABLE {self.table} (id BIGINT, part STRING, full_name STRING, "
            f"changed TIMESTAMP) PARTITIONED BY (dt STRING) STORED AS PARQUET "
            f"LOCATION '{stage.directory}'"
        )

    def run(self, sql: str) -> list[Any]:
        self.stage.run(sql)
        if sql.startswith("SELECT"):
            return list(self.stage.cursor.fetchall())
        return []

    def load(self, condition: str, name: str = "s.name") -> None:
        self.run(
            f"INSERT INTO {self.table} PARTITION (dt = '{DAY.key}') ({COLUMNS}) "
            f"SELECT s.id, s.part, {name}, s.changed FROM {self.source} s WHERE {condition}"
        )

    def forget(self) -> None:
        # A table that is EXTERNAL, as one with a LOCATION is, keeps its files.
        self.run(f"ALTER TABLE {self.table} DROP PARTITION (dt = '{DAY.key}')")


@pytest.fixture(params=["trinolite", *(["hive"] if HOME in os.environ else [])])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "hive":
        stage = HiveStage(tmp_path, hive_server().port)
        yield HiveEngine(stage)
        stage.lake.close()
        stage.cursor.close()
        stage.admin.close()
        return
    with serve() as served:
        yield TrinoEngine(served, tmp_path)


def repair(engine: Engine, kind: IssueKind, **changes: object) -> Repair:
    return repair_of(
        kind,
        engine.dialect,
        engine.table,
        **{"source_name": engine.source, "is_text": True, **changes},
    )


def run(engine: Engine, runbook: Runbook) -> tuple[int, int]:
    """Run a runbook as it is copied, and return both counts of its check."""
    for statement in runbook.statements:
        engine.run(statement)
    (counts,) = engine.run(runbook.check)
    return counts[0], counts[1]


OF_THE_DAY = "s.id >= 1440 AND s.id < 2880"


def test_a_missing_partition_is_loaded_once(engine: Engine) -> None:
    runbook = written(repair(engine, IssueKind.NO_PARTITION))
    assert run(engine, runbook) == (ROWS, ROWS)
    assert run(engine, runbook) == (ROWS, ROWS)


def test_missing_rows_are_added_once(engine: Engine) -> None:
    engine.load(f"{OF_THE_DAY} AND s.id <> 1500 AND s.id < 2800")
    runbook = written(repair(engine, IssueKind.ROWS_MISSING))
    assert run(engine, runbook) == (ROWS, ROWS)
    assert run(engine, runbook) == (ROWS, ROWS)


def test_rows_with_no_value_in_a_key_or_blanks_behind_it_are_not_added_again(
    engine: Engine,
) -> None:
    engine.load(f"{OF_THE_DAY} AND s.id <> 1500", name="s.name || '  '")
    number, part, name, changed = test_runbooks.COLUMNS
    runbook = written(
        repair(
            engine,
            IssueKind.ROWS_MISSING,
            sync=with_changes(SYNC, keys=("ID", "NAME")),
            columns=(number, part, replace(name, kind=Kind.CHAR), changed),
        )
    )
    assert run(engine, runbook) == (ROWS, ROWS)
    assert run(engine, runbook) == (ROWS, ROWS)


def test_rows_whose_key_has_a_time_are_not_added_again(engine: Engine) -> None:
    engine.load(f"{OF_THE_DAY} AND s.id <> 1500")
    runbook = written(
        repair(engine, IssueKind.ROWS_MISSING, sync=with_changes(SYNC, keys=("ID", "CHANGED")))
    )
    assert run(engine, runbook) == (ROWS, ROWS)
    assert run(engine, runbook) == (ROWS, ROWS)


def test_a_partition_that_lies_there_is_registered_not_loaded(engine: Engine) -> None:
    engine.load(OF_THE_DAY)
    engine.forget()
    runbook = written(repair(engine, IssueKind.NO_PARTITION, is_unregistered=True))
    assert run(engine, runbook) == (ROWS, ROWS)
    assert run(engine, runbook) == (ROWS, ROWS)


def test_doubles_and_rows_that_oracle_has_not_are_shown(engine: Engine) -> None:
    engine.load(OF_THE_DAY)
    engine.load("s.id = 1500")
    engine.load("s.id = 9")
    runbook = written(repair(engine, IssueKind.ROWS_EXTRA))
    *_, doubles, gone = [engine.run(statement) for statement in runbook.statements]
    assert [tuple(row) for row in doubles] == [(1500, "p0", 2)]
    assert [tuple(row) for row in gone] == [(9, "p0")]


def test_changed_rows_are_shown_by_their_keys(engine: Engine) -> None:
    engine.load(f"{OF_THE_DAY} AND s.id <> 1501")
    engine.load("s.id = 1501", name="UPPER(s.name)")
    runbook = written(repair(engine, IssueKind.ROWS_CHANGED))
    *_, shown = [engine.run(statement) for statement in runbook.statements]
    assert [tuple(row) for row in shown] == [(1501, "p1")]
