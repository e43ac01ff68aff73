"""`changes install`: what it makes, who may, and what is refused of any action."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.changes.changecommands import Commands, serve_commands
from tests.changes.coredb import administer


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    with serve_commands(tmp_path, monkeypatch) as commands:
        yield commands


def test_a_printed_script_runs_as_it_is_printed(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run("install", "--table", "COREDB.USERS", "--print") == 0
    script = capsys.readouterr().out
    assert script.count("FOR EACH ROW") == 3
    commands.script(script)
    commands.change("INSERT INTO USERS (ID, NAME, SSN) VALUES ('u1', 'n', '1')")
    assert commands.rows("SELECT CDC_OP, ID, NAME, STATUS FROM CDC_C_USERS") == [
        ("I", "u1", "n", "active")
    ]
    assert commands.run("install", "--table", "coredb.users", "--print") == 0
    assert "CREATE TABLE" not in capsys.readouterr().out


def test_several_tables_are_installed_by_one_command(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    both = ("--table", "COREDB.USERS", "--table", "COREDB.AGENTS")
    assert commands.run("install", *both, "--print") == 0
    assert capsys.readouterr().out.count("FOR EACH ROW") == 6
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    assert commands.run("install", *both) == 0
    assert capsys.readouterr().out.count("coverage begins now") == 2


def test_a_script_is_printed_without_oracle_where_none_is_set(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert commands.run("install", "--table", "COREDB.USERS", "--print") == 0
    known = capsys.readouterr().out
    for name in ("ORACLE_DSN", "ORACLE_HOST", "ORACLE_PASSWORD"):
        monkeypatch.delenv(name)
    assert commands.run("install", "--table", "COREDB.USERS", "--print") == 0
    assert capsys.readouterr().out == known


def test_who_may_not_make_triggers_installs_the_rest_and_prints_them(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run("install", "--table", "COREDB.USERS") == 1
    out = capsys.readouterr().out
    assert "❌ COREDB.USERS: CDC may not make triggers on it; this is left to do:" in out
    assert commands.run("status") == 1
    assert "COREDB.CDC_USERS_I: it is missing: changes go by unseen" in capsys.readouterr().out
    commands.script(out[out.index("SET DEFINE OFF") :])
    assert commands.run("status") == 0
    shown = capsys.readouterr().out
    assert "COREDB.USERS as users: 0 rows wait; 0 shipped" in shown
    assert "⚠️  COREDB.USERS: not seen: whether they compile" in shown


def test_triggers_that_a_dba_made_are_taken_for_made(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.change("GRANT SELECT ON USERS TO CDC")
    assert commands.run("install", "--table", "COREDB.USERS") == 1
    commands.script(capsys.readouterr().out.partition("left to do:")[2])
    assert commands.run("install", "--table", "COREDB.USERS") == 0
    shown = capsys.readouterr().out
    assert "the triggers on COREDB.USERS are there, and as they should be" in shown
    commands.change("ALTER TRIGGER CDC_USERS_U DISABLE")
    assert commands.run("install", "--table", "COREDB.USERS") == 1


def test_who_may_installs_widens_and_drops_what_is_gone(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    administer(commands.server, "GRANT CREATE ANY TRIGGER TO CDC")
    models = commands.folder / "models"
    monkeypatch.setenv("CHANGES_MODELS_DIR", str(models))
    commands.run("models", "--table", "COREDB.AGENTS")
    assert commands.run("install", "--table", "COREDB.AGENTS") == 0
    assert "coverage begins now" in capsys.readouterr().out
    commands.change("ALTER TABLE AGENTS ADD SHIFT CHAR(1)", "ALTER TABLE AGENTS DROP COLUMN TEAM")
    assert commands.run("status", "--table", "COREDB.AGENTS") == 1
    assert "columns are gone that are captured (TEAM)" in capsys.readouterr().out
    assert commands.run("install", "--table", "COREDB.AGENTS") == 0
    assert "not in its model, so not captured: SHIFT" in capsys.readouterr().out
    assert commands.run("status") == 1
    assert "columns are not captured: SHIFT" in capsys.readouterr().out
    commands.run("models", "--table", "COREDB.AGENTS")
    assert commands.run("install", "--table", "COREDB.AGENTS") == 0
    assert commands.run("status") == 0
    commands.change("INSERT INTO AGENTS (ID, DISPLAY_NAME, SHIFT) VALUES (1, 'n', 'x')")
    assert commands.rows("SELECT ID, SHIFT FROM CDC_C_AGENTS") == [(1, "x")]
    columns = [name for (name,) in commands.rows("SELECT COLUMN_NAME FROM USER_TAB_COLUMNS")]
    assert "TEAM" not in columns


def test_triggers_that_do_not_compile_do_not_stop_the_application(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    # A model that is not of its table any more, and a user that does not see the table.
    administer(
        commands.server,
        "REVOKE SELECT ON COREDB.USERS FROM CDC",
        "ALTER TABLE COREDB.USERS DROP COLUMN STATUS",
        "GRANT CREATE ANY TRIGGER TO CDC",
    )
    assert commands.run("install", "--table", "COREDB.USERS") == 1
    out = capsys.readouterr().out
    assert "CDC may not drop it; as its owner or a DBA, at once: DROP TRIGGER" in out
    administer(commands.server, "GRANT DROP ANY TRIGGER TO CDC")
    assert commands.run("install", "--table", "COREDB.USERS") == 1
    out = capsys.readouterr().out
    assert out.count("dropped again, since the application would get ORA-04098") == 3
    commands.change("INSERT INTO USERS (ID, NAME) VALUES ('u1', 'n')")


def test_a_table_with_too_many_columns_is_refused_before_anything_is_made(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    models = commands.folder / "models"
    monkeypatch.setenv("CHANGES_MODELS_DIR", str(models))
    columns = ", ".join(f"A_COLUMN_WITH_A_LONG_NAME_{number} NUMBER" for number in range(500))
    commands.change(
        "DROP TABLE AGENTS",
        f"CREATE TABLE AGENTS (ID NUMBER PRIMARY KEY, {columns})",
        "GRANT SELECT ON AGENTS TO CDC",
    )
    commands.run("models", "--table", "COREDB.AGENTS")
    assert commands.run("install", "--table", "COREDB.AGENTS") == 2
    assert "include fewer columns" in capsys.readouterr().err
    assert commands.rows("SELECT TABLE_NAME FROM CDC_CHANGE_TABLES") == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("install", "--table", "USERS"), "--table: given USERS; allowed: OWNER.TABLE"),
        (("install", "--table", "COREDB.NOPE"), "COREDB.NOPE: it has no model in"),
        (("install", "--table", "COREDB.CALLS"), "TABLE_TRANSFORMERS has no calls"),
        (
            ("install", "--strict", "--table", "COREDB.PROFILES"),
            "what DBMS_LOB writes into ABOUT, PICTURE is not captured",
        ),
        (("uninstall", "--table", "COREDB.USERS"), "COREDB.USERS is not captured; captured: none"),
        (("snapshot", "--table", "COREDB.USERS"), "COREDB.USERS is not captured; captured: none"),
        (("models",), "--owner or --table says of which tables"),
        (("models", "--owner", "NOBODY"), "no table that this user sees; as NOBODY"),
    ],
)
def test_what_can_not_be_done_is_refused_and_said(
    commands: Commands, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], reason: str
) -> None:
    assert commands.run(*arguments) == 2
    assert reason in capsys.readouterr().err


def test_a_view_is_refused_before_anything_is_made(
    commands: Commands, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    models = commands.folder / "models"
    monkeypatch.setenv("CHANGES_MODELS_DIR", str(models))
    commands.change("CREATE TABLE PEOPLE (ID NUMBER PRIMARY KEY)", "GRANT SELECT ON PEOPLE TO CDC")
    commands.run("models", "--table", "COREDB.PEOPLE")
    administer(commands.server, "GRANT CREATE VIEW TO COREDB")
    commands.change(
        "DROP TABLE PEOPLE",
        "CREATE VIEW PEOPLE AS SELECT ID FROM USERS",
        "GRANT SELECT ON PEOPLE TO CDC",
    )
    monkeypatch.setenv("TABLE_TRANSFORMERS", '{"people": {}}')
    capsys.readouterr()
    assert commands.run("install", "--table", "COREDB.PEOPLE") == 2
    assert "COREDB.PEOPLE: it is a view" in capsys.readouterr().err
    assert commands.rows("SELECT TABLE_NAME FROM CDC_CHANGE_TABLES") == []
    assert commands.run("models", "--table", "COREDB.PEOPLE", "--keys", "ID") == 1
    assert "allowed: the tables that it reads" in capsys.readouterr().out


def test_without_the_tables_of_changes_it_is_said_what_makes_them(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.change("DROP SEQUENCE CDC_CHANGE_SEQ", user="CDC")
    assert commands.run("install", "--table", "COREDB.USERS") == 3
    assert "CDC_CHANGE_SEQ: no sequence of this name; `python" in capsys.readouterr().err
