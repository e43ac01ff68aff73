"""The bytes of a text in the database, and in others: CONVERT."""

from __future__ import annotations

from oralite.charsets import codec_of
from oralite.functions.function import Context, Function, natural
from oralite.functions.types import VARCHAR2
from oralite.model import Value


def stored_bytes(value: Value, charset: str) -> bytes:
    """Return the bytes that a value is kept in. A sign that the set has not is kept as ?."""
    if isinstance(value, str):
        return value.encode(codec_of(charset), errors="replace")
    return value or b""


def convert(context: Context, value: Value, target: str, source: str | None = None) -> str | bytes:
    """Carry out CONVERT: the text's bytes in another character set, as a text of this database.

    Bytes that are no text here are kept as they are.
    """
    written = stored_bytes(value, context.charset)
    text = written.decode(codec_of(source or context.charset), errors="replace")
    found = text.encode(codec_of(target), errors="replace")
    try:
        return found.decode(codec_of(context.charset))
    except UnicodeDecodeError:
        return found


FUNCTIONS: tuple[Function, ...] = (
    natural(
        "CONVERT",
        convert,
        (VARCHAR2, VARCHAR2, VARCHAR2),
        VARCHAR2,
        required=2,
        needs_context=True,
    ),
)
