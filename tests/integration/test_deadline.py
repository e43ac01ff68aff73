"""A connection that breaks inside a deadline: what is reported, and that the process lives on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import make_statements
from tests.acceptance.process import ROOT
from tests.world import USER, World

#: The driver ends the whole process when a deadline is set on a lost connection: the test needs one
#: of its own.
SCRIPT = """
from oralite.server import Server
from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.oracle.queries import make_statements
from oracle_cdc.oracle.session import Session
import oracledb

with Server(None, "dba", "Dba-1", "XE") as server:
    for fault in (
        "drop before execute",
        "drop after execute",
        "error 3113 after execute",
        "freeze on execute times 1",
    ):
        connection = oracledb.connect(user="dba", password="Dba-1", dsn=server.dsn)
        session = Session(connection, make_statements({"ask": "SELECT 1 FROM DUAL"}), 2.0)
        server.faults.set(fault)
        try:
            with session.deadline(0.3):
                session.query("ask")
        except OracleUnavailable as error:
            print(error)
        server.faults.set("clear")
"""


@pytest.mark.oralite_only
def test_a_connection_lost_within_a_deadline_is_reported_and_does_not_end_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, cwd=ROOT
    )

    assert (ended.returncode, ended.stdout.count(" at ask")) == (0, 4), ended.stderr


def test_an_array_that_is_cancelled_in_its_middle_locks_nothing(world: World) -> None:
    one, other = database(world), database(world)
    for call in ("1", "2", "3"):
        world.change(
            f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, PROCESSED_AT) "
            f"VALUES ('{call}', SYSTIMESTAMP)"
        )

    with other.session() as blocking:
        blocking.execute("touch", call_id="2")
        with pytest.raises(OracleUnavailable, match="DPY-4024"), one.session() as session:
            session.execute_array("touch", [{"call_id": call} for call in ("1", "2", "3")])
        assert blocking.execute("touch", call_id="1") == 1
        blocking.rollback()


def database(world: World) -> Database:
    """Open a database with a statement of the test's own, and little patience."""
    found = world.application().database
    found.settings = found.settings.model_copy(update={"call_timeout_seconds": 0.5})
    touch = "UPDATE CDC_PROCESSED_CALLS SET VERSION = 7 WHERE CALL_ID = :call_id"
    found.statements = make_statements({"touch": touch})
    return found
