"""`changes status`, `snapshot` and `uninstall`: what is shown, written down and ended."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.commands.capturing import uninstall as uninstalling
from tests.changes.changecommands import Commands, serve_commands
from tests.changes.coredb import administer

SHOWN = re.compile(r"cdc_service\.py (changes \w+ --table '.*?')")


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    with serve_commands(tmp_path, monkeypatch) as commands:
        yield commands


def test_a_table_that_the_user_does_not_see_is_taken_from_its_model(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "REVOKE SELECT ON COREDB.USERS FROM CDC")
    assert commands.run("install", "--table", "COREDB.USERS", "--print") == 0
    captured = capsys.readouterr().out
    assert "this user does not see it; its columns and its key are taken from" in captured
    assert captured.count("FOR EACH ROW") == 3
    commands.script(captured[captured.index("SET DEFINE OFF") :])
    assert commands.run("status") == 0
    assert "not seen: its columns" in capsys.readouterr().out
    assert commands.run("snapshot", "--table", "COREDB.USERS") == 3
    assert 'GRANT SELECT ON "COREDB"."USERS" TO CDC' in capsys.readouterr().err


def test_a_snapshot_writes_what_was_there_before(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    commands.run("install", "--table", "COREDB.USERS")
    assert commands.run("snapshot", "--table", "COREDB.USERS") == 0
    assert "1 row written down: the snapshot is whole" in capsys.readouterr().out
    assert commands.rows("SELECT CDC_OP, ID, STATUS FROM CDC_C_USERS") == [("S", "u1", "active")]
    commands.change("ALTER TRIGGER CDC_USERS_D DISABLE")
    assert commands.run("snapshot", "--table", "COREDB.USERS") == 3
    assert "no snapshot: COREDB.CDC_USERS_D: it is disabled" in capsys.readouterr().err


def test_what_was_ended_early_goes_on_or_begins_anew(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    commands.run("install", "--table", "COREDB.USERS")
    commands.run("snapshot", "--table", "COREDB.USERS")
    ended_early = "UPDATE CDC_SNAPSHOTS SET PASSED_AT = NULL, ENDED_AT = NULL"
    commands.change(ended_early, user="CDC")
    capsys.readouterr()
    assert commands.run("snapshot", "--table", "COREDB.USERS") == 0
    assert "it goes on behind the 1 row of one that was ended early" in capsys.readouterr().out
    commands.change(ended_early, user="CDC")
    assert commands.run("snapshot", "--table", "COREDB.USERS", "--anew") == 0
    assert "it goes on" not in capsys.readouterr().out
    assert len(commands.rows("SELECT ID FROM CDC_C_USERS")) == 2


def test_uninstall_asks_where_changes_would_be_lost(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER, DROP ANY TRIGGER TO CDC")
    commands.run("install", "--table", "COREDB.USERS")
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    capsys.readouterr()
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--print") == 0
    assert capsys.readouterr().out.count("DROP TRIGGER") == 3
    assert commands.run("uninstall", "--table", "COREDB.USERS") == 2
    captured = capsys.readouterr()
    assert "1 row of CDC.CDC_C_USERS that were not shipped will be lost" in captured.out
    assert "nobody can be asked here; give --yes" in captured.err
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 0
    assert commands.rows("SELECT * FROM CDC_CHANGE_TABLES") == []
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u2', 'n')")


def test_rows_that_are_captured_while_it_asks_stay_until_they_are_shipped(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER, DROP ANY TRIGGER TO CDC")
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    commands.run("install", "--table", "COREDB.USERS")

    def work_on(question: str, agreed: bool) -> bool:
        assert "all that was captured is shipped" in question
        commands.change("UPDATE USERS SET NAME = 'm'")
        return agreed

    monkeypatch.setattr(uninstalling, "confirm", work_on)
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 1
    said = capsys.readouterr().out
    assert "CDC.CDC_C_USERS: not shipped: 2 rows, 0 when that was asked" in said
    assert "then run this again" in said
    assert commands.rows("SELECT CDC_OP FROM CDC_C_USERS") == [("B",), ("U",)]
    assert len(commands.rows("SELECT * FROM CDC_CHANGE_TABLES")) == 1
    # As the service does once they are shipped.
    commands.change("DELETE FROM CDC_C_USERS", user="CDC")
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 0
    assert commands.rows("SELECT * FROM CDC_CHANGE_TABLES") == []


def test_uninstall_leaves_what_an_open_transaction_has_captured(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER, DROP ANY TRIGGER TO CDC")
    commands.run("install", "--table", "COREDB.USERS")
    with commands.connect("COREDB") as connection:
        connection.cursor().execute("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
        assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 1
        assert "a transaction that writes into it is open" in capsys.readouterr().out
        connection.commit()
    assert commands.rows("SELECT ID FROM CDC_C_USERS") == [("u1",)]


def test_triggers_that_may_not_be_dropped_keep_what_they_write_into(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.run("install", "--table", "COREDB.USERS", "--print")
    commands.script(capsys.readouterr().out)
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 1
    out = capsys.readouterr().out
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    commands.script(out[out.index("SET DEFINE OFF") :])
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 0
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u2', 'n')")


def test_uninstall_leaves_a_trigger_that_is_anothers(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER, DROP ANY TRIGGER TO CDC")
    commands.run("install", "--table", "COREDB.USERS")
    commands.change(
        "CREATE TABLE THEIRS (ID VARCHAR2(40))",
        "CREATE OR REPLACE TRIGGER CDC_USERS_I AFTER INSERT ON USERS FOR EACH ROW"
        " BEGIN INSERT INTO THEIRS (ID) VALUES (:NEW.ID); END;",
    )
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 0
    assert "COREDB.CDC_USERS_I: it stays" in capsys.readouterr().out
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    assert commands.rows("SELECT ID FROM THEIRS", "COREDB") == [("u1",)]


def test_commands_that_are_shown_for_a_name_in_quotes_can_be_pasted(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGES_MODELS_DIR", str(commands.folder / "models"))
    monkeypatch.setenv("TABLE_TRANSFORMERS", '{"odd name": {}}')
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    commands.change(
        'CREATE TABLE "odd name" (ID NUMBER PRIMARY KEY)', 'GRANT SELECT ON "odd name" TO CDC'
    )
    assert commands.run("install", "--table", 'COREDB."odd name"') == 2
    said = re.findall("`(changes models .*?)`", capsys.readouterr().err)
    assert commands.run(*shlex.split(said[0])[1:]) == 0
    assert commands.run("install", "--table", 'COREDB."odd name"') == 0
    said = re.findall(SHOWN, capsys.readouterr().out)
    commands.change('ALTER TABLE "odd name" ADD MORE NUMBER')
    assert commands.run("status") == 1
    said = re.findall(SHOWN, capsys.readouterr().out) + said
    assert [text.split()[1] for text in said] == ["models", "install", "snapshot"]
    for text in said:
        assert commands.run(*shlex.split(text)[1:]) == 0, text


def test_a_column_that_can_not_be_captured_is_not_said_to_be_added_by_a_model(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGES_MODELS_DIR", str(commands.folder / "models"))
    commands.change("ALTER TABLE USERS ADD (LINE LONG, MORE NUMBER)")
    commands.run("models", "--table", "COREDB.USERS")
    assert "column LINE is left out" in capsys.readouterr().out
    commands.run("install", "--table", "COREDB.USERS")
    assert "not in its model" not in capsys.readouterr().out


def test_status_is_also_json(commands: Commands, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run("status") == 0
    assert "no table is captured" in capsys.readouterr().out
    commands.run("install", "--table", "COREDB.USERS", "--print")
    commands.script(capsys.readouterr().out)
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")
    assert commands.run("status", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    (table,) = report["tables"]
    assert 0 <= table["oldestSeconds"] < 60
    assert (table["source"], table["waiting"], table["shipped"]) == ("COREDB.USERS", 1, 0)
    assert report["findings"] == []
    (unseen,) = report["notSeen"]
    assert unseen.endswith('as its owner: GRANT DEBUG ON "COREDB"."USERS" TO CDC')


def test_triggers_that_are_gone_already_keep_nothing_from_being_ended(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.run("install", "--table", "COREDB.USERS", "--print")
    commands.script(capsys.readouterr().out)
    administer(
        commands.server,
        "REVOKE SELECT ON COREDB.USERS FROM CDC",
        "GRANT DROP ANY TRIGGER TO CDC",
        "DROP TRIGGER COREDB.CDC_USERS_U",
    )
    assert commands.run("uninstall", "--table", "COREDB.USERS", "--yes") == 0
    assert commands.rows("SELECT trigger_name FROM user_triggers", "COREDB") == []


def test_the_heartbeat_is_installed_as_any_table_without_a_model(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(commands.server, "GRANT CREATE TRIGGER TO CDC")
    assert commands.run("install", "--table", "CDC.CDC_HEARTBEAT") == 0
    assert "coverage begins now" in capsys.readouterr().out
    assert commands.run("status") == 0
    assert "not seen" not in capsys.readouterr().out
