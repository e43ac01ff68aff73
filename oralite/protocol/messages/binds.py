"""Bind rows: the values that follow the request to run a statement, brought into their storage
form.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TypeAlias

from oralite.model import Kind, Row, Scan, Value
from oralite.protocol.capabilities import LONGEST_ORDINARY_BIND_BYTES
from oralite.protocol.messages.execute import Declared
from oralite.protocol.messages.types import TypeNumber
from oralite.protocol.wire import ProtocolError, Reader, UnsupportedRequest, decode_text
from oralite.values import ZERO, encode_double, encode_number

ReadValue: TypeAlias = Callable[[Reader], Value]

_ROW = 7
_ESCAPE = 253
_NEGATIVE_END = b"\x66"
_POSITIVE_ZERO_DIGITS = b"\x01"
_NEGATIVE_ZERO_DIGITS = b"\x65"
_TIMESTAMP_BYTES = 11
_DATE_BYTES = 7
_NO_FRACTION = bytes(4)


def read_rows(reader: Reader, binds: Sequence[Declared], iterations: int, scan: Scan) -> list[Row]:
    """Read one row per iteration, its values in the order of the binds but without those of
    RETURNING ... INTO.
    """
    given = [index for index in range(len(binds)) if index not in scan.returning]
    if not given:
        return [()] * iterations
    if scan.kind is Kind.BLOCK:
        sent = given
    else:
        sent = _order_sent(given, binds)
    read = [value_reader(binds[index]) for index in sent]
    rows = [_read_row(reader, read) for _ in range(iterations)]
    if sent != given:
        order = itemgetter(*(sent.index(index) for index in given))
        rows = [order(row) for row in rows]
    return rows


def _order_sent(given: Sequence[int], binds: Sequence[Declared]) -> list[int]:
    """Return the order in which values travel: long ones last."""
    return sorted(given, key=lambda index: binds[index].size_bytes > LONGEST_ORDINARY_BIND_BYTES)


def _read_row(reader: Reader, read: Sequence[ReadValue]) -> Row:
    if (message := reader.u8()) != _ROW:
        raise ProtocolError(f"message {message} where a row of binds is expected")
    return tuple([read_value(reader) for read_value in read])


def value_reader(declared: Declared) -> ReadValue:
    """Return what reads one value. One of a type that is not supported is read as None."""
    if declared.is_array:
        return _array_reader(value_reader(replace(declared, is_array=False)))
    if declared.type not in _KNOWN:
        raise UnsupportedRequest(f"binds of {declared}")
    if declared.is_national and declared.type in _TEXTS:
        return _read_national_text
    return _READERS.get(TypeNumber(declared.type), Reader.clr)


def _array_reader(read_value: ReadValue) -> ReadValue:
    def read(reader: Reader) -> Value:
        for _ in range(reader.ub()):
            read_value(reader)
        return None

    return read


def _read_text(reader: Reader) -> Value:
    content = reader.clr()
    if content is None:
        return None
    return decode_text(content)


def _read_national_text(reader: Reader) -> Value:
    content = reader.clr()
    if content is None:
        return None
    return decode_text(content, "utf-16-be")


def _read_locator(reader: Reader) -> Value:
    return reader.dalc() or None


def _read_number(reader: Reader) -> Value:
    """Strip the zeros that clients may leave at either end of the digits.

    Stored numbers have none.
    """
    content = reader.clr()
    if content is None or len(content) == 1:
        return content
    positive = content[0] >= ZERO[0]
    if positive:
        digits = content[1:]
    else:
        digits = content[1:].removesuffix(_NEGATIVE_END)
    if positive:
        zero = _POSITIVE_ZERO_DIGITS
    else:
        zero = _NEGATIVE_ZERO_DIGITS
    if digits[:1] != zero and digits[-1:] != zero:
        return content
    return _trim_number(content[0], digits, zero, positive)


def _trim_number(first: int, digits: bytes, zero: bytes, positive: bool) -> bytes:
    kept = digits.lstrip(zero)
    dropped = len(digits) - len(kept)
    kept = kept.rstrip(zero)
    if not kept:
        return ZERO
    if positive:
        return bytes((first - dropped,)) + kept
    return bytes((first + dropped,)) + kept + _NEGATIVE_END


def _read_moment(reader: Reader) -> Value:
    """Strip a fraction of zero: a timestamp without a fraction is stored as a date is."""
    content = reader.clr()
    if content is not None and len(content) == _TIMESTAMP_BYTES and content.endswith(_NO_FRACTION):
        return content[:_DATE_BYTES]
    return content


def _read_boolean(reader: Reader) -> Value:
    size = reader.u8()
    if size == _ESCAPE:
        reader.u8()
        return None
    if size:
        return encode_number(int(reader.raw(size)[-1]))
    return ZERO


def _read_float(reader: Reader) -> Value:
    content = reader.clr()
    if content is None:
        return None
    if len(content) != 4:
        raise ProtocolError(f"a BINARY_FLOAT of {len(content)} bytes")
    bits = int.from_bytes(content, "big")
    if bits & 0x80000000:
        plain = bits & 0x7FFFFFFF
    else:
        plain = bits ^ 0xFFFFFFFF
    return encode_double(struct.unpack(">f", plain.to_bytes(4, "big"))[0])


def _skip_cursor(reader: Reader) -> Value:
    if reader.ub():
        reader.ub()
    return None


def _skip_object(reader: Reader) -> Value:
    reader.dalc()
    reader.dalc()
    reader.skip("uu")
    packed_bytes = reader.ub()
    reader.ub()
    if packed_bytes:
        reader.clr()
    return None


def _skip_self_contained_lob(reader: Reader) -> Value:
    """Skip JSON and VECTOR: a locator and the content behind it."""
    if reader.dalc():
        reader.clr()
    return None


_KNOWN = frozenset(TypeNumber)
_TEXTS = (TypeNumber.VARCHAR, TypeNumber.CHAR, TypeNumber.LONG)
_READERS: dict[TypeNumber, ReadValue] = {
    **dict.fromkeys((*_TEXTS, TypeNumber.ROWID, TypeNumber.UROWID), _read_text),
    TypeNumber.NUMBER: _read_number,
    TypeNumber.BINARY_INTEGER: _read_number,
    TypeNumber.TIMESTAMP: _read_moment,
    TypeNumber.TIMESTAMP_LTZ: _read_moment,
    TypeNumber.BINARY_FLOAT: _read_float,
    TypeNumber.BOOLEAN: _read_boolean,
    TypeNumber.CLOB: _read_locator,
    TypeNumber.BLOB: _read_locator,
    TypeNumber.BFILE: _read_locator,
    TypeNumber.CURSOR: _skip_cursor,
    TypeNumber.OBJECT: _skip_object,
    TypeNumber.JSON: _skip_self_contained_lob,
    TypeNumber.VECTOR: _skip_self_contained_lob,
}
