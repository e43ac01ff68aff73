"""INTERVAL DAY TO SECOND: written, read, made of numbers and multiplied."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

_SQL_TEXT = re.compile(
    r"\s*([+-]?)(\d{1,9})\s+(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)\s*", re.ASCII
)
_ISO_TEXT = re.compile(
    r"\s*(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?\s*",
    re.ASCII | re.IGNORECASE,
)


def make_interval(microseconds: Number) -> timedelta:
    """Make an interval, rounded half up to the microsecond.

    Raises ORA-01873 beyond what nine digits of days hold.
    """
    try:
        return int(EXACT.to_integral_value(Decimal(microseconds))) * MICROSECOND
    except OverflowError as error:
        raise leading_precision() from error


def number_to_interval(number: Number, unit: str) -> timedelta:
    """Carry out NUMTODSINTERVAL. Raises ORA-01760 for a unit that is none."""
    microseconds = UNITS.get(unit.strip().upper())
    if microseconds is None:
        raise OraError(1760, "illegal argument for function")
    return make_interval(EXACT.multiply(Decimal(number), microseconds))


def interval_text(precision: int, digits: int, interval: timedelta) -> str:
    """Write it as TO_CHAR does, with the digits that its type has: +01 02:03:04.000000."""
    if interval < timedelta():
        sign = "-"
    else:
        sign = "+"
    interval = abs(interval)
    minutes, seconds = divmod(interval.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if digits:
        fraction = f".{interval.microseconds:06d}000"[: digits + 1]
    else:
        fraction = ""
    return f"{sign}{interval.days:0{precision}d} {hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def fit_interval(interval: timedelta, precision: int, digits: int) -> timedelta:
    """Fit it into INTERVAL DAY(precision) TO SECOND(digits): the fraction is rounded half up.

    Raises ORA-01873 for too many days.
    """
    step = int(10 ** max(0, 6 - digits))
    rounded = make_interval((abs(interval) // MICROSECOND + step // 2) // step * step)
    if rounded.days >= 10**precision:
        raise leading_precision()
    if interval < timedelta():
        return -rounded
    return rounded


def leading_precision() -> OraError:
    return OraError(1873, "the leading precision of the interval is too small")


def parse_interval(text: str) -> timedelta:
    """Carry out TO_DSINTERVAL: '1 02:03:04.5' or 'P1DT2H3M4.5S'. Raises ORA-01867."""
    match = _SQL_TEXT.fullmatch(text) or _ISO_TEXT.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise OraError(1867, "the interval is invalid")
    if match.re is _SQL_TEXT:
        check_parts({"HOUR": int(match[3]), "MINUTE": int(match[4]), "SECOND": Decimal(match[5])})
    return _sum_parts(match[1], match.groups()[1:], _UNIT_NAMES)


_PART_LIMITS = {"HOUR": (24, 1850), "MINUTE": (60, 1851), "SECOND": (60, 1852)}
_PART_TEXTS = {1850: "hour must be between 0 and 23", 1851: "minutes must be between 0 and 59"}


def check_parts(parts: Mapping[str, Number]) -> None:
    """Refuse a part that would carry over to the one before it. Raises ORA-01850 to 01852."""
    for name, part in parts.items():
        limit, code = _PART_LIMITS[name]
        if part >= limit:
            raise OraError(code, _PART_TEXTS.get(code, "seconds must be between 0 and 59"))


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
    natural(
        "ORA$INTERVAL_TEXT", interval_text, (INTERVAL_DS,), VARCHAR2, shape=("precision", "scale")
    ),
    natural("ORA$FIT_INTERVAL", fit_interval, (INTERVAL_DS, None, None), INTERVAL_DS),
)
