"""Rows to the client: of a query, of RETURNING ... INTO, and the counts of an array statement."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import TypeAlias

from oralite.model import Column, Row, SqlType, Value
from oralite.protocol.messages.error import encode_rowid
from oralite.protocol.messages.execute import Declared
from oralite.protocol.messages.types import COLUMN_TYPES, LOBS, TypeNumber
from oralite.protocol.wire import LENGTHS, NULL, SHORT_BYTES, clr, dalc, ub
from oralite.values import ZERO, decode_double

FETCH = 5

#: Turns the content of a LOB into its locator with length and size, as a column or a bind carries
#: it.
EncodeLob: TypeAlias = Callable[[str | bytes], bytes]
EncodeColumn: TypeAlias = Callable[[Iterable[Value]], list[bytes]]
EncodeValue: TypeAlias = Callable[[Value], bytes]

_ROW = b"\x07"
_PARAMETERS = b"\x08"
_IO_VECTOR = b"\x0b"
_INPUT = 32
_CURRENT_SCHEMA = 168
#: Null indicator and return code behind a value fetched as LONG.
_LONG_PRESENT = b"\x00\x00"
_LONG_NULL = b"\x00\x81\x01\x02\x05\x7d"
_ROWID_LENGTH = LENGTHS[14]


def encode_rows(rows: Sequence[Row], encoders: Sequence[EncodeColumn]) -> bytes:
    """Encode the row header and the rows, column by column because that is several times faster."""
    header = b"\x06\x00\x00\x00" + ub(len(rows)) + b"\x00\x00\x00"
    columns = [
        encode(values) for encode, values in zip(encoders, zip(*rows, strict=True), strict=False)
    ]
    return header + b"".join(
        chain.from_iterable(zip(repeat(_ROW, len(rows)), *columns, strict=True))
    )


def encode_no_parameters() -> bytes:
    return _PARAMETERS + bytes(4)


def encode_current_schema(name: str) -> bytes:
    """Announce that ALTER SESSION changed it."""
    return _PARAMETERS + bytes(2) + ub(1) + dalc(name) + NULL + ub(_CURRENT_SCHEMA) + NULL


def encode_row_counts(counts: Sequence[int]) -> bytes:
    return _PARAMETERS + bytes(4) + ub(len(counts)) + b"".join(map(ub, counts))


def encode_inputs(bind_count: int) -> bytes:
    """Encode the answer to a block's binds: each is an input."""
    return b"".join(
        (
            _IO_VECTOR,
            NULL,
            ub(bind_count % 256),
            ub(bind_count // 256),
            ub(1),
            bytes(3),
            bytes((_INPUT,)) * bind_count,
        )
    )


def encode_returned(
    returned: Sequence[Sequence[Row]], binds: Sequence[Declared], encode_lob: EncodeLob
) -> Iterable[bytes]:
    """Encode for each iteration what its rows gave to each bind of RETURNING ... INTO."""
    encoders = [_returned_encoder(bind, encode_lob) for bind in binds]
    for rows in returned:
        yield _ROW
        for position, encode in enumerate(encoders):
            yield ub(len(rows))
            for row in rows:
                yield encode(row[position])


def _returned_encoder(declared: Declared, encode_lob: EncodeLob) -> EncodeValue:
    """Encode for a bind of RETURNING ... INTO: behind a text that was cut comes its length."""
    encode, size = value_encoder(declared, encode_lob), declared.size_bytes
    if declared.type not in _CUT:
        return lambda value: encode(value) + NULL

    def cut(value: Value) -> bytes:
        if value is None:
            content = b""
        elif declared.is_national:
            content = _national(value)
        else:
            content = _content(value)
        if len(content) <= size:
            return encode(value) + NULL
        if declared.is_national:
            encoding = "utf-16-be"
        else:
            encoding = "utf-8"
        if isinstance(value, bytes):
            kept = content[:size]
        else:
            kept = content[:size].decode(encoding, "ignore").encode(encoding)
        return clr(kept) + ub(len(content))

    return cut


_CUT = (TypeNumber.VARCHAR, TypeNumber.CHAR, TypeNumber.RAW)


def column_encoder(column: Column, define: Declared | None, encode_lob: EncodeLob) -> EncodeColumn:
    """Return how the values of a column are encoded.

    define counts for a LOB only: the client may want it as text or bytes instead of a locator.
    """
    number = COLUMN_TYPES[column.type]
    if number in LOBS:
        return _lob_encoder(
            define.type if define else number, encode_lob, bool(define and define.is_national)
        )
    if column.variant.is_long:
        return _each(_long, _LONG_NULL)
    if column.variant.is_single:
        return _each(_single)
    if column.type in (SqlType.VARCHAR2, SqlType.CHAR) and column.variant.is_national:
        return _each(_national_text)
    if column.type is SqlType.ROWID:
        return _encode_rowids
    return _encode_texts


def _lob_encoder(wanted: int, encode_lob: EncodeLob, is_national: bool) -> EncodeColumn:
    if wanted in LOBS:
        return _each(encode_lob)
    if wanted in (TypeNumber.LONG, TypeNumber.LONG_RAW):
        if is_national:
            return _each(_national_long, _LONG_NULL)
        return _each(_long, _LONG_NULL)
    return _encode_texts


def _content(value: str | bytes) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value


def _each(encode: Callable[[str | bytes], bytes], null: bytes = NULL) -> EncodeColumn:
    """Return an encoder of a column by that of one value that is not NULL."""

    encode_one = _or_null(encode, null)
    return lambda values: [encode_one(value) for value in values]


def _or_null(encode: Callable[[str | bytes], bytes], null: bytes = NULL) -> EncodeValue:
    """Return an encoder that takes NULL, too."""

    def encode_value(value: Value) -> bytes:
        if value is None:
            return null
        return encode(value)

    return encode_value


def _encode_texts(values: Iterable[Value]) -> list[bytes]:
    """Encode a column in one call: one for each value would take as long as the rest."""
    encoded: list[bytes] = []
    for value in values:
        if value is None:
            encoded.append(NULL)
            continue
        if isinstance(value, str):
            value = value.encode()
        size = len(value)
        if size <= SHORT_BYTES:
            encoded.append(LENGTHS[size] + value)
        else:
            encoded.append(clr(value))
    return encoded


def _long(value: str | bytes) -> bytes:
    return clr(_content(value)) + _LONG_PRESENT


def _national_long(value: str | bytes) -> bytes:
    return clr(_national(value)) + _LONG_PRESENT


def _national_text(value: str | bytes) -> bytes:
    return clr(_national(value))


def _encode_rowids(values: Iterable[Value]) -> list[bytes]:
    encoded: list[bytes] = []
    for value in values:
        if value is None:
            encoded.append(NULL)
        else:
            encoded.append(_ROWID_LENGTH + encode_rowid(str(value)))
    return encoded


def value_encoder(declared: Declared, encode_lob: EncodeLob) -> EncodeValue:
    """Return how a value is encoded for a bind that takes it."""
    if declared.type in LOBS:
        return _or_null(encode_lob)
    encode = _VALUE_ENCODERS.get(TypeNumber(declared.type), _content)
    if declared.is_national:
        encode = _national
    return _or_null(lambda value: clr(encode(value)))


def _national(value: str | bytes) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-16-be")
    return value


def _boolean(value: str | bytes) -> bytes:
    if value != ZERO:
        return b"\x01"
    return b"\x00"


def _single(value: str | bytes) -> bytes:
    return clr(_float(value))


def _float(value: str | bytes) -> bytes:
    bits = int.from_bytes(struct.pack(">f", decode_double(_content(value))), "big")
    return (bits ^ 0xFFFFFFFF if bits & 0x80000000 else bits | 0x80000000).to_bytes(4, "big")


_VALUE_ENCODERS = {TypeNumber.BOOLEAN: _boolean, TypeNumber.BINARY_FLOAT: _float}
