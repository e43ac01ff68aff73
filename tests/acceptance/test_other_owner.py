"""The mode in which another user owns the service's tables: the process works through grants and
synonyms alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.oracle.ddl import read_tables
from oralite.script import run_script
from oralite.server import Server
from tests.acceptance.process import ROOT, finished
from tests.world import DBA, DBA_PASSWORD, SERVICE, World, open_world

USER, OWNER, PASSWORD = "oracle_cdc", "CDC_OWNER", "secret"
SCRIPTS = (
    (DBA, "deploy/sample_source.sql"),
    (OWNER, "init_oracle_tables.sql"),
    (DBA, "deploy/oracle_grants_other_owner.sql"),
)


@pytest.fixture
def world(sqs_server: str) -> Iterator[World]:
    """Set up a database by the repository's own scripts, in their documented order."""
    with Server(None, DBA, DBA_PASSWORD, SERVICE) as server:
        world = open_world(server, sqs_server, with_tables=False)
        for user, script in SCRIPTS:
            run_script(server.database, user.upper(), ROOT / script)
        yield world
        world.close()


def test_a_call_goes_out_and_its_answer_comes_back(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path), ORACLE_USER=USER, ORACLE_PASSWORD=PASSWORD)

    assert finished(["check"], environment)[0] == 0
    assert finished(["run", "--once"], environment)[0] == 0
    world.answer("1001", revision=1, summary="money back")
    assert finished(["run", "--once"], environment)[0] == 0

    assert sorted(body["callId"] for body in world.received()) == ["1001", "1002"]
    states = world.rows(f"SELECT CALL_ID, STATE FROM {OWNER}.CDC_PROCESSED_CALLS ORDER BY CALL_ID")
    assert states == [("1001", "SUMMARIZED"), ("1002", "SENT"), ("1003", "REJECTED_TOO_SHORT")]
    assert world.rows(f"SELECT SUMMARY_TEXT FROM {OWNER}.DICTA_CALL_SUMMARY") == [("money back",)]
    assert finished(["status"], environment)[0] == 0


def test_the_services_user_owns_nothing_but_its_synonyms(world: World) -> None:
    owned = world.rows(
        "SELECT OBJECT_NAME, OBJECT_TYPE FROM ALL_OBJECTS WHERE OWNER = :1", USER.upper()
    )
    assert sorted(owned) == sorted((table, "SYNONYM") for table in read_tables())
