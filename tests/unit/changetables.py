"""A table of an application, and what is captured of it."""

from __future__ import annotations

from typing import Any

from oracle_cdc.changes.capture.choosing import choose
from oracle_cdc.changes.capture.model import Capture, Column, Place, SourceTable

USERS = SourceTable(
    Place("COREDB", "USERS"),
    (
        Column("ID", "NUMBER"),
        Column("NAME", "VARCHAR2", 100),
        Column("UPDATED_AT", "TIMESTAMP(6)"),
        Column("NOTES", "CLOB"),
        Column("OLD_NOTES", "LONG"),
    ),
    ("ID",),
)


def table(*columns: Column, keys: tuple[str, ...] = ("ID",), name: str = "T") -> SourceTable:
    """Return a table with a key and these columns."""
    return SourceTable(Place("COREDB", name), (Column("ID", "NUMBER"), *columns), keys)


def captured(source: SourceTable = USERS, **options: Any) -> Capture:
    return choose(source, "CDC", **options)
