"""Types and values: what DuckDB has, as Trino names and writes it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from trinolite.refusals import Refused

DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
TIMESTAMP = re.compile(r"timestamp\(([0369])\)")
#: Types of Trino, and what DuckDB keeps them as.
PLAIN = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "timestamp(0)": "TIMESTAMP_S",
    "timestamp(3)": "TIMESTAMP_MS",
    "timestamp(6)": "TIMESTAMP",
    "timestamp(9)": "TIMESTAMP_NS",
}
FROM_DUCKDB = dict(zip(PLAIN.values(), PLAIN.keys(), strict=True))
#: Types that are compared with each other. Others of two families are not, whatever their texts.
FAMILIES = {
    "varchar": "text",
    "date": "time",
    "timestamp": "time",
    "boolean": "truth",
    "varbinary": "bytes",
}
LARGEST_BIGINT = 2**63 - 1


def kept_as(kind: str) -> str:
    """Return DuckDB's type for one of Trino. Raises Refused for what is not known here."""
    if kind in PLAIN:
        return PLAIN[kind]
    found = DECIMAL.fullmatch(kind)
    if found is None:
        raise Refused("NOT_SUPPORTED", f"trinolite has no type {kind}")
    return f"DECIMAL({found[1]},{found[2]})"


def named_as(kind: str) -> str:
    """Return Trino's type for one of DuckDB. Raises Refused for what is not known here."""
    if kind in FROM_DUCKDB:
        return FROM_DUCKDB[kind]
    if kind == "HUGEINT":
        # What DuckDB adds whole numbers up to. Trino's sum of BIGINT is a BIGINT.
        return "bigint"
    if kind.startswith("DECIMAL"):
        return kind.lower()
    if kind == '"NULL"':
        return "unknown"
    raise Refused("NOT_SUPPORTED", f"trinolite has no type for DuckDB's {kind}")


def digits_in(kind: str) -> int:
    """Return the digits of a second that a type has, -1 where it is no time with a clock."""
    found = TIMESTAMP.fullmatch(kind)
    if found is None:
        return -1
    return int(found[1])


def family(kind: str) -> str:
    """Return which types a type is compared with."""
    return FAMILIES.get(kind.partition("(")[0], "number")


def signature(kind: str) -> dict[str, object]:
    """Return a type as clients read it."""
    raw, _, rest = kind.partition("(")
    arguments: list[dict[str, object]] = []
    for each in re.findall(r"\d+", rest):
        arguments.append({"kind": "LONG", "value": int(each)})
    if raw == "varchar":
        arguments.append({"kind": "LONG", "value": 2**31 - 1})
    return {"rawType": raw, "arguments": arguments}


def written(value: Any, kind: str) -> object:
    """Return a value as JSON carries it. Raises Refused for a whole number that is too large."""
    if isinstance(value, datetime):
        return stamp(value, int(kind[-2]))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if kind == "bigint" and isinstance(value, int) and abs(value) > LARGEST_BIGINT:
        raise Refused("NUMERIC_VALUE_OUT_OF_RANGE", f"bigint addition overflow: {value}")
    return value


def written_row(row: Sequence[Any], columns: Sequence[tuple[str, str]]) -> list[object]:
    """Return a row as JSON carries it. Raises Refused."""
    found: list[object] = []
    for value, (_, kind) in zip(row, columns, strict=True):
        found.append(written(value, kind))
    return found


def stamp(moment: datetime, digits: int) -> str:
    """Return a time with as many digits of a second as its type has, the last three of nine 0."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    if digits:
        text += f".{moment.microsecond:06d}000"[: digits + 1]
    return text
