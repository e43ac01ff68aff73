"""INTERVAL DAY TO SECOND: written, read, made of numbers and multiplied."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.functions.function import Number, natural
from oralite.functions.types import INTERVAL_DS, NUMBER, VARCHAR2

MICROSECOND = timedelta(microseconds=1)

#: Microseconds of a unit.
UNITS = {"DAY": 86_400_000_000, "HOUR": 3_600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000}
_UNIT_NAMES = tuple(UNITS)

_SQL_TEXT = re.compile(r"\s*([+-]?)(\d{1,9})\s+(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)\s*", re.ASCII)
_ISO_TEXT = re.compile(
    r"\s*(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?\s*", re.ASCII | re.IGNORECASE
)


def make_interval(microseconds: Number) -> timedelta:
    """Rounded half up to the microsecond. Raises ORA-01873 beyond what nine digits of days hold."""
    try:
        return int(EXACT.to_integral_value(Decimal(microseconds))) * MICROSECOND
    except OverflowError as error:
        raise OraError(1873, "the leading precision of the interval is too small") from error


def number_to_interval(number: Number, unit: str) -> timedelta:
    """NUMTODSINTERVAL. Raises ORA-01760 for a unit that is none."""
    microseconds = UNITS.get(unit.strip().upper())
    if microseconds is None:
        raise OraError(1760, "illegal argument for function")
    return make_interval(EXACT.multiply(Decimal(number), microseconds))


def interval_text(interval: timedelta) -> str:
    """As TO_CHAR gives it: +000000001 02:03:04.000000."""
    sign = "-" if interval < timedelta() else "+"
    interval = abs(interval)
    minutes, seconds = divmod(interval.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{interval.days:09d} {hours:02d}:{minutes:02d}:{seconds:02d}.{interval.microseconds:06d}"


def parse_interval(text: str) -> timedelta:
    """TO_DSINTERVAL: '1 02:03:04.5' or 'P1DT2H3M4.5S'. Raises ORA-01867."""
    match = _SQL_TEXT.fullmatch(text) or _ISO_TEXT.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise OraError(1867, "the interval is invalid")
    if match.re is _SQL_TEXT:
        _check_parts(int(match[3]), int(match[4]), Decimal(match[5]))
    return _sum_parts(match[1], match.groups()[1:], _UNIT_NAMES)


def _check_parts(hours: int, minutes: int, seconds: Decimal) -> None:
    if hours > 23:
        raise OraError(1850, "hour must be between 0 and 23")
    if minutes > 59:
        raise OraError(1851, "minutes must be between 0 and 59")
    if seconds >= 60:
        raise OraError(1852, "seconds must be between 0 and 59")


def _sum_parts(sign: str, parts: tuple[str | None, ...], units: tuple[str, ...]) -> timedelta:
    total = sum(Decimal(part or 0) * UNITS[unit] for part, unit in zip(parts, units, strict=True))
    return make_interval(-total if sign == "-" else total)


def multiply_interval(interval: timedelta, factor: Number) -> timedelta:
    return make_interval(EXACT.multiply(Decimal(interval // MICROSECOND), Decimal(factor)))


def divide_interval(interval: timedelta, divisor: Number) -> timedelta:
    if not divisor:
        raise OraError(1476, "divisor is equal to zero")
    return make_interval(EXACT.divide(Decimal(interval // MICROSECOND), Decimal(divisor)))


FUNCTIONS = (
    natural("NUMTODSINTERVAL", number_to_interval, (NUMBER, VARCHAR2), INTERVAL_DS),
    natural("TO_DSINTERVAL", parse_interval, (VARCHAR2,), INTERVAL_DS),
    natural("ORA$INTERVAL_TEXT", interval_text, (INTERVAL_DS,), VARCHAR2),
)
