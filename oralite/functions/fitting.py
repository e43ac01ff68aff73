"""Values made to fit a declared size, as columns and CAST do."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.functions.function import Function
from oralite.functions.times import shift
from oralite.functions.types import NUMBER, TIMESTAMP, TIMESTAMP_TZ, VARCHAR2
from oralite.moments import (
    decode_datetime,
    decode_timestamp_tz,
    encode_datetime,
    encode_timestamp_tz,
    nanoseconds_of,
    with_fraction,
)
from oralite.values import decode_number, encode_number

_FINEST_DIGITS = 9
_SECOND = 10**9
_POSITIVE_BIAS, _NEGATIVE_BIAS = 192, 63


def fit_number(value: bytes | None, precision: int, scale: int) -> bytes | None:
    """Round half up to the scale. Raises ORA-01438 for more digits than the precision."""
    if value is None or _is_small_integer(value, precision - scale, scale):
        return value
    number = Decimal(decode_number(value)).quantize(
        Decimal((0, (1,), -scale)), ROUND_HALF_UP, EXACT
    )
    if number.copy_abs() >= Decimal((0, (1,), precision - scale)):
        raise OraError(1438, "value larger than specified precision allowed for this column")
    return encode_number(number)


def _is_small_integer(value: bytes, whole_digits: int, scale: int) -> bool:
    """Return whether it is one of the small integers that most ids and counts are, from the
    exponent and the length alone.
    """
    if scale < 0 or not value:
        return False
    first, pairs = value[0], len(value) - 1
    if first >= 128:
        exponent = first - _POSITIVE_BIAS
    else:
        exponent = _NEGATIVE_BIAS - first
    if first < 128 and value[-1] == 102:
        pairs -= 1
    return pairs <= exponent and 2 * exponent <= whole_digits


def fit_timestamp(value: bytes | None, digits: int) -> bytes | None:
    """Fit a moment into TIMESTAMP(digits): the fraction is rounded half up."""
    if value is None or len(value) == 7:
        return value
    seconds, nanoseconds = _round(nanoseconds_of(value), digits)
    if seconds:
        value = encode_datetime(shift(decode_datetime(value[:7]), timedelta(seconds=seconds)))
    return with_fraction(value, nanoseconds)


def fit_timestamp_tz(value: bytes | None, digits: int) -> bytes | None:
    """Fit a moment with a time zone into TIMESTAMP(digits) WITH TIME ZONE."""
    if value is None:
        return None
    seconds, nanoseconds = _round(nanoseconds_of(value), digits)
    if seconds:
        value = encode_timestamp_tz(shift(decode_timestamp_tz(value), timedelta(seconds=seconds)))
    return with_fraction(value, nanoseconds)


def _round(nanoseconds: int, digits: int) -> tuple[int, int]:
    """Round the fraction half up to a number of digits. Returns whole seconds, and what is left."""
    step = int(10 ** (_FINEST_DIGITS - min(_FINEST_DIGITS, digits)))
    return divmod((nanoseconds + step // 2) // step * step, _SECOND)


def cut_text(text: str | None, size: int) -> str | None:
    """Carry out CAST(... AS VARCHAR2(size CHAR)): cut off what is too long."""
    return text and text[:size]


def cut_bytes(text: str | None, size: int) -> str | None:
    """Carry out CAST(... AS VARCHAR2(size)): cut at bytes of UTF-8, no character halved."""
    if text is None or len(text) * 4 <= size:
        return text
    return text.encode()[:size].decode("utf-8", "ignore")


def pad_text(text: str | None, size: int) -> str | None:
    """Fill a CHAR(size) with blanks on the right. Bytes and characters differ only beyond ASCII."""
    if text is None:
        return None
    return text + " " * (size - len(text.encode()))


FUNCTIONS = (
    Function("ORA$FIT_NUMBER", fit_number, (NUMBER, None, None), NUMBER, 3),
    Function("ORA$FIT_TIMESTAMP", fit_timestamp, (TIMESTAMP, None), TIMESTAMP, 2),
    Function("ORA$FIT_TIMESTAMP_TZ", fit_timestamp_tz, (TIMESTAMP_TZ, None), TIMESTAMP_TZ, 2),
    Function("ORA$CUT_TEXT", cut_text, (VARCHAR2, None), VARCHAR2, 2),
    Function("ORA$CUT_BYTES", cut_bytes, (VARCHAR2, None), VARCHAR2, 2),
    Function("ORA$PAD_TEXT", pad_text, (VARCHAR2, None), VARCHAR2, 2),
)
