"""The types of Oracle's columns: what is selected of each, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from oracle_cdc.extraction.model import Column

#: Digits of a second that the driver brings. More come as text that Oracle makes.
DRIVER_DIGITS = 6
#: A type's name without its numbers: TIMESTAMP(6) WITH TIME ZONE.
NUMBERS = re.compile(r"\(\d+\)")

DAY_AND_TIME = "SYYYY-MM-DD HH24:MI:SS"
EXACT_TIME = "YYYY-MM-DD HH:MM:SS, with the digits of a second that the column has"


@dataclass(frozen=True)
class Kind:
    """How columns of some types are read and written.

    cells: the name of what writes them, see `cells.py`.
    words: how they are written, for people.
    expression: what is selected, where that is not the column itself.
    """

    cells: str
    words: str
    expression: str = "{column}"


TEXT = Kind("text", "text")
CHAR = Kind("char", "text without the blanks that fill it up")
NUMBER = Kind("plain", "every digit that Oracle holds; programs such as Excel show 15")
FLOATING = Kind("floating", "the shortest digits that give the same number back, Nan, Inf or -Inf")
CLOB = Kind("text", "text")
BLOB = Kind("bytes", "hexadecimal in CSV, base64 in JSON")
ROWID = Kind("plain", "text")
DATE = Kind("time", "YYYY-MM-DD HH:MM:SS")
TIMESTAMP = Kind("time", EXACT_TIME)
ZONED = Kind(
    "signed",
    f"{EXACT_TIME} and the offset from UTC; the name of a region is left out",
    "LTRIM(TO_CHAR({column}, '{format}TZH:TZM'))",
)
INTERVAL = Kind(
    "signed",
    "as Oracle writes it, without a +: DD HH:MM:SS.FF or YY-MM",
    "LTRIM(TO_CHAR({column}), '+')",
)

#: A time as text that Oracle makes, which holds any year and any digits.
TIME_TEXT = Kind("signed", EXACT_TIME, "LTRIM(TO_CHAR({column}, '{format}'))")

KINDS: Mapping[str, Kind] = {
    "VARCHAR2": TEXT,
    "VARCHAR": TEXT,
    "NVARCHAR2": TEXT,
    "CHAR": CHAR,
    "NCHAR": CHAR,
    "NUMBER": NUMBER,
    "FLOAT": NUMBER,
    "BINARY_DOUBLE": FLOATING,
    "BINARY_FLOAT": FLOATING,
    "DATE": DATE,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": ZONED,
    "TIMESTAMP WITH LOCAL TIME ZONE": ZONED,
    "INTERVAL DAY TO SECOND": INTERVAL,
    "INTERVAL YEAR TO MONTH": INTERVAL,
    "CLOB": CLOB,
    "NCLOB": CLOB,
    "BLOB": BLOB,
    "RAW": BLOB,
    "ROWID": ROWID,
    "UROWID": ROWID,
}
LOBS = {"CLOB": 1, "NCLOB": 1, "BLOB": 2}
REASONS = {
    "LONG": "type LONG can't be read in pieces; a DBA can make it a CLOB",
    "LONG RAW": "type LONG RAW can't be read in pieces; a DBA can make it a BLOB",
    "BFILE": "type BFILE is a file beside the database",
    "XMLTYPE": "type XMLTYPE is an object",
}


def type_name(column: Column) -> str:
    """Return the name of a column's type, without lengths and digits."""
    return NUMBERS.sub("", column.data_type)


def find_kind(column: Column, is_careful: bool = False) -> Kind | None:
    """Return how a column is read and written, None for one that is left out.

    is_careful: times come as text, because the driver can't bring one of them.
    """
    if column.type_owner is not None:
        return None
    kind = KINDS.get(type_name(column))
    if kind in (DATE, TIMESTAMP) and (is_careful or (column.scale or 0) > DRIVER_DIGITS):
        return TIME_TEXT
    return kind


def why_left_out(column: Column) -> str:
    """Say why a column is in no file."""
    if column.data_type in REASONS:
        return REASONS[column.data_type]
    if column.type_owner is not None:
        return f"type {column.type_owner}.{column.data_type} is an object"
    return f"type {column.data_type} is not known here"


def time_format(column: Column) -> str:
    """Return the format model of a time, with the digits that the column has."""
    if column.scale and type_name(column) != "DATE":
        return f"{DAY_AND_TIME}.FF{column.scale}"
    return DAY_AND_TIME
