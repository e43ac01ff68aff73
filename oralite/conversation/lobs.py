"""The LOBs that one session has in hand: fetched ones and temporary ones, by their locators."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.protocol.messages.lob import (
    CHUNK,
    LobOperation,
    LobRequest,
    encode_content,
    encode_created,
    encode_lob_reply,
    encode_lob_value,
    encode_locator,
    identity_of,
)
from oralite.protocol.messages.types import TypeNumber

_LARGEST_BYTES = 1 << 30
_BLANK = {True: b"\x00", False: b"\x00 "}


class Lob:
    """The content of one.

    A CLOB's in UTF-16, so that offsets and amounts of clients cut it where they mean to.
    """

    def __init__(self, value: str | bytes, is_writable: bool) -> None:
        self.is_blob = isinstance(value, bytes)
        self.is_writable = is_writable
        self.is_open = False
        self._content = value

    @property
    def unit_bytes(self) -> int:
        if self.is_blob:
            return 1
        return 2

    @property
    def size(self) -> int:
        """Return its size in bytes, or UTF-16 code units."""
        value = self._content
        if isinstance(value, str) and value.isascii():
            return len(value)
        return len(self.content) // self.unit_bytes

    @property
    def value(self) -> str | bytes:
        if isinstance(self._content, str) or self.is_blob:
            return self._content
        return self._content.decode("utf-16-be")

    @property
    def content(self) -> bytes:
        if isinstance(self._content, str):
            self._content = self._content.encode("utf-16-be")
        return self._content

    def read(self, offset: int, amount: int) -> bytes:
        start = max(offset - 1, 0) * self.unit_bytes
        return self.content[start : start + amount * self.unit_bytes]

    def write(self, offset: int, content: bytes) -> None:
        start = max(offset - 1, 0) * self.unit_bytes
        if start + len(content) > _LARGEST_BYTES:
            raise OraError(22925, "operation would exceed maximum size allowed for a LOB")
        before = self.content[:start]
        before += _BLANK[self.is_blob] * ((start - len(before)) // self.unit_bytes)
        self._content = before + content + self.content[start + len(content) :]

    def trim(self, size: int) -> None:
        self._content = self.content[: size * self.unit_bytes]


class Lobs:
    """The store of one session."""

    def __init__(self) -> None:
        self._lobs: dict[int, Lob] = {}
        self._last = 0

    def encode(self, value: str | bytes) -> bytes:
        """Keep a fetched value and give what a row carries of it."""
        lob = Lob(value, is_writable=False)
        return encode_lob_value(self._keep(lob), lob.size)

    def _keep(self, lob: Lob) -> bytes:
        self._last += 1
        self._lobs[self._last] = lob
        return encode_locator(self._last, lob.is_blob)

    def find(self, locator: bytes) -> Lob:
        lob = self._lobs.get(identity_of(locator))
        if lob is None:
            raise OraError(22275, "invalid LOB locator specified")
        return lob

    def free(self, locator: bytes) -> None:
        self._lobs.pop(identity_of(locator), None)

    def perform(self, request: LobRequest) -> bytes:
        """Carry out an operation. Return the answer without the end of the call."""
        if request.operation == LobOperation.CREATE:
            is_blob = request.destination_offset == TypeNumber.BLOB
            return encode_created(self._keep(Lob(b"" if is_blob else "", is_writable=True)))
        lob = self.find(request.locator)
        if request.operation in (LobOperation.WRITE, LobOperation.TRIM):
            _change(lob, request)
            return encode_lob_reply(request, request.amount or 0, lob.is_open)
        if request.operation == LobOperation.READ:
            content = lob.read(request.source_offset, request.amount or 0)
            return encode_content(content) + encode_lob_reply(
                request, len(content) // lob.unit_bytes, lob.is_open
            )
        return encode_lob_reply(request, _look(lob, request), lob.is_open)


def _change(lob: Lob, request: LobRequest) -> None:
    if not lob.is_writable:
        raise OraError(
            3001,
            "unimplemented feature: oralite does not write into a fetched LOB;"
            " bind a new one in an UPDATE",
        )
    if request.operation == LobOperation.WRITE:
        lob.write(request.source_offset, request.content)
    else:
        lob.trim(request.amount or 0)


def _look(lob: Lob, request: LobRequest) -> int:
    if request.operation == LobOperation.LENGTH:
        return lob.size
    if request.operation == LobOperation.CHUNK_SIZE:
        return CHUNK
    if request.operation not in (LobOperation.OPEN, LobOperation.CLOSE, LobOperation.IS_OPEN):
        raise OraError(
            3001, f"unimplemented feature: oralite does not do LOB operation {request.operation:#x}"
        )
    if request.operation == LobOperation.OPEN and lob.is_open:
        raise OraError(22293, "LOB already opened in the same transaction")
    if request.operation == LobOperation.CLOSE and not lob.is_open:
        raise OraError(22289, "cannot perform operation on an unopened file or LOB")
    if request.operation != LobOperation.IS_OPEN:
        lob.is_open = request.operation == LobOperation.OPEN
    return 0
