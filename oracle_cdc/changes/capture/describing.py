"""Models of tables made from Oracle's dictionary, and what they say of it once more.

What people have confirmed in a model stays where the column is as it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from oracle_cdc.changes.capture.dictionary import read_source
from oracle_cdc.changes.capture.model import Column, Place, SourceTable, as_column
from oracle_cdc.changes.capture.sensitivity import guess_sensitivity
from oracle_cdc.changes.capture.widening import find_widest, kind_of
from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn, TableModel
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.session import Session

#: Digits that every reader of JSON keeps.
MOST_DIGITS = 15
#: Bytes of a character at most, where a length counts characters.
CHARACTER_BYTES = 4
JSON_TYPES: Mapping[str, JsonType] = {
    "NUMBER": JsonType.NUMBER_AS_TEXT,
    "FLOAT": JsonType.NUMBER_AS_TEXT,
    "BINARY_DOUBLE": JsonType.NUMBER_AS_TEXT,
    "BINARY_FLOAT": JsonType.NUMBER_AS_TEXT,
    "RAW": JsonType.BASE64,
    "BLOB": JsonType.BASE64,
    "DATE": JsonType.TIME_AS_TEXT,
    "TIMESTAMP": JsonType.TIME_AS_TEXT,
    "TIMESTAMP WITH TIME ZONE": JsonType.TIME_AS_TEXT,
    "TIMESTAMP WITH LOCAL TIME ZONE": JsonType.TIME_AS_TEXT,
    "INTERVAL DAY TO SECOND": JsonType.INTERVAL_AS_TEXT,
    "INTERVAL YEAR TO MONTH": JsonType.INTERVAL_AS_TEXT,
}
SIZED = re.compile(r"(\w+)\((\d+)( CHAR)?\)")


def read_model(
    session: Session, place: Place, keys: Sequence[str] = (), former: TableModel | None = None
) -> tuple[TableModel, Mapping[str, str]]:
    """Return the model of a table, and the columns that it leaves out with the reason.

    keys: the columns that rows are known by, if not its primary key. former: the model that people
    may have confirmed.

    Raises SettingsError for a table that is not seen, or lacks a key or a column of it.
    """
    if former is not None and not keys:
        keys = key_columns(former)
    source = read_source(session, place, keys)
    if not source.keys:
        raise SettingsError(
            f"{place.shown}: it has no primary key; allowed: --keys COLUMN,COLUMN that no two rows "
            "have the same"
        )
    columns: dict[str, ModelColumn] = {}
    left_out: dict[str, str] = {}
    records = session.query("describe_columns", owner=place.owner, table_name=place.name)
    names = {str(record["column_name"]) for record in records}
    for record in records:
        column = as_column(record)
        if find_widest(column) is None:
            left_out[column.name] = f"its type {column.data_type} can't be captured"
            continue
        described = replace(describe(record, column), name=field_name(column.name, names))
        columns[described.name] = described
    fields = {key: field_name(key, names) for key in source.keys}
    refuse_strange(place, fields, columns)
    model = TableModel(field_name(place.name), place.shown, list(fields.values()), columns)
    return keep_confirmed(model, former), left_out


def refuse_strange(
    place: Place, fields: Mapping[str, str], columns: Mapping[str, ModelColumn]
) -> None:
    """Raise SettingsError for a key that is no column: no model is read beside a file that has it.

    fields: of each key the name of its field.
    """
    for key, field in fields.items():
        if field not in columns:
            known = ", ".join(column.column for column in columns.values())
            raise SettingsError(
                f"{place.shown}: its key {key} is none of its columns; "
                f"allowed: --keys with some of {known}"
            )


def key_columns(model: TableModel) -> Sequence[str]:
    """Return the columns of Oracle that a model's keys are."""
    return [model.columns[key].column for key in model.keys]


def describe(record: Mapping[str, Any], column: Column) -> ModelColumn:
    """Return what a model says of a column."""
    name = field_name(column.name)
    return ModelColumn(
        name,
        column.name,
        type_text(record),
        json_type_of(record, column),
        record["nullable"] == "Y",
        record["comments"],
        guess_sensitivity(name),
    )


def field_name(name: str, others: Collection[str] = ()) -> str:
    """Return how events call a table or column: in small letters, unless it stands in quotes.

    others: names beside it, one of which may be that in quotes.
    """
    if re.fullmatch(r"[A-Z][A-Z0-9_$#]*", name) and name.lower() not in others:
        return name.lower()
    return name


def type_text(record: Mapping[str, Any]) -> str:
    """Return the type of a column as its DDL has it."""
    data_type = str(record["data_type"])
    if data_type in ("VARCHAR2", "CHAR") and record["char_used"] == "C":
        return f"{data_type}({record['char_length']} CHAR)"
    if data_type in ("NVARCHAR2", "NCHAR"):
        return f"{data_type}({record['char_length']})"
    if data_type in ("VARCHAR2", "CHAR", "RAW"):
        return f"{data_type}({record['data_length']})"
    precision, scale = record["data_precision"], record["data_scale"]
    if data_type == "NUMBER" and scale is not None:
        digits = str(int(precision or 38))
        if scale:
            digits += f",{int(scale)}"
        return f"NUMBER({digits})"
    if data_type == "FLOAT" and precision is not None:
        return f"FLOAT({int(precision)})"
    return data_type


def json_type_of(record: Mapping[str, Any], column: Column) -> JsonType:
    """Return how a column's values stand in JSON: by its type, never by a value."""
    kind = kind_of(column)
    is_whole = kind == "NUMBER" and record["data_scale"] == 0
    if is_whole and int(record["data_precision"] or 38) <= MOST_DIGITS:
        return JsonType.INTEGER
    return JSON_TYPES.get(kind, JsonType.STRING)


def keep_confirmed(model: TableModel, former: TableModel | None) -> TableModel:
    """Return a model with what people confirmed of columns that are as they were."""
    if former is None:
        return model
    columns: dict[str, ModelColumn] = {}
    for name, column in model.columns.items():
        known = former.columns.get(name)
        if known is not None and known.oracle_type == column.oracle_type:
            column = replace(column, json_type=known.json_type, sensitivity=known.sensitivity)
        columns[name] = column
    return replace(model, table=former.table, columns=columns)


def as_source(model: TableModel) -> SourceTable:
    """Return the table that a model describes, as far as it does."""
    owner, _, name = model.source.partition(".")
    columns = []
    for each in model.columns.values():
        columns.append(parse_column(each))
    return SourceTable(Place(owner, name), columns, key_columns(model))


def parse_column(described: ModelColumn) -> Column:
    """Return the column that a model describes, with the length that its type counts."""
    sized = SIZED.fullmatch(described.oracle_type)
    if sized is not None and sized[1] in ("VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR", "RAW"):
        length = int(sized[2])
        if sized[3]:
            length *= CHARACTER_BYTES
        return Column(described.column, sized[1], length)
    data_type = described.oracle_type
    if data_type.startswith(("NUMBER(", "FLOAT(")):
        data_type = data_type.partition("(")[0]
    return Column(described.column, data_type)
