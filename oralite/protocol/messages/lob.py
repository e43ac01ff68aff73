"""LOB requests and replies, and the locator by which both sides name a LOB."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from oralite.protocol.messages.negotiate import AL32UTF8
from oralite.protocol.wire import ProtocolError, Reader, clr, ub

LOB = 96
LOCATOR_BYTES = 40
#: What clients are asked to read and write at a time.
CHUNK = 8132

_CONTENT = 14
_PARAMETERS = b"\x08"
_BLOB_FLAG, _ABSTRACT_FLAG = 0x01, 0x40
_UTF16_FLAG = 0x80
_TEMPORARY_FLAG = 0x01
_IDENTITY = slice(10, 18)


class LobOperation(IntEnum):
    LENGTH = 0x1
    READ = 0x2
    TRIM = 0x20
    WRITE = 0x40
    CREATE = 0x110
    CHUNK_SIZE = 0x4000
    OPEN = 0x8000
    CLOSE = 0x10000
    IS_OPEN = 0x11000


@dataclass(frozen=True)
class LobRequest:
    """What a client wants of a LOB.

    Offsets count from 1, in bytes for a BLOB and in UTF-16 code units for a CLOB.

    So does amount (None: not given).

    For CREATE destination_offset is the type number of the LOB.
    """

    operation: int
    locator: bytes
    source_offset: int
    destination_offset: int
    amount: int | None
    content: bytes = field(repr=False)


def read_lob(reader: Reader) -> LobRequest:
    reader.u8()
    locator_bytes = reader.ub()
    reader.skip("1uuu111")
    operation = reader.ub()
    reader.skip("11")
    source_offset, destination_offset = reader.ub(), reader.ub()
    has_amount = reader.u8()
    reader.raw(6)
    locator = reader.raw(locator_bytes)
    if operation == LobOperation.CREATE:
        reader.ub()
    if operation == LobOperation.WRITE:
        content = _read_content(reader)
    else:
        content = b""
    if has_amount:
        amount = reader.ub()
    else:
        amount = None
    return LobRequest(operation, locator, source_offset, destination_offset, amount, content)


def _read_content(reader: Reader) -> bytes:
    if (message := reader.u8()) != _CONTENT:
        raise ProtocolError(f"message {message} where the content of a LOB is expected")
    return reader.clr() or b""


def encode_content(content: bytes) -> bytes:
    if content:
        return bytes((_CONTENT,)) + clr(content)
    return b""


def encode_lob_reply(request: LobRequest, amount: int, is_open: bool) -> bytes:
    """Encode what follows the content, and stands before the end of the call."""
    reply = _PARAMETERS + request.locator
    if request.amount is not None:
        reply += ub(amount)
    if request.operation == LobOperation.IS_OPEN:
        return reply + bytes((is_open,))
    return reply


def encode_created(locator: bytes) -> bytes:
    return _PARAMETERS + locator + ub(AL32UTF8) + b"\x00"


def encode_locator(identity: int, is_blob: bool) -> bytes:
    """Encode a locator, marked temporary, so that the client says when it needs the LOB no more.

    A CLOB's content is UTF-16.
    """
    flags = _ABSTRACT_FLAG | (_BLOB_FLAG if is_blob else 0)
    head = bytes(
        (0, LOCATOR_BYTES - 2, 0, 4, flags, 8, 0 if is_blob else _UTF16_FLAG, _TEMPORARY_FLAG, 0, 0)
    )
    return (head + identity.to_bytes(8, "big")).ljust(LOCATOR_BYTES, b"\x00")


def identity_of(locator: bytes) -> int:
    return int.from_bytes(locator[_IDENTITY], "big")


def encode_lob_value(locator: bytes, size: int) -> bytes:
    """Encode a LOB as a column or a bind carries it. size: in bytes or UTF-16 code units."""
    return ub(len(locator)) + ub(size) + ub(CHUNK) + clr(locator)
