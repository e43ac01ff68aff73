"""Character sets that a database can keep its texts in."""

from __future__ import annotations

from oralite.errors import OraError

UTF8 = "AL32UTF8"
#: Oracle's names, and Python's.
CODECS = {
    UTF8: "utf-8",
    "UTF8": "utf-8",
    "US7ASCII": "ascii",
    "WE8ISO8859P1": "iso8859-1",
    "WE8MSWIN1252": "cp1252",
    "IW8ISO8859P8": "iso8859-8",
    "IW8MSWIN1255": "cp1255",
}


def codec_of(name: str) -> str:
    """Return Python's name of a character set. Raises ORA-01482 for one that is not known."""
    codec = CODECS.get(name.upper())
    if codec is None:
        raise OraError(1482, "unsupported character set")
    return codec
