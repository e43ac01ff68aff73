"""What Oracle's data dictionary says of a table, as the monitor compares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oracle_cdc.oracle.session import Session
from sync_monitor.errors import SourceUnusable
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Kind, Sync

#: Of each byte of a database whose signs have one byte, in UTF-8.
MOST_BYTES = 3
UTF8 = "AL32UTF8"
TEXT_BYTES_OF_OTHERS = 40


@dataclass(frozen=True)
class SourceTable:
    """A table as the dictionary has it.

    Parameters:
        keys: of the primary key, none where it has none.
        charset: NLS_CHARACTERSET of the database.
        is_time_nullable: rows may have no time, which are in no partition. Nobody counts them: no
            index has them.
    """

    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    charset: str
    is_time_nullable: bool = False


def read_table(session: Session, sync: Sync, meter: Meter) -> SourceTable:
    """Return a table of Oracle.

    Raises SourceUnusable where it is not there, or not for this user, or its time column is none.
    """
    owner, name = sync.source.split(".", 1)
    found = session.query("columns", owner=owner, table_name=name)
    meter.count(len(found))
    if not found:
        raise SourceUnusable(
            "ORA-00942", f"{sync.source}: no such table, or no SELECT on it for this user"
        )
    keys = session.query("primary_key", owner=owner, table_name=name)
    meter.count(len(keys))
    charset = session.query("charset")
    meter.count(len(charset))
    kept = str(charset[0]["value"]) if charset else UTF8
    columns = tuple(column_of(row, kept) for row in found)
    check_time(sync, columns)
    nullable = {row["column_name"] for row in found if row["nullable"] == "Y"}
    of_key = tuple(str(row["column_name"]) for row in keys)
    return SourceTable(columns, of_key, kept, sync.time_column in nullable)


def check_time(sync: Sync, columns: tuple[Column, ...]) -> None:
    """Raise SourceUnusable where the time column is not there, or has no plain time."""
    for column in columns:
        if column.name == sync.time_column:
            if column.kind is Kind.TIMESTAMP:
                return
            raise SourceUnusable(
                "SOURCE-TIME",
                f"{sync.source}: {sync.time_column}; allowed: a DATE or TIMESTAMP without a zone",
            )
    raise SourceUnusable("SOURCE-TIME", f"{sync.source}: it has no column {sync.time_column}")


def column_of(row: Mapping[str, Any], charset: str) -> Column:
    """Return a column of ALL_TAB_COLUMNS."""
    kind, scale = kind_of(str(row["data_type"]), row["data_precision"], row["data_scale"])
    text_bytes = TEXT_BYTES_OF_OTHERS
    if kind in (Kind.TEXT, Kind.CHAR):
        text_bytes = int(row["data_length"])
        if charset != UTF8:
            text_bytes *= MOST_BYTES
    return Column(str(row["column_name"]), kind, scale, text_bytes=text_bytes)


def kind_of(data_type: str, precision: int | None, scale: int | None) -> tuple[Kind, int]:
    """Return how a column's text is made, and its digits behind the point.

    National text has other bytes than the rest of a row, so that it is not compared.
    """
    if data_type == "NUMBER":
        if scale is None:
            return Kind.OTHER, 0
        if scale <= 0:
            return Kind.INTEGER, 0
        return Kind.DECIMAL, int(scale)
    if data_type == "VARCHAR2":
        return Kind.TEXT, 0
    if data_type == "CHAR":
        return Kind.CHAR, 0
    if data_type == "DATE" or (data_type.startswith("TIMESTAMP") and "ZONE" not in data_type):
        return Kind.TIMESTAMP, 0
    return Kind.OTHER, 0
