"""The models of tables: what a file says comes back, and every mistake is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oracle_cdc.changes.model_files import read_models, write_model
from oracle_cdc.changes.rules.table_models import (
    JsonType,
    Mistaken,
    ModelColumn,
    Sensitivity,
    TableModel,
    format_model,
    parse_model,
)
from oracle_cdc.errors import SettingsError
from tests.changes.changefixtures import USERS, make_model, model_document

EMAIL = ModelColumn(
    "email", "EMAIL", "VARCHAR2(200)", JsonType.STRING, True, 'ה"דוא', Sensitivity.PERSONAL
)
MODEL = TableModel("users", "COREDB.USERS", ("email",), {"email": EMAIL})


def test_a_model_comes_back_as_it_was() -> None:
    assert parse_model(format_model(MODEL)) == MODEL
    assert parse_model(format_model(USERS)) == USERS


def test_a_column_stands_on_a_line_of_its_own_and_is_not_escaped() -> None:
    assert format_model(MODEL).splitlines()[5] == (
        '    {"name": "email", "column": "EMAIL", "oracleType": "VARCHAR2(200)", '
        '"jsonType": "string", "nullable": true, "comment": "ה\\"דוא", "sensitivity": "personal"}'
    )


def test_all_mistakes_of_a_model_are_reported() -> None:
    with pytest.raises(Mistaken) as raised:
        parse_model(
            json.dumps(
                {
                    "source": "COREDB.USERS",
                    "key": "id",
                    "keys": ["number"],
                    "columns": [
                        {"name": "id", "column": "ID", "oracleType": "DATE", "jsonType": "date"},
                        {"column": "NAME"},
                        {
                            "name": "id",
                            "column": "ID",
                            "oracleType": "DATE",
                            "jsonType": "string",
                            "nullable": True,
                            "comment": 5,
                            "sensitivity": "high",
                        },
                    ],
                }
            )
        )
    assert raised.value.mistakes == [
        "'key' means nothing here; allowed: table, source, keys, columns",
        "table is no text; allowed: a name",
        "column id: nullable is neither true nor false",
        "column id: jsonType is 'date'; allowed: "
        "integer, number-as-text, string, boolean, time-as-text, interval-as-text, base64",
        "column 2 has no name; allowed: "
        "name, column, oracleType, jsonType, nullable, comment, sensitivity",
        "column id is there twice",
        "column id: comment is neither text nor null",
        "column id: sensitivity is 'high'; allowed: none, personal, secret",
        "key 'number' is none of its columns; allowed: id, id",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("{", "it is no JSON: "),
        ("[" * 100_000, "it is no JSON: "),
        ("[]", "it is a list; allowed: an object with table, source, keys, columns"),
        (json.dumps({**model_document(), "keys": []}), "keys is no list of names"),
        (json.dumps({**model_document(), "columns": "id"}), "columns is no list"),
    ],
)
def test_what_is_no_model_is_said_to_be_none(text: str, mistake: str) -> None:
    with pytest.raises(Mistaken, match=mistake):
        parse_model(text)


def test_models_are_read_by_the_names_of_their_tables(tmp_path: Path) -> None:
    orders = make_model("orders")
    assert write_model(tmp_path / "models", USERS).name == "users.json"
    write_model(tmp_path / "models", orders)
    assert read_models(tmp_path / "models") == {"orders": orders, "users": USERS}


def test_a_model_is_written_into_the_folder_whatever_its_table_is_called(tmp_path: Path) -> None:
    path = write_model(tmp_path, make_model("../of.others/$x"))
    assert path == tmp_path / "_._of.others_$x.json"
    assert list(read_models(tmp_path)) == ["../of.others/$x"]


def test_the_mistakes_of_all_files_are_reported_with_their_names(tmp_path: Path) -> None:
    write_model(tmp_path, USERS)
    (tmp_path / "again.json").write_text(format_model(USERS), encoding="utf-8")
    (tmp_path / "broken.json").write_text("[]", encoding="utf-8")
    (tmp_path / "latin.json").write_bytes(b"\xe9")
    with pytest.raises(SettingsError) as raised:
        read_models(tmp_path)
    assert str(raised.value).splitlines() == [
        f"{tmp_path}/broken.json: it is a list; allowed: an object with "
        "table, source, keys, columns",
        f"{tmp_path}/latin.json line 1: not readable as text; allowed: UTF-8",
        f"{tmp_path}/users.json: table users has a model in {tmp_path}/again.json too",
    ]


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="see CHANGES_MODELS_DIR"):
        read_models(tmp_path / "models")
