"""Messages that ride before a request and get no answer of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oralite.protocol.messages.lob import LOCATOR_BYTES
from oralite.protocol.wire import ProtocolError, Reader, UnsupportedRequest, decode_text

CLOSE_CURSORS = 105
SET_SCHEMA = 152
END_TO_END = 135
FREE_LOBS = 96
SESSION_STATE = 176
BEGIN_PIPELINE = 199

#: What other servers take.
_ELSEWHERE = {154: "application contexts"}
_ABORT_ON_ERROR = 2
_MOST_ENTRIES = 65535


@dataclass(frozen=True)
class Piggyback:
    """What one asks for. Most fields are empty."""

    closed_cursors: tuple[int, ...] = ()
    schema: str | None = None
    freed_locators: tuple[bytes, ...] = ()
    client: Mapping[str, str] = field(default_factory=dict)
    begins_pipeline: bool = False
    aborts_on_error: bool = False


def read_piggyback(reader: Reader, function: int) -> Piggyback:
    if function not in _READERS:
        raise UnsupportedRequest(_ELSEWHERE.get(function, f"piggyback {function}"))
    return _READERS[function](reader)


def _read_close_cursors(reader: Reader) -> Piggyback:
    reader.u8()
    return Piggyback(closed_cursors=tuple(reader.ub() for _ in range(_limited(reader.ub()))))


def _read_schema(reader: Reader) -> Piggyback:
    reader.u8()
    return Piggyback(schema=reader.text())


def _read_end_to_end(reader: Reader) -> Piggyback:
    """Read client identifier, module, action, client info and operation, as far as they were
    changed.
    """
    reader.skip("11u")
    announced = [(reader.u8(), reader.ub()) for _ in range(3)]
    reader.skip("1u1u")
    announced.append((reader.u8(), reader.ub()))
    reader.skip("1u1u")
    announced.append((reader.u8(), reader.ub()))
    texts = []
    for _, length in announced:
        if length:
            texts.append(decode_text(reader.clr() or b""))
        else:
            texts.append("")
    changed = zip(_CLIENT_PARAMETERS, announced, texts, strict=True)
    return Piggyback(client={name: text for name, (is_given, _), text in changed if is_given})


_CLIENT_PARAMETERS = ("CLIENT_IDENTIFIER", "MODULE", "ACTION", "CLIENT_INFO", "DBOP_NAME")


def _read_free_lobs(reader: Reader) -> Piggyback:
    reader.u8()
    total_bytes = reader.ub()
    reader.skip("1uuu111u1uuu1")
    reader.skip("1u1u1u")
    locators = reader.raw(total_bytes)
    starts = range(0, total_bytes, LOCATOR_BYTES)
    return Piggyback(
        freed_locators=tuple(locators[start : start + LOCATOR_BYTES] for start in starts)
    )


def _read_session_state(reader: Reader) -> Piggyback:
    reader.ub()
    return Piggyback()


def _read_begin_pipeline(reader: Reader) -> Piggyback:
    reader.skip("u1")
    return Piggyback(begins_pipeline=True, aborts_on_error=reader.u8() == _ABORT_ON_ERROR)


def _limited(count: int) -> int:
    if count > _MOST_ENTRIES:
        raise ProtocolError(f"a piggyback of {count} entries")
    return count


_READERS = {
    CLOSE_CURSORS: _read_close_cursors,
    SET_SCHEMA: _read_schema,
    END_TO_END: _read_end_to_end,
    FREE_LOBS: _read_free_lobs,
    SESSION_STATE: _read_session_state,
    BEGIN_PIPELINE: _read_begin_pipeline,
}
