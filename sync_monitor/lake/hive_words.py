"""Hive's and Spark's words: types of columns, names of partitions, and what errors mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from sync_monitor.model import Column, Kind

DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
INTEGERS = frozenset(("tinyint", "smallint", "int", "integer", "bigint"))
TIMES = frozenset(("date", "timestamp", "timestamp_ntz"))
#: What an error says, and its code. The first that is found counts.
SIGNS = (
    ("TABLE_OR_VIEW_NOT_FOUND", "LAKE-ABSENT"),
    ("SCHEMA_NOT_FOUND", "LAKE-ABSENT"),
    ("Table not found", "LAKE-ABSENT"),
    ("Database does not exist", "LAKE-ABSENT"),
    ("AccessControlException", "LAKE-DENIED"),
    ("Permission denied", "LAKE-DENIED"),
    ("INSUFFICIENT_PERMISSIONS", "LAKE-DENIED"),
    ("FILE_NOT_EXIST", "LAKE-VANISHED"),
    ("FileNotFoundException", "LAKE-VANISHED"),
    ("DATA_TYPE_MISMATCH", "LAKE-SCHEMA"),
    ("CANNOT_PARSE", "LAKE-SCHEMA"),
    ("CAST_INVALID_INPUT", "LAKE-SCHEMA"),
    ("UNRESOLVED_COLUMN", "LAKE-SCHEMA"),
    ("Invalid table alias or column reference", "LAKE-SCHEMA"),
    ("INVALID_PARTITION_OPERATION", "LAKE-SCHEMA"),
    ("is not a partitioned table", "LAKE-SCHEMA"),
    ("FAILED_READ_FILE", "LAKE-FILE"),
    ("is not a Parquet file", "LAKE-FILE"),
)
#: What the transport says where a log-in is refused.
LOGIN_SIGNS = ("Bad status", "Error validating the login", "SASL")


def code_of_text(text: str) -> str:
    """Return the code of an error of a statement."""
    for sign, code in SIGNS:
        if sign in text:
            return code
    return "LAKE-FAILED"


def code_of_transport(text: str) -> str:
    """Return the code of an error of the connection."""
    if any(sign in text for sign in LOGIN_SIGNS):
        return "LAKE-LOGIN"
    if "timed out" in text or "timeout" in text.lower():
        return "LAKE-TIMEOUT"
    return "LAKE-UNREACHABLE"


def column_of(name: str, kind: str) -> Column:
    """Return a column as Hive describes it."""
    kind = kind.lower()
    decimal = DECIMAL.fullmatch(kind)
    if decimal:
        return Column(name, Kind.DECIMAL, int(decimal[2]))
    if kind in INTEGERS:
        return Column(name, Kind.INTEGER)
    if kind == "string" or kind.startswith("varchar"):
        return Column(name, Kind.TEXT)
    if kind.startswith("char"):
        return Column(name, Kind.CHAR)
    if kind in TIMES:
        return Column(name, Kind.TIMESTAMP)
    return Column(name, Kind.OTHER)


def columns_of(rows: Iterable[tuple[str, ...]]) -> Iterator[Column]:
    """Yield the columns of DESCRIBE, which go on until a line that is empty or begins with #."""
    for name, kind, *_ in rows:
        if not name or name.startswith("#"):
            return
        yield column_of(name, kind)


def key_of(name: str, column: str) -> str | None:
    """Return the key in the name of a partition, such as dt=2026-11-23/region=north."""
    for part in name.split("/"):
        written, _, value = part.partition("=")
        if written.lower() == column.lower():
            return unquote(value)
    return None
