"""The type of a column in the change table: the widest form of its type in the source.

So a source that is altered to hold longer values needs no other change table.
"""

from __future__ import annotations

import re

from oracle_cdc.changes.capture.model import Column

#: Type -> the type in the change table, its length in a database with MAX_STRING_SIZE=STANDARD, as
#: nearly all have it, and with EXTENDED.
LENGTHS = {
    "VARCHAR2": ("VARCHAR2", 4000, 32767),
    "CHAR": ("VARCHAR2", 4000, 32767),
    "NVARCHAR2": ("NVARCHAR2", 2000, 16383),
    "NCHAR": ("NVARCHAR2", 2000, 16383),
    "RAW": ("RAW", 2000, 32767),
}
DIGITS = re.compile(r"\(\d+\)")

WIDEST = {
    "NUMBER": "NUMBER",
    "FLOAT": "NUMBER",
    "BINARY_DOUBLE": "BINARY_DOUBLE",
    "BINARY_FLOAT": "BINARY_FLOAT",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP(9)",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP(9) WITH TIME ZONE",
    "TIMESTAMP WITH LOCAL TIME ZONE": "TIMESTAMP(9) WITH LOCAL TIME ZONE",
    "INTERVAL DAY TO SECOND": "INTERVAL DAY(9) TO SECOND(9)",
    "INTERVAL YEAR TO MONTH": "INTERVAL YEAR(9) TO MONTH",
    "ROWID": "ROWID",
}
LOBS = ("CLOB", "NCLOB", "BLOB")
REASONS = {
    "LONG": "a trigger can't read a LONG (ORA-04093)",
    "LONG RAW": "a trigger can't read a LONG RAW (ORA-04093)",
    "BFILE": "a BFILE is a file beside the database",
    "XMLTYPE": "an XMLTYPE is an object",
}


def kind_of(column: Column) -> str:
    """Return a type's name without lengths and digits."""
    return DIGITS.sub("", column.data_type)


def is_lob(column: Column) -> bool:
    return column.type_owner is None and kind_of(column) in LOBS


def find_widest(column: Column) -> str | None:
    """Return the type that the change table has for a column, None for one that it can't have."""
    if column.type_owner is not None:
        return None
    kind = kind_of(column)
    if kind in LENGTHS:
        name, standard, extended = LENGTHS[kind]
        length = standard
        if column.length > standard:
            length = extended
        return f"{name}({length})"
    if kind in LOBS:
        return kind
    return WIDEST.get(kind)


def why_left_out(column: Column) -> str:
    """Say why a column can't be captured."""
    if column.data_type in REASONS:
        return REASONS[column.data_type]
    if column.type_owner is not None:
        return f"its type {column.type_owner}.{column.data_type} is an object"
    return f"its type {column.data_type} is not known here"


def holds(logged: Column, needed: str) -> bool:
    """Return whether a column of the change table takes all values of the type that is needed."""
    kind, _, length = needed.partition("(")
    if kind in LENGTHS:
        return logged.data_type == kind and logged.length >= int(length.rstrip(")"))
    return logged.data_type == needed
