"""TABLE_TRANSFORMERS: one dictionary of tables, wherever it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import config
from oracle_cdc.changes.model_files import read_models
from oracle_cdc.changes.rules.transformers import read_transformers
from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.errors import SettingsError
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import load_alone
from oracle_cdc.settings.layers import CONFIG_PLACE, Origins
from oracle_cdc.settings.listing import list_settings
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.page import read_page
from tests.documents import ROOT

USERS = {
    "redactFields": ["ssn", "email", "phone"],
    "eventType": "user.changed",
    "includeFields": ["id", "name", "status", "updated_at"],
}
IN_YAML = """\
table_transformers:
  users:
    redactFields: [ssn, email, phone]
    eventType: user.changed
    includeFields:
      - id
      - name
      - status
      - updated_at
    skipUnchanged: true
    lobs: "false"
    imageMode:
  agents: {redactFields: [], eventType: agent.changed, includeFields: ['*']}
"""


def load(
    tmp_path: Path,
    environment: Mapping[str, str] | None = None,
    page: Mapping[str, Mapping[str, object]] | None = None,
    yaml: str = "",
) -> ProcessorSettings:
    if yaml:
        (tmp_path / CONFIG_PLACE).parent.mkdir()
        (tmp_path / CONFIG_PLACE).write_text(yaml)
    given = read_page(page or {}, ROOT / "config.py")
    return load_alone(
        ProcessorSettings, Origins(environment or {}, tmp_path / ".env", given, ask_store)
    )


def page_of(tables: object) -> Mapping[str, Mapping[str, object]]:
    return {"": {"TABLE_TRANSFORMERS": tables}}


def lines_of_refusal(error: BaseException) -> list[str]:
    return [line.strip() for line in str(error).splitlines()[1:]]


def test_the_page_of_defaults_has_the_tables_as_they_are(tmp_path: Path) -> None:
    settings = load(tmp_path, page=page_of(config.TABLE_TRANSFORMERS))
    assert settings.table_transformers == config.TABLE_TRANSFORMERS
    assert settings.table_transformers["users"] == USERS
    place = settings.given["TABLE_TRANSFORMERS"].place
    written = (ROOT / "config.py").read_text().splitlines()[int(place.split()[-1]) - 1]
    assert written.startswith("TABLE_TRANSFORMERS")


def test_the_tables_of_the_page_have_models(tmp_path: Path) -> None:
    models = read_models(ROOT / "models")
    assert read_transformers(config.TABLE_TRANSFORMERS, models).keys() == {
        *("users", "orders", "agents")
    }


def test_the_yaml_file_says_the_same_where_values_are_text_but_switches(tmp_path: Path) -> None:
    tables = load(tmp_path, yaml=IN_YAML).table_transformers
    assert tables == {
        "users": {
            "redactFields": ("ssn", "email", "phone"),
            "eventType": "user.changed",
            "includeFields": ("id", "name", "status", "updated_at"),
            "skipUnchanged": True,
            "lobs": "false",
        },
        "agents": {
            "redactFields": (),
            "eventType": "agent.changed",
            "includeFields": ("*",),
        },
    }


def test_the_environment_says_the_same_as_json(tmp_path: Path) -> None:
    text = json.dumps({"users": USERS})
    assert load(tmp_path, {"TABLE_TRANSFORMERS": text}).table_transformers == {"users": USERS}


def test_the_nearest_place_counts_as_a_whole(tmp_path: Path) -> None:
    near = {"TABLE_TRANSFORMERS": '{"orders": {}}'}
    settings = load(tmp_path, near, page_of({"users": USERS}), IN_YAML)
    assert settings.table_transformers == {"orders": {}}


def test_without_a_place_there_is_no_table(tmp_path: Path) -> None:
    assert load(tmp_path).table_transformers == {}


@pytest.mark.parametrize(
    "text",
    [
        "users",
        "{",
        "[]",
        '{"users": []}',
        '{"users": {}, "users": {}}',
        '{"users": {"eventType": "a", "eventType": "b"}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_dictionary_of_dictionaries_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="TABLE_TRANSFORMERS in the environment: given "):
        load(tmp_path, {"TABLE_TRANSFORMERS": text})


@pytest.mark.parametrize("tables", [["users"], {"users": "*"}, {1: {}}, object()])
def test_a_page_with_something_else_in_its_place_is_refused(tmp_path: Path, tables: object) -> None:
    with pytest.raises(SettingsError, match=r"TABLE_TRANSFORMERS in config\.py line \d+: given "):
        load(tmp_path, page=page_of(tables))


@pytest.mark.parametrize(
    ("yaml", "mistake"),
    [
        ("users: {eventType: a}\n  users: {}", "line 3: a key below it that is no text, <<"),
        ("users: {eventType: a, eventType: b}", "line 2: a key below it that is no text, <<"),
        ("<<: {eventType: a}", "line 2: a key below it that is no text, <<"),
        ("users: {includeFields: [[id]]}", "line 2: a list of more than plain values"),
        ("users: {eventType: !tag a}", "line 2: a tag (!); allowed: the value alone"),
        ("users: {a: {b: {c: {d: {e: {f: {}}}}}}}", "line 2: nested in itself or deeper than"),
    ],
)
def test_a_mistake_in_the_yaml_file_has_its_line(tmp_path: Path, yaml: str, mistake: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, yaml=f"table_transformers:\n  {yaml}\n")
    (line,) = lines_of_refusal(refused.value)
    assert f"{CONFIG_PLACE} {mistake}" in line


def test_the_tables_are_listed_as_json(tmp_path: Path) -> None:
    settings = load(tmp_path, page=page_of({"users": USERS}))
    shown = {each.name: each for each in list_settings(settings, Names(ProcessorSettings))}
    assert json.loads(str(shown["TABLE_TRANSFORMERS"].value)) == {"users": USERS}
