"""The messages that end a call: its status, or an error with what was done until then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from oralite.errors import OraError
from oralite.model import BatchError
from oralite.protocol.capabilities import FIELD_VERSION_20_1
from oralite.protocol.wire import NULL, clr, sb, ub
from oralite.rowids import BLOCK_LETTERS, read_block, read_row

NO_DATA_FOUND = 1403
ARRAY_ERRORS = 24381
CANCELLED = 1013

_ERROR = b"\x04"
_STATUS = b"\x09"
#: Without and with the flag by which clients know that something was made with errors.
_WARNINGS = (b"\x00", b"\x20")
_IN_TRANSACTION = 2
_SUCCESS_TEXTS = {
    NO_DATA_FOUND: "ORA-01403: no data found",
    ARRAY_ERRORS: "ORA-24381: error(s) in array DML",
}
_LONGEST_TEXT_BYTES = 3000
#: Must not be 0xfe, which would announce another form.
_PACKED_SIZE = b"\x01"


def encode_status(in_transaction: bool) -> bytes:
    return _STATUS + ub(_call_status(in_transaction)) + NULL


def _call_status(in_transaction: bool) -> int:
    if in_transaction:
        return _IN_TRANSACTION
    return 0


@dataclass(frozen=True)
class End:
    """How a call ended.

    code: what is no error: NO_DATA_FOUND (no rows are left) or ARRAY_ERRORS. rowid: of the row
    changed last. has_warning: it made what does not compile.
    """

    cursor_id: int = 0
    row_count: int = 0
    error: OraError | None = None
    code: int = 0
    batch_errors: Sequence[BatchError] = ()
    rowid: str | None = None
    has_warning: bool = False


#: Of a call that has nothing to say.
DONE = End()


def encode_end(end: End, field_version: int, *, in_transaction: bool) -> bytes:
    """Return the end of a call."""
    number = end.code
    position = 0
    if end.error:
        number = end.error.code
        position = end.error.position
    parts = [
        _ERROR,
        ub(_call_status(in_transaction)),
        NULL,
        ub(end.row_count & 0xFFFFFFFF),
        ub(number),
        b"\x00\x00",
        ub(end.cursor_id),
        sb(position),
        bytes(5),
        _WARNINGS[end.has_warning],
        encode_rowid(end.rowid) if end.rowid else bytes(5),
        bytes(6),
        _encode_batch_errors(end.batch_errors) if end.batch_errors else bytes(3),
        ub(number),
        ub(end.row_count),
    ]
    if field_version >= FIELD_VERSION_20_1:
        parts.append(b"\x00\x00")
    if number:
        parts.append(clr(_text(end.error, end.code)))
    return b"".join(parts)


def encode_rowid(text: str) -> bytes:
    """Return a ROWID as clients take it."""
    return _encode_block(text[:BLOCK_LETTERS]) + ub(read_row(text))


@lru_cache(maxsize=1024)
def _encode_block(letters: str) -> bytes:
    block = read_block(letters)
    return ub(block.table) + ub(block.file) + NULL + ub(block.block)


def _text(error: OraError | None, code: int) -> bytes:
    if error:
        text = str(error)
    else:
        text = _SUCCESS_TEXTS[code]
    return text.encode(errors="replace")[:_LONGEST_TEXT_BYTES].decode(errors="ignore").encode()


def _encode_batch_errors(errors: Sequence[BatchError]) -> bytes:
    count = ub(len(errors))
    parts = [count, _PACKED_SIZE]
    parts += [ub(error.code) for error in errors]
    parts += [count, _PACKED_SIZE]
    parts += [ub(error.offset) for error in errors]
    parts += [count, _PACKED_SIZE]
    for error in errors:
        text = error.message.encode(errors="replace")
        parts += [ub(len(text)), clr(text), b"\x00\x00"]
    return b"".join(parts)
