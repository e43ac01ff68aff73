"""A table with all that can be done to its columns, and changes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.changes.rules.table_models import TableModel, parse_model
from oracle_cdc.changes.rules.transformers import Transformer, read_transformers
from oracle_cdc.changes.rules.transforming import Transformation, Transformed, transform
from oracle_cdc.changes.rules.values import Change, Image, Metadata, Operation
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.redaction.marking import Marker

COLUMNS = {
    "id": "NUMBER(10)",
    "name": "VARCHAR2(200)",
    "status": "VARCHAR2(20)",
    "ssn": "VARCHAR2(11)",
    "credit_card": "VARCHAR2(19)",
    "email": "VARCHAR2(200)",
    "notes": "VARCHAR2(4000)",
    "phone_number": "NUMBER(10)",
    "profile": "VARCHAR2(4000)",
    "updated_at": "DATE",
}
MARKER = Marker(Kind, "IL")
REDACTOR = Redactor(MARKER, b"a secret")


def model_document(
    table: str = "users", columns: Mapping[str, str] = COLUMNS, keys: tuple[str, ...] = ("id",)
) -> dict[str, object]:
    described = []
    for name, oracle_type in columns.items():
        json_type = "string"
        if oracle_type.startswith("NUMBER"):
            json_type = "integer"
        described.append(
            {
                "name": name,
                "column": name.upper(),
                "oracleType": oracle_type,
                "jsonType": json_type,
                "nullable": name not in keys,
            }
        )
    return {
        "table": table,
        "source": f"COREDB.{table.upper()}",
        "keys": list(keys),
        "columns": described,
    }


def make_model(
    table: str = "users", columns: Mapping[str, str] = COLUMNS, keys: tuple[str, ...] = ("id",)
) -> TableModel:
    return parse_model(json.dumps(model_document(table, columns, keys)))


USERS = make_model()


def make_transformer(model: TableModel = USERS, **keys: object) -> Transformer:
    """Return the transformer of a table, from what an operator writes."""
    document = {model.table: {"eventType": f"{model.table}.changed", **keys}}
    return read_transformers(document, {model.table: model}, has_hmac_key=True)[model.table]


def make_transformation(
    model: TableModel = USERS, redactor: Redactor | None = REDACTOR, **keys: object
) -> Transformation:
    transformer = make_transformer(model, **keys)
    return Transformation({model.table: model}, {model.table: transformer}, redactor)


def make_change(
    before: Image | None,
    after: Image | None,
    *,
    number: int = 1,
    table: str = "users",
    keys: Image | None = None,
) -> Change:
    """Return a change of one row: which operation it is say its images."""
    operation = Operation.UPDATE
    if before is None:
        operation = Operation.INSERT
    elif after is None:
        operation = Operation.DELETE
    sequence = f"{number:020}"
    return Change(
        table,
        operation,
        "2024-01-15T10:30:00Z",
        before,
        after,
        {"id": 1} if keys is None else keys,
        Metadata("10.25.2211", sequence, f"{table}-{sequence}"),
    )


def publish(row: Mapping[str, object], **keys: object) -> Transformed:
    """Return an inserted row as it is published, twice: the second time changes nothing."""
    transformer = make_transformer(**keys)
    once = transform(make_change(None, row), USERS, transformer, REDACTOR)
    again = transform(once.change, USERS, transformer, REDACTOR)
    assert again == once._replace(redactions={})
    return once
