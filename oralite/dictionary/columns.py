"""How a column is shown: its type, lengths and digits."""

from __future__ import annotations

from typing import Any

from oralite.catalog.definitions import ColumnDefinition, Table, View
from oralite.model import SqlType

TEXTS = (SqlType.VARCHAR2, SqlType.CHAR)


LENGTHS = {
    SqlType.NUMBER: 22,
    SqlType.DATE: 7,
    SqlType.TIMESTAMP: 11,
    SqlType.TIMESTAMP_TZ: 13,
    SqlType.INTERVAL_DS: 11,
    SqlType.BINARY_DOUBLE: 8,
    SqlType.ROWID: 10,
}


_LOB_LENGTH = 4000


def type_text(column: ColumnDefinition) -> str:
    """Return DATA_TYPE: TIMESTAMP(6), VARCHAR2 ..."""
    if column.variant.is_long and column.type is SqlType.RAW:
        return "LONG RAW"
    if column.variant.is_long:
        return "LONG"
    if column.variant.is_single:
        return "BINARY_FLOAT"
    if column.variant.is_national:
        if column.type is SqlType.VARCHAR2:
            return "NVARCHAR2"
        return f"N{column.type.value}"
    if column.variant.float_digits:
        return "FLOAT"
    if column.type is SqlType.TIMESTAMP:
        return f"TIMESTAMP({column.scale})"
    if column.type is SqlType.TIMESTAMP_TZ:
        return f"TIMESTAMP({column.scale}) WITH TIME ZONE"
    if column.type is SqlType.INTERVAL_DS:
        return f"INTERVAL DAY({column.precision}) TO SECOND({column.scale})"
    return str(column.type.value)


def column_row(thing: Table | View, number: int, column: ColumnDefinition) -> tuple[Any, ...]:
    chars, unit = _chars_and_unit(column)
    precision, scale = _precision_and_scale(column)
    return (
        thing.name,
        column.name,
        type_text(column),
        _length(column),
        precision,
        scale,
        yes(column.nullable)[:1],
        number,
        len(column.default or "") or None,
        column.default,
        _character_set_name(column),
        chars,
        unit,
        yes(column.identity),
        yes(column.default_on_null),
    )


def _character_set_name(column: ColumnDefinition) -> str | None:
    if column.type not in (*TEXTS, SqlType.CLOB):
        return None
    if column.variant.is_national:
        return "NCHAR_CS"
    return "CHAR_CS"


def yes(is_so: object) -> str:
    if is_so:
        return "YES"
    return "NO"


def _chars_and_unit(column: ColumnDefinition) -> tuple[int, str | None]:
    """Return CHAR_LENGTH and CHAR_USED."""
    if column.type not in TEXTS or column.variant.is_long:
        return 0, None
    if column.size_chars:
        return column.size_chars, "C"
    return column.size_bytes, "B"


def _length(column: ColumnDefinition) -> int:
    """Return DATA_LENGTH: bytes, two for a national character."""
    if column.variant.is_long:
        return 0
    if column.variant.is_single:
        return 4
    if column.type is SqlType.TIMESTAMP and not column.scale:
        return LENGTHS[SqlType.DATE]
    if column.type is SqlType.ROWID:
        return LENGTHS[SqlType.ROWID]
    return column.variant.chars * 2 or column.size_bytes or LENGTHS.get(column.type, _LOB_LENGTH)


def _precision_and_scale(column: ColumnDefinition) -> tuple[int | None, int | None]:
    if column.type in (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ):
        return None, column.scale
    if column.type is SqlType.INTERVAL_DS:
        return column.precision, column.scale
    if column.variant.float_digits:
        return column.variant.float_digits, None
    if column.type is not SqlType.NUMBER or not column.precision:
        return None, None
    if column.variant.is_unlimited:
        return None, column.scale
    return column.precision, column.scale
