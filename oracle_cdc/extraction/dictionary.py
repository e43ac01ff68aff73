"""Reads the data dictionary: which tables there are, how each is made, what the database is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.extraction.model import Column, Index, Key, Listed, TableSchema
from oracle_cdc.extraction.names import TableName
from oracle_cdc.oracle.exact_rows import replacing_bad_text
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.sql.statements import read_statements

KEY_KINDS = {"P": "primary", "U": "unique", "R": "foreign"}
#: CHAR_USED of a column whose length counts characters, not bytes.
IN_CHARACTERS = "C"
#: Types whose length is of interest, and is counted in bytes.
IN_BYTES = {"RAW"}


def dictionary_statements() -> Statements:
    """Return the statements of this room."""
    return make_statements(read_statements((Path(__file__).with_name("dictionary.sql"),)))


def ask(session: Session, name: str, **binds: Any) -> list[Record]:
    """Return the rows of a statement.

    One comment that somebody wrote in another character set must not hide all tables.
    """
    with replacing_bad_text(session.connection):
        return session.query(name, **binds)


def list_tables(session: Session) -> list[Listed]:
    """Return every table and view that this user may read, in the order of their names."""
    return [as_listed(record) for record in ask(session, "list_tables")]


def as_listed(record: Record) -> Listed:
    count = record["num_rows"]
    if count is not None:
        count = int(count)
    name = TableName(record["owner"], record["name"])
    return Listed(name, record["kind"], count, record["comments"])


def read_table(session: Session, name: TableName) -> TableSchema:
    """Return how a table or view is made.

    A synonym is followed. Raises OracleConfigurationError for what is not there, or hidden from
    this user.
    """
    listed = find_table(session, name)
    found = listed.name
    return TableSchema(
        listed,
        read_columns(session, found),
        read_keys(session, found),
        read_indexes(session, found),
    )


def find_table(session: Session, name: TableName) -> Listed:
    """Return the table or view of a name, or what the synonym of this name stands for."""
    for target in chain([name], synonym_targets(session, name)):
        for record in ask(session, "find_table", owner=target.owner, table_name=target.name):
            return as_listed(record)
    raise OracleConfigurationError(
        f"{name.shown}: no table or view of this name that this user may read; "
        "--list-tables shows those that there are"
    )


def synonym_targets(session: Session, name: TableName) -> Iterator[TableName]:
    """Yield what a name stands for as a synonym. It is asked only when the name is no table's."""
    for record in ask(session, "find_synonym", owner=name.owner, table_name=name.name):
        yield TableName(record["table_owner"], record["table_name"])


def read_columns(session: Session, table: TableName) -> list[Column]:
    """Return the columns of a table or view, in their order."""
    comments = {}
    for record in ask(session, "read_column_comments", owner=table.owner, table_name=table.name):
        comments[record["column_name"]] = record["comments"]
    columns = []
    for record in ask(session, "read_columns", owner=table.owner, table_name=table.name):
        columns.append(as_column(record, comments))
    return columns


def as_column(record: Record, comments: Mapping[str, str]) -> Column:
    length, unit = length_of(record)
    default = record["data_default"]
    if default is not None:
        default = str(default).strip()
    return Column(
        record["column_name"],
        record["data_type"],
        record["data_type_owner"],
        length,
        unit,
        as_number(record["data_precision"]),
        as_number(record["data_scale"]),
        record["nullable"] == "Y",
        default,
        comments.get(record["column_name"]),
    )


def length_of(record: Record) -> tuple[int | None, str | None]:
    """Return the length of a text or of bytes with its unit, None where a type has none."""
    if record["data_type"] in IN_BYTES:
        return int(record["data_length"]), "bytes"
    if not record["char_length"]:
        return None, None
    # National texts are always measured in characters.
    if record["char_used"] == IN_CHARACTERS or record["data_type"].startswith("N"):
        return int(record["char_length"]), "characters"
    return int(record["data_length"]), "bytes"


def as_number(value: float | None) -> int | None:
    if value is None:
        return None
    return int(value)


def read_keys(session: Session, table: TableName) -> list[Key]:
    """Return the primary, unique and foreign keys."""
    grouped: dict[str, list[Record]] = {}
    for record in ask(session, "read_keys", owner=table.owner, table_name=table.name):
        grouped.setdefault(record["constraint_name"], []).append(record)
    return [as_key(name, records) for name, records in grouped.items()]


def as_key(name: str, records: Sequence[Record]) -> Key:
    """Make a key of the rows of its columns."""
    first = records[0]
    columns = tuple(record["column_name"] for record in records)
    kind = KEY_KINDS[first["constraint_type"]]
    if first["parent_table"] is None:
        return Key(name, kind, columns)
    parent = TableName(first["parent_owner"], first["parent_table"])
    return Key(name, kind, columns, parent, tuple(record["parent_column"] for record in records))


def read_indexes(session: Session, table: TableName) -> list[Index]:
    """Return the indexes."""
    grouped: dict[tuple[str, str], list[Record]] = {}
    for record in ask(session, "read_indexes", owner=table.owner, table_name=table.name):
        grouped.setdefault((record["owner"], record["index_name"]), []).append(record)
    indexes = []
    for (_, name), records in grouped.items():
        kind, is_unique = records[0]["index_type"], records[0]["uniqueness"] == "UNIQUE"
        columns = tuple(record["column_name"] for record in records)
        indexes.append(Index(name, kind, is_unique, columns))
    return indexes


def read_database(session: Session) -> dict[str, Any]:
    """Return what the database says of itself, its clock beside this host's."""
    (record,) = ask(session, "read_session")
    there, here = datetime.fromisoformat(record["time_there"]), datetime.now(timezone.utc)
    sets = {}
    for each in ask(session, "read_character_sets"):
        sets[each["parameter"]] = each["value"]
    connection = session.connection
    return {
        "version": connection.version,
        "banner": read_banner(session),
        "characterSet": sets.get("NLS_CHARACTERSET"),
        "nationalCharacterSet": sets.get("NLS_NCHAR_CHARACTERSET"),
        "service": connection.service_name,
        "database": connection.db_name,
        "user": record["session_user"],
        "schema": record["current_schema"],
        "time": record["time_there"],
        "timeZone": record["time_zone"],
        "clockAheadSeconds": round((there - here).total_seconds(), 1) + 0.0,
    }


def read_banner(session: Session) -> str | None:
    """Return what the database calls itself, None where the user may not see it."""
    try:
        return str(ask(session, "read_banner")[0]["banner"])
    except (CdcError, IndexError):
        return None
