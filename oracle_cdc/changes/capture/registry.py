"""CDC_CHANGE_TABLES: which tables are captured, where to, and how much was shipped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.changes.capture.ddl import join
from oracle_cdc.changes.capture.model import Capture, Place
from oracle_cdc.oracle.identifiers import quote
from oracle_cdc.oracle.session import Record, Session

REGISTRY = "CDC_CHANGE_TABLES"
SNAPSHOTS = "CDC_SNAPSHOTS"
SNAPSHOT_KEYS = "CDC_SNAPSHOT_KEYS"
NOW = "SYS_EXTRACT_UTC(SYSTIMESTAMP)"


@dataclass(frozen=True)
class Registered:
    """A table whose changes are captured.

    Parameters:
        table: its name in events.
        source: the table itself.
        log: its change table.
        keys: columns that its rows are known by.
        has_all_columns: all columns that can be captured are asked for. Else those that its change
            table has.
        lobs: whether large objects are captured too.
        is_enabled: whether its changes are shipped.
        installed_at: UTC.
        last_change_id: of what was shipped last, None before the first.
        last_shipped_at: UTC, None before the first.
        total_shipped: changes shipped, over all time.
    """

    table: str
    source: Place
    log: Place
    keys: Sequence[str]
    has_all_columns: bool
    lobs: bool
    is_enabled: bool
    installed_at: datetime
    last_change_id: int | None
    last_shipped_at: datetime | None
    total_shipped: int


def read_registry(session: Session) -> list[Registered]:
    """Return the tables that are captured, by their names."""
    owner = read_user(session)
    return [as_registered(record, owner) for record in session.query("read_change_tables")]


def read_user(session: Session) -> str:
    """Return the schema of the service, which has the change tables."""
    (record,) = session.query("read_user")
    return str(record["name"])


def as_registered(record: Record, owner: str) -> Registered:
    """Return a row of CDC_CHANGE_TABLES. owner: of the change tables."""
    last_id = record["last_change_id"]
    if last_id is not None:
        last_id = int(last_id)
    return Registered(
        table=str(record["table_name"]),
        source=Place(str(record["source_owner"]), str(record["source_table"])),
        log=Place(owner, str(record["change_table"])),
        keys=tuple(json.loads(record["keys"])),
        has_all_columns=bool(record["all_columns"]),
        lobs=bool(record["lobs"]),
        is_enabled=bool(record["is_enabled"]),
        installed_at=record["installed_at"],
        last_change_id=last_id,
        last_shipped_at=record["last_shipped_at"],
        total_shipped=int(record["total_shipped"] or 0),
    )


def register(table: str, capture: Capture, *, has_all_columns: bool) -> str:
    """Return the statement that says that a table is captured.

    One that was captured before keeps its switch, and what was shipped. A statement without binds
    can stand in the script for the DBA, too.
    """
    values = {
        "SOURCE_OWNER": literal(capture.source.owner),
        "SOURCE_TABLE": literal(capture.source.name),
        "CHANGE_TABLE": literal(capture.log.name),
        "KEYS": literal(json.dumps(list(capture.keys), ensure_ascii=False)),
        "ALL_COLUMNS": str(int(has_all_columns)),
        "LOBS": str(int(capture.lobs)),
        "LAST_UPDATED": NOW,
    }
    given = ",\n  ".join(f"t.{name} = {value}" for name, value in values.items())
    registry = f"{quote(capture.log.owner)}.{REGISTRY}"
    named = f"SELECT {literal(table)} AS TABLE_NAME FROM DUAL"  # noqa: S608 - a literal
    return (
        f"MERGE INTO {registry} t\nUSING ({named}) n\nON (t.TABLE_NAME = n.TABLE_NAME)\n"
        f"WHEN MATCHED THEN UPDATE SET\n  {given}\n"
        f"WHEN NOT MATCHED THEN INSERT (\n    {join(['TABLE_NAME', 'INSTALLED_AT', *values])})\n"
        f"VALUES (\n    {join(['n.TABLE_NAME', NOW, *values.values()])})"
    )


def unregister(owner: str, table: str) -> Iterator[str]:
    """Yield the statements that forget a table. owner: of the registry."""
    for registry in (REGISTRY, SNAPSHOTS, SNAPSHOT_KEYS):
        name = f"{quote(owner)}.{registry}"
        yield f"DELETE FROM {name} WHERE TABLE_NAME = {literal(table)}"  # noqa: S608 - a literal


def literal(text: str) -> str:
    """Return a text as SQL's literal."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
