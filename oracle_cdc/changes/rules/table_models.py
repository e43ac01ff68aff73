"""What a table's rows look like in events: its model, as its JSON file has it.

A model is made from Oracle's dictionary and reviewed by people, who confirm what is personal.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

MODEL_KEYS = ("table", "source", "keys", "columns")
COLUMN_KEYS = ("name", "column", "oracleType", "jsonType", "nullable", "comment", "sensitivity")


class JsonType(str, Enum):
    """How a column's values stand in events. A type has one form, whatever the value."""

    #: NUMBER of at most 15 digits: every reader of JSON keeps them.
    INTEGER = "integer"
    #: All other numbers, as text with all their digits.
    NUMBER_AS_TEXT = "number-as-text"
    STRING = "string"
    BOOLEAN = "boolean"
    #: As in 2024-01-15T10:30:00.5, with a zone where the column has one.
    TIME_AS_TEXT = "time-as-text"
    #: ISO 8601, as in P1DT2H.
    INTERVAL_AS_TEXT = "interval-as-text"
    #: RAW and BLOB.
    BASE64 = "base64"


class Sensitivity(str, Enum):
    """How much a column is somebody's business: first a guess by its name, then confirmed."""

    NONE = "none"
    PERSONAL = "personal"
    SECRET = "secret"


@dataclass(frozen=True)
class ModelColumn:
    """A column of a table.

    Parameters:
        name: its field's name in events: lower case, unless it is quoted in Oracle.
        column: its name in Oracle.
        oracle_type: as the dictionary has it, such as VARCHAR2(200).
        comment: what Oracle's dictionary says of it.
    """

    name: str
    column: str
    oracle_type: str
    json_type: JsonType
    is_nullable: bool
    comment: str | None = None
    sensitivity: Sensitivity = Sensitivity.NONE


@dataclass(frozen=True)
class TableModel:
    """A table.

    Parameters:
        table: its name in events.
        source: OWNER.TABLE in Oracle.
        keys: names of the fields that a row is known by.
        columns: name of field -> column, in the order of the table.
    """

    table: str
    source: str
    keys: Sequence[str]
    columns: Mapping[str, ModelColumn]


class Mistaken(Exception):
    """A model has mistakes: `mistakes` says which, each in one sentence."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


def parse_model(text: str) -> TableModel:
    """Return the model that a file's text has. Raises Mistaken with all that is wrong in it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Mistaken([f"it is no JSON: {error}; allowed: an object"]) from None
    mistakes = list(find_mistakes(document))
    if mistakes:
        raise Mistaken(mistakes)
    columns: dict[str, ModelColumn] = {}
    for column in document["columns"]:
        columns[column["name"]] = read_column(column)
    return TableModel(document["table"], document["source"], tuple(document["keys"]), columns)


def read_column(column: Mapping[str, object]) -> ModelColumn:
    """Return a column in which no mistake was found."""
    comment = column.get("comment")
    assert comment is None or isinstance(comment, str), "looked at before"
    return ModelColumn(
        str(column["name"]),
        str(column["column"]),
        str(column["oracleType"]),
        JsonType(column["jsonType"]),
        bool(column["nullable"]),
        comment,
        Sensitivity(column.get("sensitivity", Sensitivity.NONE)),
    )


def find_mistakes(document: object) -> Iterator[str]:
    """Yield what is wrong with a model, each in one sentence that says what is allowed."""
    if not isinstance(document, dict):
        yield f"it is a {type(document).__name__}; allowed: an object with {', '.join(MODEL_KEYS)}"
        return
    yield from find_foreign(document, MODEL_KEYS)
    for key in ("table", "source"):
        if not is_name(document.get(key)):
            yield f"{key} is no text; allowed: a name"
    names = yield from find_mistakes_of_columns(document.get("columns"))
    keys = document.get("keys")
    if not isinstance(keys, list) or not keys:
        yield "keys is no list of names; allowed: at least one column that a row is known by"
        return
    for key in keys:
        if key not in names:
            yield f"key {key!r} is none of its columns; allowed: {', '.join(names)}"


def find_mistakes_of_columns(columns: object) -> Generator[str, None, Sequence[str]]:
    """Yield what is wrong with the columns, and return their names."""
    names: list[str] = []
    if not isinstance(columns, list) or not columns:
        yield "columns is no list; allowed: an object for each column"
        return names
    for number, column in enumerate(columns, 1):
        if not isinstance(column, dict) or not is_name(column.get("name")):
            yield f"column {number} has no name; allowed: {', '.join(COLUMN_KEYS)}"
            continue
        name = column["name"]
        if name in names:
            yield f"column {name} is there twice"
        names.append(name)
        for mistake in find_mistakes_of_column(column):
            yield f"column {name}: {mistake}"
    return names


def find_mistakes_of_column(column: Mapping[str, object]) -> Iterator[str]:
    yield from find_foreign(column, COLUMN_KEYS)
    for key in ("column", "oracleType"):
        if not is_name(column.get(key)):
            yield f"{key} is no text"
    if not isinstance(column.get("nullable"), bool):
        yield "nullable is neither true nor false"
    comment = column.get("comment")
    if comment is not None and not isinstance(comment, str):
        yield "comment is neither text nor null"
    yield from find_strange(column, "jsonType", JsonType)
    if "sensitivity" in column:
        yield from find_strange(column, "sensitivity", Sensitivity)


def find_strange(column: Mapping[str, object], key: str, known: type[Enum]) -> Iterator[str]:
    """Yield that a value is none of those that there are."""
    allowed = [each.value for each in known]
    if column.get(key) not in allowed:
        yield f"{key} is {column.get(key)!r}; allowed: {', '.join(allowed)}"


def find_foreign(members: Mapping[str, object], allowed: Sequence[str]) -> Iterator[str]:
    """Yield keys that mean nothing here."""
    for key in members:
        if key not in allowed:
            yield f"{key!r} means nothing here; allowed: {', '.join(allowed)}"


def is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def format_model(model: TableModel) -> str:
    """Return the text of a model's file, the same for equal models: a line for each column."""
    lines = []
    for column in model.columns.values():
        member = {
            "name": column.name,
            "column": column.column,
            "oracleType": column.oracle_type,
            "jsonType": column.json_type.value,
            "nullable": column.is_nullable,
            "comment": column.comment,
            "sensitivity": column.sensitivity.value,
        }
        lines.append(f"    {dump(member)}")
    columns = ",\n".join(lines)
    return (
        "{\n"
        f'  "table": {dump(model.table)},\n'
        f'  "source": {dump(model.source)},\n'
        f'  "keys": {dump(list(model.keys))},\n'
        f'  "columns": [\n{columns}\n  ]\n'
        "}\n"
    )


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
