"""Trino's words: types of columns, and what its errors mean."""

from __future__ import annotations

import re

from sync_monitor.model import Column, Kind

DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
INTEGERS = frozenset(("tinyint", "smallint", "integer", "bigint"))
#: Names of errors, and their codes. Sources: StandardErrorCode and HiveErrorCode of Trino.
CODES = {
    "CATALOG_NOT_FOUND": "LAKE-ABSENT",
    "SCHEMA_NOT_FOUND": "LAKE-ABSENT",
    "TABLE_NOT_FOUND": "LAKE-ABSENT",
    "PERMISSION_DENIED": "LAKE-DENIED",
    "COLUMN_NOT_FOUND": "LAKE-SCHEMA",
    "TYPE_MISMATCH": "LAKE-SCHEMA",
    # The catalog is none of the Hive connector.
    "INVALID_SESSION_PROPERTY": "LAKE-SCHEMA",
    "INVALID_CAST_ARGUMENT": "LAKE-SCHEMA",
    "HIVE_PARTITION_SCHEMA_MISMATCH": "LAKE-SCHEMA",
    "HIVE_BAD_DATA": "LAKE-FILE",
    "HIVE_CURSOR_ERROR": "LAKE-FILE",
    "HIVE_CANNOT_OPEN_SPLIT": "LAKE-FILE",
    "HIVE_FILE_NOT_FOUND": "LAKE-VANISHED",
    "EXCEEDED_TIME_LIMIT": "LAKE-TIMEOUT",
    "EXCEEDED_CPU_LIMIT": "LAKE-TIMEOUT",
    "USER_CANCELED": "LAKE-CANCELLED",
    "ADMINISTRATIVELY_KILLED": "LAKE-CANCELLED",
}
STATUS = re.compile(r"error (\d{3})")
LOGIN = ("401", "403")


def code_of_name(name: str) -> str:
    """Return the code of an error by its name."""
    return CODES.get(name, "LAKE-FAILED")


def code_of_http(text: str) -> str:
    """Return the code of an HTTP status, as the client writes it."""
    found = STATUS.match(text)
    if found is not None and found[1] in LOGIN:
        return "LAKE-LOGIN"
    return "LAKE-UNREACHABLE"


def column_of(name: str, kind: str) -> Column:
    """Return a column as Trino describes it."""
    decimal = DECIMAL.fullmatch(kind)
    if decimal:
        return Column(name, Kind.DECIMAL, int(decimal[2]))
    if kind in INTEGERS:
        return Column(name, Kind.INTEGER)
    if kind.startswith("varchar"):
        return Column(name, Kind.TEXT)
    if kind.startswith("char"):
        return Column(name, Kind.CHAR)
    if kind == "date" or (kind.startswith("timestamp") and "zone" not in kind):
        return Column(name, Kind.TIMESTAMP)
    return Column(name, Kind.OTHER)
