"""The table whose rows become events, as its DBA makes, fills and reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import oracledb

from oracle_cdc.demo.dba import SERVICE_USER, Dba, Statements
from oracle_cdc.demo.events.rows import NewRow

SCHEMA, NAME = "SPC", "TXLOG_EVENTS"


@dataclass(frozen=True)
class TableRow:
    """A row as the table has it."""

    case_id: str | None
    event_type: str | None
    created_at: datetime
    data: str | None = field(repr=False)


class EventTable(Dba):
    """A session that makes, fills and reads the table."""

    statements = Statements(
        Path(__file__).with_name("statements.sql"), table=f"{SCHEMA}.{NAME}", user=SERVICE_USER
    )

    def create_table(self) -> None:
        """Create the table, and let the service read it, and no more."""
        self.create("create_table", "index_time", "grant_log_in", "grant_table")

    def insert(self, rows: Sequence[NewRow]) -> None:
        """Put rows into the table, without a commit."""
        binds = []
        for row in rows:
            binds.append(
                {
                    "id": row.id,
                    "case_id": row.case_id,
                    "event_type": row.event_type,
                    "data": row.data,
                }
            )
        with self.connection.cursor() as cursor:
            cursor.setinputsizes(data=oracledb.DB_TYPE_CLOB)
            cursor.executemany(self.statements["insert_row"], binds)

    def commit(self) -> None:
        self.connection.commit()

    def read(self) -> Mapping[str, TableRow]:
        """Return all rows by their ids, as digits."""
        rows: dict[str, TableRow] = {}
        for id, case_id, event_type, data, created_at in self.query("read_rows"):
            assert isinstance(created_at, datetime)
            rows[str(id)] = TableRow(
                optional(case_id), optional(event_type), created_at, optional(data)
            )
        return rows


def optional(value: object) -> str | None:
    """Return a column's text, None where it is NULL."""
    if value is None:
        return None
    return str(value)
