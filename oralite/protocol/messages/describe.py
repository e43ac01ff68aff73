"""The message that describes the columns of a result."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.model import Column, SqlType
from oralite.protocol.capabilities import (
    FIELD_VERSION_12_2,
    FIELD_VERSION_23_1,
    FIELD_VERSION_23_1_EXT3,
    FIELD_VERSION_23_4,
)
from oralite.protocol.messages.negotiate import AL16UTF16, AL32UTF8
from oralite.protocol.messages.types import COLUMN_TYPES, TypeNumber
from oralite.protocol.wire import NULL, dalc, ub

_DESCRIBE = b"\x10"
_SOME_DATE = bytes((120, 124, 1, 1, 1, 1, 1))
_TEXTS = (SqlType.VARCHAR2, SqlType.CHAR, SqlType.CLOB)
_TIMESTAMPS = (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ)
_UNDECLARED_BYTES = 4000
#: Clients take a text column that may be longer for a LONG, whose values have another form.
_LONGEST_TEXT_BYTES = 32767
#: Clients read nothing for a column whose buffer size is 0, so each type has one.
_BUFFER_BYTES = {
    SqlType.NUMBER: 22,
    SqlType.BINARY_DOUBLE: 8,
    SqlType.DATE: 7,
    SqlType.TIMESTAMP: 11,
    SqlType.TIMESTAMP_TZ: 13,
    SqlType.INTERVAL_DS: 11,
    SqlType.CLOB: 4000,
    SqlType.BLOB: 4000,
    SqlType.ROWID: 4000,
}
_SINGLE_BYTES = 4
_SIZED = (SqlType.VARCHAR2, SqlType.CHAR, SqlType.RAW)
_LONGEST_SHORT_NAME = 30


def encode_describe(columns: Sequence[Column], field_version: int) -> bytes:
    parts = [_DESCRIBE, NULL, ub(sum(map(_buffer_bytes, columns))), ub(len(columns))]
    if columns:
        parts.append(b"\x01")
    for position, column in enumerate(columns, 1):
        parts.append(_encode_column(column, position, field_version))
    parts += [dalc(_SOME_DATE), bytes(5)]
    return b"".join(parts)


def _encode_column(column: Column, position: int, field_version: int) -> bytes:
    is_text, national = column.type in _TEXTS, column.variant.is_national
    name = column.name.encode()
    precision, scale = _precision_and_scale(column)
    parts = [
        bytes((_type_number(column), 0, precision & 0xFF, scale & 0xFF)),
        ub(_buffer_bytes(column)),
        bytes(4),
        ub(_character_set(column)),
        bytes((is_text + national,)),
        ub((column.variant.chars or _buffer_bytes(column)) if column.type in _SIZED else 0),
        NULL if field_version >= FIELD_VERSION_12_2 else b"",
        bytes((column.nullable, min(len(name), _LONGEST_SHORT_NAME))),
        dalc(name),
        b"\x00\x00",
        ub(position),
        NULL,
        _newer_fields(field_version),
    ]
    return b"".join(parts)


def _type_number(column: Column) -> int:
    if column.variant.is_long and column.type is SqlType.RAW:
        return TypeNumber.LONG_RAW
    if column.variant.is_long:
        return TypeNumber.LONG
    if column.variant.is_single:
        return TypeNumber.BINARY_FLOAT
    return COLUMN_TYPES[column.type]


def _character_set(column: Column) -> int:
    """Return its number, 0 of what is no text."""
    if column.type not in _TEXTS:
        return 0
    if column.variant.is_national:
        return AL16UTF16
    return AL32UTF8


def _newer_fields(field_version: int) -> bytes:
    """Encode domain, annotations and vector of a column: it has none."""
    count = 2 * (field_version >= FIELD_VERSION_23_1)
    count += field_version >= FIELD_VERSION_23_1_EXT3
    count += 3 * (field_version >= FIELD_VERSION_23_4)
    return bytes(count)


def _buffer_bytes(column: Column) -> int:
    if column.variant.is_long:
        return 0
    if column.variant.is_single:
        return _SINGLE_BYTES
    if column.variant.chars:
        return column.variant.chars * 2
    return _BUFFER_BYTES.get(column.type) or min(
        column.size_bytes or _UNDECLARED_BYTES, _LONGEST_TEXT_BYTES
    )


def _precision_and_scale(column: Column) -> tuple[int, int]:
    if column.type is SqlType.NUMBER:
        return column.variant.float_digits or column.precision, column.scale
    if column.type in _TIMESTAMPS:
        return 0, column.scale if column.scale >= 0 else 6
    if column.type is SqlType.INTERVAL_DS:
        return (column.precision or 9, column.scale)
    return (0, 0)
