"""TABLE_TRANSFORMERS: read as they are written, and every mistake is reported."""

from __future__ import annotations

import pytest

from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn, TableModel
from oracle_cdc.changes.rules.transformers import (
    ImageMode,
    Lobs,
    Transformer,
    read_transformers,
)
from oracle_cdc.errors import SettingsError
from tests.changes.changefixtures import USERS, make_model, make_transformer

MODELS = {
    "users": USERS,
    "orders": make_model(
        "orders",
        dict.fromkeys(
            ("id", "user_id", "status", "total", "created_at", "payment_details"), "VARCHAR2(20)"
        ),
    ),
    "agents": make_model("agents"),
}
#: As it stands in many a project.
DOCUMENT = {
    "users": {
        "redactFields": ["ssn", "email", "phone_number"],
        "eventType": "user.changed",
        "includeFields": ["id", "name", "status", "updated_at"],
    },
    "orders": {
        "redactFields": ["payment_details"],
        "eventType": "order.changed",
        "includeFields": ["id", "user_id", "status", "total", "created_at"],
    },
    "agents": {"redactFields": [], "eventType": "agent.changed", "includeFields": ["*"]},
}

MISTAKEN = {
    "users": {
        "redact": ["ssn"],
        "redactFields": ["ID", "shoe_size", "address.street", "*.city", "*", 5],
        "eventType": "x" * 129,
        "includeFields": ["*", "age"],
        "imageMode": "some",
        "lobs": True,
        "skipUnchanged": "yes",
        "scanFields": ["id"],
        "jsonFields": ["phone_number"],
        "hmacFields": ["id"],
    },
    "people": {},
    "orders": ["payment_details"],
    "agents": {"redactFields": "ssn", "eventType": 5},
}


def test_each_table_has_its_transformer() -> None:
    read = read_transformers(DOCUMENT, MODELS)
    assert read["users"] == Transformer(
        "user.changed", ("id", "name", "status", "updated_at"), ("ssn", "email", "phone_number")
    )
    assert read["agents"] == Transformer("agent.changed", None)
    assert list(read["agents"].fields_of(USERS)) == list(USERS.columns)


def test_all_that_can_be_said_is_read() -> None:
    assert make_transformer(
        imageMode="changed",
        scanFields=["notes"],
        jsonFields=["profile"],
        hmacFields=["id"],
        skipUnchanged=True,
        lobs="after",
    ) == Transformer(
        "users.changed",
        None,
        (),
        frozenset({"notes"}),
        frozenset({"profile"}),
        frozenset({"id"}),
        ImageMode.CHANGED,
        True,
        Lobs.AFTER,
    )


def test_names_are_compared_without_case_and_signs() -> None:
    read = read_transformers({"USERS": {"includeFields": ["ID", "updatedAt"]}}, MODELS)
    assert read["users"].include_fields == ("id", "updated_at")
    assert read["users"].event_type == "users.changed"


def test_every_mistake_is_reported_at_once() -> None:
    columns = ", ".join(USERS.columns)
    is_key = (
        "is a key, by which consumers tell rows apart; "
        "allowed: other columns, or the key in hmacFields"
    )
    keys = (
        "eventType, redactFields, includeFields, scanFields, jsonFields, hmacFields, "
        "imageMode, lobs, skipUnchanged"
    )
    with pytest.raises(SettingsError) as raised:
        read_transformers(MISTAKEN, MODELS)
    reported = [
        line.removeprefix("TABLE_TRANSFORMERS: ") for line in str(raised.value).splitlines()
    ]
    assert reported == [
        f"users: redact means nothing here; allowed: {keys}",
        "users: eventType has 129 characters; allowed: 128",
        "users: imageMode is 'some'; allowed: full, changed",
        "users: lobs is True; allowed: none, after",
        "users: skipUnchanged is 'yes'; allowed: True, False",
        f"users: redactFields: ID {is_key}",
        f"users: redactFields: address.street: no such column; allowed: {columns}",
        "users: redactFields: '*' stands for all in includeFields alone; allowed: names",
        f"users: redactFields: 5 is no name; allowed: {columns}",
        "users: includeFields: '*' stands beside other names; allowed: by itself",
        f"users: includeFields: age: no such column; allowed: {columns}",
        f"users: scanFields: id {is_key}",
        "users: jsonFields: phone_number is a NUMBER(10); allowed: columns of text",
        "users: hmacFields needs a secret; allowed: together with REDACTION_HMAC_KEY",
        "table people has no model; allowed: users, orders, agents",
        f"orders: it is a list; allowed: an object with {keys}",
        "agents: eventType is a int; allowed: text",
        "agents: redactFields: it is a str; allowed: a list of names",
    ]


def test_a_field_that_no_model_has_is_a_mistake_unless_it_may_be_inside_a_document() -> None:
    with pytest.raises(SettingsError, match="shoe_size: no such column"):
        make_transformer(redactFields=["shoe_size"])
    with pytest.raises(SettingsError, match=r"address\.street: no such column"):
        make_transformer(redactFields=["address.street"], jsonFields=["profile"])
    make_transformer(redactFields=["shoe_size", "profile.street", "*.city"], jsonFields=["profile"])


@pytest.mark.parametrize(
    ("path", "documents", "said"),
    [
        ("profile.street", [], "profile is not in jsonFields"),
        ("notes.street", ["profile"], "notes is not in jsonFields"),
        ("*.street", [], r"\* is not in jsonFields"),
        ("profile.", ["profile"], "a step of it has no name"),
        ("profile..street", ["profile"], "a step of it has no name"),
    ],
)
def test_a_path_that_can_match_nothing_is_a_mistake(
    path: str, documents: list[str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        make_transformer(redactFields=[path], jsonFields=documents)


def test_bytes_are_no_free_text() -> None:
    columns = {
        "id": ModelColumn("id", "ID", "NUMBER(9)", JsonType.INTEGER, False),
        "voice": ModelColumn("voice", "VOICE", "BLOB", JsonType.BASE64, True),
    }
    model = TableModel("calls", "COREDB.CALLS", ("id",), columns)
    with pytest.raises(SettingsError, match="scanFields: voice is a BLOB, whose bytes nobody"):
        make_transformer(model, scanFields=["voice"])
    assert make_transformer(model, redactFields=["voice"]).redact_fields == ("voice",)


@pytest.mark.parametrize("name", [" ssn", "ssn ", "ssn\t"])
def test_a_name_with_a_blank_at_its_end_is_a_mistake(name: str) -> None:
    with pytest.raises(SettingsError, match="is no name"):
        make_transformer(redactFields=[name], jsonFields=["profile"])


def test_a_name_that_may_be_two_columns_is_none_of_them_but_redacts_both() -> None:
    model = make_model(columns={"id": "DATE", "userId": "DATE", "user_id": "DATE"})
    with pytest.raises(SettingsError, match="USERID: no such column"):
        make_transformer(model, includeFields=["USERID"])
    assert make_transformer(model, includeFields=["userId"]).include_fields == ("userId",)
    make_transformer(model, redactFields=["USERID"])


def test_a_table_that_is_there_twice_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="table users is there twice"):
        read_transformers({"users": {}, "Users": {}}, MODELS)


def test_what_is_no_table_of_transformers_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="TABLE_TRANSFORMERS is a list; allowed: table -> "):
        read_transformers([], MODELS)
