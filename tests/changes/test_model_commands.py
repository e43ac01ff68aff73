"""`changes models`: what it writes, what it keeps of what people confirmed, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules.table_models import JsonType, Sensitivity
from tests.changes.changecommands import Commands, serve_commands
from tests.changes.coredb import MODELS, PAGE, administer


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    with serve_commands(tmp_path, monkeypatch) as commands:
        yield commands


def test_the_models_of_the_sample_schema_are_those_that_the_dictionary_gives(
    commands: Commands, tmp_path: Path
) -> None:
    # `python -m tests.changes.coredb` writes them anew.
    assert commands.run("models", "--owner", "coredb", "--out", str(tmp_path / "made")) == 0
    made = {path.name: path.read_text() for path in (tmp_path / "made").iterdir()}
    assert made == {path.name: path.read_text() for path in MODELS.glob("*.json")}
    assert len(made) == 19


def test_the_page_of_models_is_made_from_them(commands: Commands, tmp_path: Path) -> None:
    page = tmp_path / "page"
    assert commands.run("models", "--page", str(page)) == 0
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_what_a_person_confirmed_in_a_model_stays(commands: Commands, tmp_path: Path) -> None:
    out = str(tmp_path / "models")
    commands.run("models", "--table", "COREDB.USERS", "--out", out)
    path = tmp_path / "models" / "users.json"
    text = path.read_text()
    text = text.replace('"failed_logins"', '"failed_logins"', 1)
    document = json.loads(text)
    by_name = {column["name"]: column for column in document["columns"]}
    by_name["name"]["sensitivity"] = "none"
    by_name["failed_logins"]["jsonType"] = "boolean"
    path.write_text(json.dumps(document))
    commands.change("ALTER TABLE USERS ADD NICKNAME VARCHAR2(20)")
    assert commands.run("models", "--table", "COREDB.USERS", "--out", out) == 0
    columns = read_models(tmp_path / "models")["users"].columns
    assert columns["name"].sensitivity is Sensitivity.NONE
    assert columns["failed_logins"].json_type is JsonType.BOOLEAN
    assert columns["nickname"].sensitivity is Sensitivity.PERSONAL


def test_a_model_is_not_written_over_that_of_another_table(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    administer(
        commands.server,
        "CREATE TABLE CDC.USERS (ID NUMBER PRIMARY KEY)",
    )
    out = str(tmp_path / "models")
    assert commands.run("models", "--table", "COREDB.USERS", "--out", out) == 0
    path = tmp_path / "models" / "users.json"
    former = path.read_text()
    assert commands.run("models", "--table", "CDC.USERS", "--out", out) == 1
    assert "CDC.USERS: users.json is the model of COREDB.USERS" in capsys.readouterr().out
    assert path.read_text() == former
    copy = former.replace('"users"', '"payers"').replace("COREDB.USERS", "CDC.USERS")
    (tmp_path / "models" / "payers.json").write_text(copy)
    assert commands.run("models", "--table", "CDC.USERS", "--out", out) == 0
    models = read_models(tmp_path / "models")
    assert list(models["payers"].columns) == ["id"]
    assert models["users"].source == "COREDB.USERS"


def test_columns_whose_names_differ_in_quotes_alone_are_two(
    commands: Commands, tmp_path: Path
) -> None:
    commands.change(
        'CREATE TABLE PAIRS (ID NUMBER PRIMARY KEY, NAME VARCHAR2(9), "name" VARCHAR2(9))',
        "GRANT SELECT ON PAIRS TO CDC",
    )
    out = tmp_path / "models"
    assert commands.run("models", "--table", "COREDB.PAIRS", "--out", str(out)) == 0
    columns = read_models(out)["pairs"].columns
    assert [(name, column.column) for name, column in columns.items()] == [
        ("id", "ID"),
        ("NAME", "NAME"),
        ("name", "name"),
    ]


def test_a_table_without_a_key_has_a_model_once_its_keys_are_named(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "models")
    commands.change(
        'CREATE TABLE LOGS (AT TIMESTAMP, LINE LONG, "odd" NUMBER)', "GRANT SELECT ON LOGS TO CDC"
    )
    assert commands.run("models", "--table", "COREDB.LOGS", "--out", out) == 1
    assert "it has no primary key; allowed: --keys COLUMN" in capsys.readouterr().out
    arguments = ("models", "--table", "COREDB.LOGS", "--keys", "AT,odd", "--out", out)
    assert commands.run(*arguments) == 0
    assert "column LINE is left out: its type LONG" in capsys.readouterr().out
    model = read_models(tmp_path / "models")["logs"]
    assert (list(model.keys), list(model.columns)) == (["at", "odd"], ["at", "odd"])


def test_a_key_that_is_no_column_leaves_the_models_as_they_were(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "models"
    asked = ("models", "--table", "COREDB.LOGS", "--out", str(out))
    commands.change("CREATE TABLE LOGS (A NUMBER, B NUMBER)", "GRANT SELECT ON LOGS TO CDC")
    assert commands.run(*asked, "--keys", "A,C") == 1
    assert "COREDB.LOGS: its key C is none of its columns" in capsys.readouterr().out
    assert commands.run(*asked, "--keys", "A, B") == 0
    made = (out / "logs.json").read_text()
    commands.change("ALTER TABLE LOGS RENAME COLUMN A TO D")
    assert commands.run(*asked) == 1, "the key that was confirmed is gone"
    assert (out / "logs.json").read_text() == made
    assert commands.run(*asked, "--keys", "D") == 0


@pytest.mark.parametrize("place", ["file/models", "file"])
def test_a_folder_for_models_that_can_not_be_written_into_is_said_to_be_none(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / place)
    assert commands.run("models", "--table", "COREDB.USERS", "--out", out) == 2
    assert f"{out}/users.json: not writable (" in capsys.readouterr().err


def test_a_page_of_models_that_can_not_be_written_is_said_to_be_none(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = str(tmp_path / "absent" / "models.md")
    assert commands.run("models", "--out", str(MODELS), "--page", page) == 2
    assert f"{page}: not writable (FileNotFoundError)" in capsys.readouterr().err
