"""A whole look at Trino: Oracle by its driver on the stand-in, the lake by Trino's on the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from sync_monitor.lake.trino import TrinoLake, TrinoPlace
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Asked
from sync_monitor.model import Engine, Severity, Sync
from sync_monitor.rounds import Rounds
from sync_monitor.verdicts import IssueKind, Trigger
from tests.monitor.edges import Stage, settings_in, staged
from trinolite.faults import SUBMIT, Fault
from trinolite.server import Trino, serve
from trinolite.types import named_as
from trinolite.warehouse import Table


class Scene:
    """The seeded lake as a table of Trino."""

    def __init__(self, stage: Stage, trino: Trino) -> None:
        self.stage = stage
        self.trino = trino
        files = f"{stage.target}/dt=*/*.parquet"
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"DESCRIBE SELECT * FROM read_parquet('{files}', hive_partitioning = false)"
            ).fetchall()
        kinds = {name.lower(): named_as(kind) for name, kind, *_ in rows}
        self.table = Table({**kinds, "dt": "varchar"}, stage.target, "dt")
        trino.warehouse.add("hive.hr.employees", self.table).register()
        lake = TrinoLake(TrinoPlace("127.0.0.1", trino.port, "tests"), 20.0)
        pace = replace(stage.parts.pace, confirm=timedelta(0))
        looker = Looker(stage.parts.edges.database.session, {Engine.TRINO: lake}, pace)
        self.rounds = Rounds(stage.store, looker, pace)

    @property
    def sync(self) -> Sync:
        return replace(self.stage.sync, engine=Engine.TRINO, target="hive.hr.employees")

    def look(self) -> Looked:
        looked = self.rounds.look(self.sync, Asked(Trigger.ONCE))
        self.rounds.record([self.sync])
        return looked


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with staged(settings_in(tmp_path)) as stage, serve() as trino:
        yield Scene(stage, trino)


def test_both_sides_agree_down_to_the_checksum(scene: Scene) -> None:
    looked = scene.look()
    assert looked.entry.look.verdict.severity is Severity.OK
    assert looked.entry.cells
    for cell in looked.entry.cells:
        assert not cell.is_faulty
    summed = [sql for sql in scene.trino.statements if "FROM_BASE" in sql]
    assert summed


def test_a_partition_that_the_metastore_forgot_is_missing(scene: Scene) -> None:
    scene.look()
    gone = sorted(scene.table.registered)[3]
    scene.table.registered.discard(gone)
    looked = scene.look()
    assert looked.entry.look.verdict.severity is Severity.CRITICAL
    kinds = {issue.kind for issue in looked.entry.issues}
    assert kinds == {IssueKind.NO_PARTITION}


def test_a_look_names_the_partition_that_trino_can_not_read(scene: Scene) -> None:
    scene.look()
    key = sorted(scene.table.registered)[3]
    scene.trino.faults.order(Fault(SUBMIT, containing=f"= '{key}'", error="HIVE_BAD_DATA"))
    failure = scene.look().failure
    assert str(failure) == f"LAKE-FILE at look at {scene.sync.name}, dt={key}"


def test_a_trino_that_fails_is_not_measured(scene: Scene) -> None:
    scene.look()
    scene.trino.faults.order(Fault(SUBMIT, status=503))
    looked = scene.look()
    assert looked.entry.look.verdict.severity is Severity.UNKNOWN
    assert looked.entry.look.error_code == "LAKE-UNREACHABLE"
