"""Primitive encodings of Oracle's call protocol: numbers and byte strings with lengths, and a
reader over packets.
"""

from __future__ import annotations

from collections.abc import Callable

#: Longest byte string that has a one-byte length; longer ones travel in chunks.
SHORT_BYTES = 252
CHUNK_BYTES = 32767
NULL = b"\x00"

_CHUNKED = 0xFE
_NULL_LENGTHS = (0, 0xFF)
_NEGATIVE = 0x80
_LONGEST_INTEGER = 8
#: LENGTHS[n]: the byte that stands before n bytes, n up to SHORT_BYTES.
LENGTHS = tuple(bytes((n,)) for n in range(SHORT_BYTES + 1))
#: Numbers of no byte, for 0, or of one byte, with their lengths.
_SMALL = (NULL, *(bytes((1, n)) for n in range(1, 256)))


class ProtocolError(Exception):
    """Raised when the client sent what is not understood.

    Where the next message starts is unknown until both sides reset.
    """

    code, wording = 3120, "two-task conversion routine: the client sent {}"

    @property
    def seen(self) -> str:
        """Return what the client reads of it."""
        return self.wording.format(self)


class UnsupportedRequest(ProtocolError):
    """Raised when the client asked for what other servers have.

    How much of the stream belongs to it is not known here.
    """

    code, wording = 3001, "unimplemented feature: oralite has no {}"


class UnknownCursor(ProtocolError):
    """Raised when the client names a cursor that is not open, so its binds can't be read."""

    code, wording = 1001, "invalid cursor: {}"


def ub(value: int) -> bytes:
    """Encode a number that is not negative as a length byte and big endian bytes."""
    if 0 <= value < len(_SMALL):
        return _SMALL[value]
    for size in (2, 4, 8):
        if value < 1 << (8 * size):
            return LENGTHS[size] + value.to_bytes(size, "big")
    raise ValueError(f"{value} does not fit into 8 bytes")


def sb(value: int) -> bytes:
    """Encode as ub does. The top bit of the length says that the number is negative."""
    if value >= 0:
        return ub(value)
    encoded = ub(-value)
    return bytes((encoded[0] | _NEGATIVE,)) + encoded[1:]


def clr(content: bytes) -> bytes:
    """Encode bytes with their length, in chunks when long. Empty reads back as None."""
    size = len(content)
    if size <= SHORT_BYTES:
        return LENGTHS[size] + content
    parts = [bytes((_CHUNKED,))]
    for start in range(0, size, CHUNK_BYTES):
        chunk = content[start : start + CHUNK_BYTES]
        parts += (ub(len(chunk)), chunk)
    parts.append(NULL)
    return b"".join(parts)


def dalc(content: bytes | str) -> bytes:
    """Encode bytes with their length twice, and text as UTF-8."""
    if isinstance(content, str):
        content = content.encode()
    if content:
        return ub(len(content)) + clr(content)
    return NULL


class Reader:
    """Reads a stream that arrives in pieces. The pieces may end at any byte.

    refill blocks for the next piece (never empty) and may raise. What was read of a message is then
    lost.
    """

    def __init__(self, refill: Callable[[], bytes]) -> None:
        self._refill = refill
        self._buffer = b""
        self._position = 0
        self._allowed = self.limit_bytes = 1 << 30

    def begin(self) -> None:
        """Begin a new request: limit_bytes counts from here."""
        self._allowed = self.limit_bytes

    def clear(self) -> None:
        """Forget what arrived and was not read."""
        self._buffer = b""
        self._position = 0

    @property
    def is_empty(self) -> bool:
        return self._position >= len(self._buffer)

    def _next_piece(self) -> bytes:
        piece = self._refill()
        self._allowed -= len(piece)
        if self._allowed < 0:
            raise ProtocolError(f"a request of more than {self.limit_bytes} bytes")
        return piece

    def _gather(self, size: int) -> None:
        if size > self.limit_bytes:
            raise ProtocolError(f"a value of {size} bytes announced, more than {self.limit_bytes}")
        parts = [self._buffer[self._position :]]
        missing = size - len(parts[0])
        while missing > 0:
            parts.append(self._next_piece())
            missing -= len(parts[-1])
        self._buffer = b"".join(parts)
        self._position = 0

    def raw(self, size: int) -> bytes:
        start = self._position
        if len(self._buffer) - start < size:
            self._gather(size)
            start = 0
        self._position = end = start + size
        return self._buffer[start:end]

    def u8(self) -> int:
        start = self._position
        if start >= len(self._buffer):
            self._gather(1)
            start = 0
        self._position = start + 1
        return self._buffer[start]

    def skip(self, layout: str) -> None:
        """Pass over fields: one letter each, 1 for a byte and u for a ub."""
        for field in layout:
            if field == "1":
                self.u8()
            else:
                self.ub()

    def sb(self) -> int:
        length = self.u8()
        if length == 0:
            return 0
        size = length & ~_NEGATIVE
        if size > _LONGEST_INTEGER:
            raise ProtocolError(f"a number of {size} bytes")
        value = int.from_bytes(self.raw(size), "big")
        if length & _NEGATIVE:
            return -value
        return value

    def ub(self) -> int:
        value = self.sb()
        if value < 0:
            raise ProtocolError("a negative number where none may be")
        return value

    def clr(self) -> bytes | None:
        length = self.u8()
        if length <= SHORT_BYTES:
            if length:
                return self.raw(length)
            return None
        if length in _NULL_LENGTHS:
            return None
        if length != _CHUNKED:
            raise ProtocolError(f"a byte string with length byte {length}")
        chunks = []
        while size := self.ub():
            chunks.append(self.raw(size))
        return b"".join(chunks)

    def dalc(self) -> bytes:
        if self.ub():
            return self.clr() or b""
        return b""

    def text(self) -> str:
        """Read a dalc that holds UTF-8 text."""
        return decode_text(self.dalc())


def decode_text(content: bytes, encoding: str = "utf-8") -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ProtocolError(f"text of {len(content)} bytes that is not {encoding}") from error
