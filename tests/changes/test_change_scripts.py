"""The scripts for the DBA: grants that suffice, and triggers to measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest

from oralite.script import read_script, run_script
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, SERVICE
from tests.changes.changecommands import Commands, serve_commands
from tests.changes.coredb import ROOT, administer

GRANTS = ROOT / "deploy" / "oracle_grants_changes.sql"
COST = ROOT / "bench" / "trigger_cost.sql"


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    with serve_commands(tmp_path, monkeypatch) as commands:
        yield commands


def test_the_grants_suffice_to_capture_a_table_and_to_see_all_of_it(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(
        commands.server,
        "REVOKE SELECT ON COREDB.USERS FROM CDC",
        "REVOKE CREATE SESSION, CREATE TABLE, CREATE SEQUENCE FROM CDC",
        "REVOKE CREATE TRIGGER FROM COREDB",
    )
    script = commands.folder / "grants.sql"
    text = GRANTS.read_text(encoding="utf-8")
    script.write_text(text.replace("oracle_cdc\n", "CDC\n"), encoding="utf-8")
    for _ in range(2):
        run_script(commands.server.database, DBA.upper(), script)
    assert commands.run("install", "--table", "COREDB.USERS") == 1
    left = capsys.readouterr().out.partition("SET DEFINE OFF")[2]
    commands.change(*(statement.sql for statement in read_script(left)))
    assert commands.run("status") == 0
    assert "not seen" not in capsys.readouterr().out
    assert commands.run("snapshot", "--table", "COREDB.USERS") == 0


def test_what_measures_triggers_writes_as_the_generated_ones_do(tmp_path: Path) -> None:
    # What is behind that is PL/SQL, which only Oracle runs.
    text, _, measuring = COST.read_text(encoding="utf-8").partition("-- Each step runs")
    assert "DROP USER CDC_COST CASCADE" in measuring
    script = tmp_path / "cost.sql"
    script.write_text(text, encoding="utf-8")
    with Server(None, DBA, DBA_PASSWORD, SERVICE) as server:
        run_script(server.database, DBA.upper(), script)
        dba = oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn)
        with dba as connection:
            cursor = connection.cursor()
            for statement in (
                "INSERT INTO CDC_COST.CAPTURED (ID, STATUS) VALUES (1, 'open')",
                "UPDATE CDC_COST.CAPTURED SET STATUS = 'paid'",
                "DELETE FROM CDC_COST.CAPTURED",
            ):
                cursor.execute(statement)
            log = "SELECT CDC_OP, ID, STATUS FROM CDC_COST.CDC_C_CAPTURED"
            cursor.execute(f"{log} ORDER BY CDC_CHANGE_ID, CDC_OP")
            assert cursor.fetchall() == [
                ("I", 1, "open"),
                ("B", 1, "open"),
                ("U", 1, "paid"),
                ("D", 1, "paid"),
            ]
