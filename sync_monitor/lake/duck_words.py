"""DuckDB's words: files as a table, types of columns, and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb

from sync_monitor.errors import LakeUnusable
from sync_monitor.model import Column, Kind
from sync_monitor.rows.dialects import Dialect, quote_text

DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
INTEGERS = frozenset(
    [
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
    ]
)
TIMES = frozenset(("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"))
#: What a file's name or contents say, and its code.
SIGNS = (
    ("No files found", "LAKE-VANISHED"),
    ("No such file", "LAKE-VANISHED"),
    ("Permission denied", "LAKE-DENIED"),
)
OPTIONS = "hive_partitioning = false, union_by_name = true"


def code_of(error: duckdb.Error, *, is_late: bool) -> str:
    """Return the code of an error of DuckDB."""
    if isinstance(error, duckdb.InterruptException):
        if is_late:
            return "LAKE-TIMEOUT"
        return "LAKE-CANCELLED"
    text = str(error)
    for sign, code in SIGNS:
        if sign in text:
            return code
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)):
        return "LAKE-SCHEMA"
    if isinstance(error, (duckdb.ConversionException, duckdb.TypeMismatchException)):
        return "LAKE-SCHEMA"
    if isinstance(error, duckdb.OutOfMemoryException):
        return "LAKE-FAILED"
    # What is no Parquet file, or half of one, or has other bytes than it says.
    return "LAKE-FILE"


def read_parquet(files: Sequence[str]) -> str:
    """Return files as a table. Raises LakeUnusable for a name that can't stand in SQL."""
    return f"read_parquet({listed(files)}, {OPTIONS})"


def listed(files: Sequence[str]) -> str:
    """Return the names of files as a list."""
    try:
        return f"[{', '.join(quote_text(file, Dialect.DUCKDB) for file in files)}]"
    except ValueError as error:
        raise LakeUnusable(
            "LAKE-NAME", "a file whose name has signs that are not printed"
        ) from error


def column_of(name: str, kind: str) -> Column:
    """Return a column as DuckDB describes it."""
    decimal = DECIMAL.fullmatch(kind)
    if decimal:
        return Column(name, Kind.DECIMAL, int(decimal[2]))
    if kind in INTEGERS:
        return Column(name, Kind.INTEGER)
    if kind == "VARCHAR":
        return Column(name, Kind.TEXT)
    if kind in TIMES:
        return Column(name, Kind.TIMESTAMP)
    return Column(name, Kind.OTHER)


def moment(value: Any) -> datetime | None:
    """Return a time without a zone, None for one that is none, or beyond the year 9999."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=None)
