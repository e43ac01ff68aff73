"""RAW and BLOB: hexadecimal text, hashes, and the packages that work on bytes."""

from __future__ import annotations

import hashlib
import os
import zlib

from oralite.errors import OraError
from oralite.functions.charsets import stored_bytes
from oralite.functions.function import Context, Function, Number, natural
from oralite.functions.types import BLOB, CLOB, DATE, NUMBER, RAW, VARCHAR2
from oralite.model import Value

_HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA384": "sha384", "SHA512": "sha512"}
_GUID_BYTES = 16
_DATE_BYTES = 7
_HIGHEST_BUCKET = 4294967295


def raw_to_hex(value: bytes) -> str:
    return value.hex().upper()


def bytes_to_hex(value: Value) -> str:
    """Carry out RAWTOHEX of what is no RAW: of the bytes that it is stored in, those of text in the
    database's UTF-8.
    """
    return raw_to_hex(_bytes_of(value))


def stored_size(value: Value) -> int:
    """Carry out VSIZE: the bytes that a value takes in storage."""
    return len(_bytes_of(value))


def hex_to_raw(text: str) -> bytes:
    """Carry out HEXTORAW. Raises ORA-01465."""
    try:
        return bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)
    except ValueError as error:
        raise OraError(1465, "invalid hex number") from error


def _bytes_of(value: Value) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value or b""


def standard_hash(context: Context, value: Value, method: str = "SHA1") -> bytes:
    """Carry out STANDARD_HASH over the storage bytes, for text those of the database's set."""
    name = _HASHES.get(method.upper())
    if name is None:
        raise OraError(1760, "illegal argument for function")
    stored = stored_bytes(value, context.charset)
    return hashlib.new(name, stored, usedforsecurity=False).digest()


def ora_hash(value: Value, highest: Number = _HIGHEST_BUCKET, seed: Number = 0) -> int:
    """Carry out ORA_HASH: spread evenly and always alike, but not Oracle's own numbers, which it
    does not publish.
    """
    return zlib.crc32(_bytes_of(value), int(seed)) % (int(highest) + 1)


def _raw_text(value: bytes) -> str | bytes:
    """Return the bytes as text, whether they are text or not: what is no UTF-8 is kept as it is."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _raw_date(value: bytes) -> bytes:
    """Return the bytes as a DATE, whether they are one or not.

    Raises ORA-06502 for another number of them.
    """
    if len(value) != _DATE_BYTES:
        raise OraError(6502, "PL/SQL: numeric or value error")
    return value


def _raw_slice(value: bytes, position: Number, length: Number | None = None) -> bytes:
    if position > 0:
        start = int(position) - 1
    else:
        start = len(value) + int(position)
    if length is None:
        end = len(value)
    else:
        end = start + int(length)
    if position == 0 or not 0 <= start < end <= len(value):
        raise OraError(6502, "PL/SQL: numeric or value error")
    return value[start:end]


def _guid() -> bytes:
    return os.urandom(_GUID_BYTES)


FUNCTIONS = (
    natural("RAWTOHEX", raw_to_hex, (RAW,), VARCHAR2),
    natural("RAWTOHEX$BYTES", bytes_to_hex, (None,), VARCHAR2),
    natural("VSIZE", stored_size, (None,), NUMBER),
    natural("HEXTORAW", hex_to_raw, (VARCHAR2,), RAW),
    natural("UTL_RAW.CAST_TO_RAW", str.encode, (VARCHAR2,), RAW),
    natural("UTL_RAW.CAST_TO_VARCHAR2", _raw_text, (RAW,), VARCHAR2),
    natural("DBMS_STATS.CONVERT_RAW_TO_DATE", _raw_date, (RAW,), DATE),
    natural("UTL_RAW.LENGTH", len, (RAW,), NUMBER),
    natural("UTL_RAW.SUBSTR", _raw_slice, (RAW, NUMBER, NUMBER), RAW, required=2),
    natural("STANDARD_HASH", standard_hash, (None, VARCHAR2), RAW, required=1, needs_context=True),
    natural("ORA_HASH", ora_hash, (None, NUMBER, NUMBER), NUMBER, required=1),
    Function("SYS_GUID", _guid, (), RAW, 0, deterministic=False),
    Function("EMPTY_CLOB", lambda: "", (), CLOB, 0),
    Function("EMPTY_BLOB", lambda: b"", (), BLOB, 0),
    Function("TO_BLOB", lambda value: value, (RAW,), BLOB, 1),
)
