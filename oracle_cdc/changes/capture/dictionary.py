"""Reads Oracle's dictionary: a table to be captured, its change table, its triggers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oracle_cdc import oracle
from oracle_cdc.changes.capture.model import Column, Place, SourceTable, TriggerState, as_column
from oracle_cdc.errors import SettingsError
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.sql.statements import read_statements

#: Where the statements stand: one file for each subject.
STATEMENT_FILES = (
    *sorted(Path(oracle.__file__).parent.glob("*.sql")),
    *sorted(Path(__file__).parent.glob("*.sql")),
)


def dictionary_statements() -> Statements:
    """Return the statements of this room, and those of any program on Oracle."""
    return make_statements(read_statements(STATEMENT_FILES))


def read_source(session: Session, place: Place, keys: Sequence[str] = ()) -> SourceTable:
    """Return a table as it is now.

    keys: the columns by which its rows are known, if not its primary key.

    Raises SettingsError for a table that this user can't see, for a view, and for a primary key
    that may be broken for a while.
    """
    columns = read_columns(session, place)
    if not columns:
        raise SettingsError(
            f"{place.shown}: no table of this name that this user may read; as its owner: "
            f"GRANT SELECT ON {place.quoted} TO {session.connection.username}"
        )
    if session.query("may_be_view", owner=place.owner, table_name=place.name):
        raise SettingsError(
            f"{place.shown}: it is a view, which has no triggers for each row; "
            "allowed: the tables that it reads"
        )
    if not keys:
        records = session.query("read_primary_key", owner=place.owner, table_name=place.name)
        keys = choose_key(place, records)
    return SourceTable(place, columns, tuple(keys))


def read_columns(session: Session, place: Place) -> list[Column]:
    """Return the columns of a table, in their order."""
    records = session.query("read_captured_columns", owner=place.owner, table_name=place.name)
    return list(map(as_column, records))


def choose_key(place: Place, records: Sequence[Record]) -> Sequence[str]:
    """Return the columns of a primary key, none where there is none.

    Two rows that have one key for a while would be changed at once, in an order that nobody knows.

    Raises SettingsError for a key that allows it.
    """
    names = []
    for record in records:
        reason = why_broken(record)
        if reason:
            raise SettingsError(
                f"{place.shown}: its primary key {record['constraint_name']} {reason}; allowed: "
                "one that is enabled, not deferrable, with a unique index"
            )
        names.append(str(record["column_name"]))
    return names


def why_broken(record: Record) -> str:
    """Say why a primary key does not hold at every moment, "" where it does."""
    if record["status"] != "ENABLED":
        return "is disabled"
    if record["deferrable"] != "NOT DEFERRABLE":
        return "is deferrable"
    if record["uniqueness"] == "NONUNIQUE":
        return "has an index that is not unique"
    return ""


def read_triggers(session: Session, place: Place) -> list[TriggerState]:
    """Return the triggers on a table that this user may see."""
    records = session.query("read_triggers", owner=place.owner, table_name=place.name)
    return list(map(as_trigger, records))


def as_trigger(record: Record) -> TriggerState:
    """Return the trigger of a row of ALL_TRIGGERS, with its status in ALL_OBJECTS."""
    is_valid = None
    if record["validity"] is not None:
        is_valid = record["validity"] != "INVALID"
    return TriggerState(
        str(record["trigger_name"]),
        record["status"] == "ENABLED",
        is_valid,
        str(record["trigger_body"]),
    )
