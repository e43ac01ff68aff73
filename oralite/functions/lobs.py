"""CLOB and BLOB: lengths and places in UTF-16 code units and in bytes, as Oracle counts them."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.functions import text
from oralite.functions.function import Function, Number, natural
from oralite.functions.types import BLOB, CLOB, NUMBER, RAW, VARCHAR2

#: What DBMS_LOB.SUBSTR may give in SQL, in bytes of text and of RAW.
_MAX_TEXT_BYTES, _MAX_RAW_BYTES = 4000, 2000


def _is_narrow(content: str) -> bool:
    """Return whether each character is one UTF-16 code unit: then Python counts as Oracle does."""
    return content.isascii() or max(content) <= "\uffff"


def _to_units(content: str) -> str:
    """Return one character per code unit."""
    octets = content.encode("utf-16-le", "surrogatepass")
    return "".join(
        chr(octets[place] | octets[place + 1] << 8) for place in range(0, len(octets), 2)
    )


def _from_units(units: str) -> str:
    """Join code units. The half of a pair that was cut apart becomes a replacement character."""
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clob_length(content: str) -> int:
    if content.isascii():
        return len(content)
    return len(content.encode("utf-16-le")) // 2


def clob_substr(content: str, position: Number, length: Number | None = None) -> str | None:
    if _is_narrow(content):
        return text.substr(content, position, length)
    part = text.substr(_to_units(content), position, length)
    return part and _from_units(part)


def clob_instr(content: str, search: str, position: Number = 1, occurrence: Number = 1) -> int:
    if _is_narrow(content):
        return text.instr(content, search, position, occurrence)
    return text.instr(_to_units(content), _to_units(search), position, occurrence)


def lob_substr(content: str, amount: Number = 32767, offset: Number = 1) -> str | None:
    """Carry out DBMS_LOB.SUBSTR. Raises ORA-06502 for more than a VARCHAR2 of SQL holds."""
    if amount < 1 or offset < 1:
        return None
    part = clob_substr(content, offset, amount)
    if part is not None and len(part.encode()) > _MAX_TEXT_BYTES:
        raise OraError(6502, "PL/SQL: numeric or value error: character string buffer too small")
    return part


def blob_substr(content: bytes, amount: Number = 32767, offset: Number = 1) -> bytes | None:
    if amount < 1 or offset < 1:
        return None
    part = content[int(offset) - 1 : int(offset) - 1 + int(amount)]
    if len(part) > _MAX_RAW_BYTES:
        raise OraError(6502, "PL/SQL: numeric or value error: raw variable length too long")
    return part


def blob_instr(content: bytes, search: bytes, offset: Number = 1, occurrence: Number = 1) -> int:
    return text.instr(content.decode("latin-1"), search.decode("latin-1"), offset, occurrence)


def lob_compare(one: str, other: str) -> int:
    return (one > other) - (one < other)


FUNCTIONS = (
    natural("LENGTH$CLOB", clob_length, (CLOB,), NUMBER),
    natural("SUBSTR$CLOB", clob_substr, (CLOB, NUMBER, NUMBER), CLOB, required=2),
    natural("INSTR$CLOB", clob_instr, (CLOB, VARCHAR2, NUMBER, NUMBER), NUMBER, required=2),
    natural("LENGTH$BLOB", len, (BLOB,), NUMBER),
    natural("DBMS_LOB.SUBSTR", lob_substr, (CLOB, NUMBER, NUMBER), VARCHAR2, required=1),
    natural("DBMS_LOB.SUBSTR$BLOB", blob_substr, (BLOB, NUMBER, NUMBER), RAW, required=1),
    natural("DBMS_LOB.INSTR$BLOB", blob_instr, (BLOB, RAW, NUMBER, NUMBER), NUMBER, required=2),
    Function("CONCAT$CLOB", text.join_clob, (CLOB, CLOB), CLOB, 2),
    natural("DBMS_LOB.COMPARE", lob_compare, (CLOB, CLOB), NUMBER),
)
