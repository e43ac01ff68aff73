"""Functions that translated SQL calls beside Oracle's own: lengths, row counts, keys, patterns."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from oralite.errors import OraError
from oralite.functions.fitting import fit_timestamp
from oralite.rowids import read_key, write_rowid
from oralite.values import decode_double, decode_number, encode_double, encode_number

_MOST_ROWS = 2**62
_WHOLE_SECONDS_BYTES = 7
_MICROSECOND_DIGITS = 6


def too_long(value: str | bytes, limit: int, chars: int, label: str) -> None:
    """Raise ORA-12899 with the length that a text has and the one that it may have."""
    raise OraError(
        12899,
        f"value too large for column {label} (actual: {_length(value, chars)}, maximum: {limit})",
    )


def _length(value: str | bytes, chars: int) -> int:
    if chars or isinstance(value, bytes):
        return len(value)
    return len(value.encode("utf-8", "surrogatepass"))


def fit(value: str | bytes | None, limit: int, chars: int, label: str) -> str | bytes | None:
    if value is not None and _length(value, chars) > limit:
        too_long(value, limit, chars, label)
    return value or None


def pad(value: str | bytes | None, limit: int, chars: int, label: str) -> str | bytes | None:
    """Fill a CHAR(limit) with blanks."""
    if not value:
        return None
    fit(value, limit, chars, label)
    blanks = " " * (limit - _length(value, chars))
    if isinstance(value, bytes):
        return value + blanks.encode()
    return value + blanks


def fit_time(value: bytes | None, digits: int) -> bytes | None:
    """Fit a moment into TIMESTAMP(digits).

    What a client in Python sends has whole microseconds and passes as it is.
    """
    if value is None or len(value) == _WHOLE_SECONDS_BYTES:
        return value
    if (
        digits >= _MICROSECOND_DIGITS
        and int.from_bytes(value[_WHOLE_SECONDS_BYTES:], "big") % 1000 == 0
    ):
        return value
    return fit_timestamp(value, digits)


@lru_cache(maxsize=65536)
def of_int(value: int | None) -> bytes | None:
    """Return SQLite's integer as a NUMBER."""
    if value is None:
        return None
    return encode_number(value)


def to_int(value: bytes | None) -> int | None:
    """Return a NUMBER cut to an integer that SQLite can hold."""
    if value is None:
        return None
    return max(-_MOST_ROWS, min(_MOST_ROWS, int(decode_number(value))))


def below(value: bytes | None) -> int | None:
    """Return the greatest integer below a NUMBER, as a row count."""
    if value is None:
        return None
    number = decode_number(value)
    whole = to_int(value) or 0
    if whole == number:
        return whole - 1
    return whole


def all_before(value: bytes | None) -> int:
    """Return how many rows ROWNUM <> n lets through: those before n, or all where no row is the
    nth.
    """
    if value is None:
        return 0
    number = decode_number(value)
    if number >= 1 and number == int(number):
        return int(number) - 1
    return _MOST_ROWS


def all_from(value: bytes | None) -> int:
    """Return how many rows ROWNUM >= n lets through: all or none, since the first decides."""
    if value is not None and decode_number(value) <= 1:
        return _MOST_ROWS
    return 0


def all_above(value: bytes | None) -> int:
    """Return how many rows ROWNUM > n lets through: all or none."""
    if value is not None and decode_number(value) < 1:
        return _MOST_ROWS
    return 0


def first_only(value: bytes | None) -> int:
    """Return how many rows ROWNUM = n lets through."""
    return int(value is not None and decode_number(value) == 1)


@lru_cache(maxsize=1024)
def glob(pattern: str | None, escape: str | None = None) -> str | None:
    """Return a LIKE pattern as SQLite's GLOB.

    Raises ORA-01424 and ORA-01425 for a wrong use of the escape character.
    """
    if pattern is None:
        return None
    if escape is not None and len(escape) != 1:
        raise OraError(1425, "escape character must be character string of length 1")
    pieces, letters = [], iter(pattern)
    for letter in letters:
        if letter == escape:
            pieces.append(_literally(_escaped(next(letters, ""), escape)))
        else:
            pieces.append({"%": "*", "_": "?"}.get(letter) or _literally(letter))
    return "".join(pieces)


def _escaped(letter: str, escape: str) -> str:
    if letter not in ("%", "_", escape) or not letter:
        raise OraError(1424, "missing or illegal character following the escape character")
    return letter


def _literally(letter: str) -> str:
    if letter in "*?[":
        return f"[{letter}]"
    return letter


def rowid(table: int, key: int | None) -> str | None:
    """Return the ROWID of a row."""
    if key is None:
        return None
    return write_rowid(table, key)


def rowid_key(text: str | None) -> int | None:
    """Return the row's key in a ROWID. Raises ORA-01410."""
    if text is None:
        return None
    return read_key(text)


def single(value: Any, rows: int) -> Any:
    """Return the value of a scalar subquery. Raises ORA-01427 if it has more than one row."""
    if rows > 1:
        raise OraError(1427, "single-row subquery returns more than one row")
    return value


def invalid_trigger(name: str) -> None:
    """Raise ORA-04098 in place of what an invalid trigger would do."""
    raise OraError(4098, f"trigger '{name}' is invalid and failed re-validation")


#: By their name in SQLite; all give the same for the same arguments.
def fit_single(value: bytes | None) -> bytes | None:
    """Return a BINARY_DOUBLE as BINARY_FLOAT has it. Raises ORA-01426 for one that is too great."""
    if value is None:
        return None
    try:
        return encode_double(struct.unpack(">f", struct.pack(">f", decode_double(value)))[0])
    except OverflowError as error:
        raise OraError(1426, "numeric overflow") from error


INTERNAL: Mapping[str, Callable[..., Any]] = {
    "ora_too_long": too_long,
    "ora_fit": fit,
    "ora_pad": pad,
    "ora_fit_time": fit_time,
    "ora_fit_single": fit_single,
    "ora_int": of_int,
    "ora_to_int": to_int,
    "ora_below": below,
    "ora_first_only": first_only,
    "ora_all_before": all_before,
    "ora_all_from": all_from,
    "ora_all_above": all_above,
    "ora_glob": glob,
    "ora_rowid": rowid,
    "ora_rowid_key": rowid_key,
    "ora_single": single,
    "ora_invalid_trigger": invalid_trigger,
}
