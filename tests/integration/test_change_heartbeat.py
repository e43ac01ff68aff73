"""The heartbeat: captured by the copy that needs it, beaten once by several, shipped as any row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest

from awslite.cloud import Cloud
from oracle_cdc.changes.capture.findings import Limits, find_all
from oracle_cdc.changes.capture.heartbeat import Heartbeat
from oracle_cdc.changes.capture.survey import read_survey
from oracle_cdc.errors import OracleConfigurationError
from tests.integration.changepipelines import PipelineWorld, serve_pipeline
from tests.integration.changeworlds import World, serve_world
from tests.integration.shippings import serve_shipping


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_world(tmp_path) as world:
        yield world


def beats(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT CDC_OP, ID, BEATEN_BY FROM CDC_C_CDC_HEARTBEAT ORDER BY 1")


def test_a_beat_is_captured_as_any_row(world: World) -> None:
    world.administer("GRANT CREATE TRIGGER TO CDC")
    with world.database() as database:
        heartbeat = Heartbeat(database, 60, "here")
        assert heartbeat.run_once().next_seconds == 60
    assert beats(world) == [("B", 1, None), ("U", 1, "here")]
    with world.session("CDC") as session:
        survey = read_survey(session)
    assert [look.registered.table for look in survey.looks] == ["cdc_heartbeat"]
    assert list(find_all(survey, Limits(1000, 900))) == []


def test_several_copies_beat_once(world: World) -> None:
    world.administer("GRANT CREATE TRIGGER TO CDC")
    with world.database() as database:
        Heartbeat(database, 60, "here").run_once()
        Heartbeat(database, 60, "there").run_once()
        assert len(beats(world)) == 2
        world.run("UPDATE CDC_HEARTBEAT SET BEAT_AT = BEAT_AT - INTERVAL '40' SECOND", user="CDC")
        Heartbeat(database, 60, "there").run_once()
    assert beats(world)[-1] == ("U", 1, "there")


def test_without_the_right_nothing_is_left_and_the_right_is_named(world: World) -> None:
    with (
        world.database() as database,
        pytest.raises(OracleConfigurationError, match="GRANT CREATE TRIGGER TO CDC"),
    ):
        Heartbeat(database, 60, "here").run_once()
    assert world.rows("SELECT * FROM CDC_CHANGE_TABLES") == []


@pytest.fixture
def pipeline(world: World, cloud: Cloud, tmp_path: Path) -> Iterator[PipelineWorld]:
    world.install()
    with (
        serve_shipping(world, cloud) as shipping,
        serve_pipeline(shipping, tmp_path) as pipeline,
    ):
        yield pipeline


@pytest.mark.parametrize("tables", ["", "users"])
def test_the_leg_beats_and_ships_it_without_a_model_or_a_transformer(
    pipeline: PipelineWorld, tables: str
) -> None:
    pipeline.shipping.world.administer("GRANT CREATE TRIGGER TO CDC")
    leg = pipeline.leg(
        CHANGES_HEARTBEAT_SECONDS="60", CDC_INSTANCE_ID="copy-1", CHANGES_TABLES=tables
    )
    leg.startup.ensure_oracle()
    # However slow the machine, each chore that is due has its turn.
    leg.pauses.clock = lambda: 0.0
    leg.use_pause(0.1)
    leg.run_cycles()
    (document,) = pipeline.shipping.records()
    assert (document["table"], document["after"]["beaten_by"]) == ("cdc_heartbeat", "copy-1")
