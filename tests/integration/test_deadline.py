"""A connection that breaks inside a deadline: what is told, and that the process lives on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.acceptance.process import ROOT

#: The driver ends the whole process when a deadline is set on a lost connection: the test needs one of its own.
SCRIPT = """
from oralite.server import Server
from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.oracle.database import Session
import oracledb

with Server(None, "dba", "Dba-1", "XE") as server:
    for fault in ("drop before execute", "drop after execute", "error 3113 after execute", "freeze on execute times 1"):
        connection = oracledb.connect(user="dba", password="Dba-1", dsn=server.dsn)
        session = Session(connection, {"ask": "SELECT 1 FROM DUAL"}, 2.0)
        server.faults.set(fault)
        try:
            with session.deadline(0.3):
                session.query("ask")
        except OracleUnavailable as error:
            print(error)
        server.faults.set("clear")
"""


@pytest.mark.oralite_only
def test_a_connection_lost_within_a_deadline_is_told_and_does_not_end_the_process() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, cwd=ROOT)

    assert (ended.returncode, ended.stdout.count(" at ask")) == (0, 4), ended.stderr
