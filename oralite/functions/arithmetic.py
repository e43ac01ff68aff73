"""The operators + - * / over numbers, dates, timestamps and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.functions.function import Function, Number, Types, natural
from oralite.functions.intervals import (
    MICROSECOND,
    UNITS,
    divide_interval,
    make_interval,
    multiply_interval,
)
from oralite.functions.numeric import negate
from oralite.functions.times import shift
from oralite.functions.types import (
    BINARY_DOUBLE,
    CLOB,
    DATE,
    INTERVAL_DS,
    NUMBER,
    NUMBERS,
    TEXTS,
    TIMES,
    TIMESTAMP,
    TIMESTAMP_TZ,
    inconsistent,
)
from oralite.model import SqlType
from oralite.values import decode_number, encode_number

_SECONDS_PER_DAY = Decimal(86400)


def _add(left: bytes | None, right: bytes | None) -> bytes | None:
    if left is None or right is None:
        return None
    one, other = decode_number(left), decode_number(right)
    if isinstance(one, int) and isinstance(other, int):
        return encode_number(one + other)
    return encode_number(EXACT.add(Decimal(one), other))


def _subtract(left: bytes | None, right: bytes | None) -> bytes | None:
    if left is None or right is None:
        return None
    one, other = decode_number(left), decode_number(right)
    if isinstance(one, int) and isinstance(other, int):
        return encode_number(one - other)
    return encode_number(EXACT.subtract(Decimal(one), other))


def _multiply(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int):
        return one * other
    return EXACT.multiply(Decimal(one), other)


def _divide(dividend: Number, divisor: Number) -> Number:
    if not divisor:
        raise OraError(1476, "divisor is equal to zero")
    return EXACT.divide(Decimal(dividend), divisor)


def _add_double(one: float, other: float) -> float:
    return one + other


def _subtract_double(one: float, other: float) -> float:
    return one - other


def _multiply_double(one: float, other: float) -> float:
    return one * other


def _divide_double(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    if dividend != dividend or not dividend:
        return float("nan")
    return dividend * float("inf")


def _without_nan(number: float, instead: float) -> float:
    """Carry out NANVL."""
    if number != number:
        return instead
    return number


def _negate_double(number: float) -> float:
    return -number


def add_days(moment: datetime, days: Number) -> datetime:
    """Return a date that number of days later, to the second."""
    seconds = EXACT.to_integral_value(EXACT.multiply(Decimal(days), _SECONDS_PER_DAY))
    try:
        return shift(moment, timedelta(seconds=int(seconds)))
    except OverflowError as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error


def _subtract_days(moment: datetime, days: Number) -> datetime:
    return add_days(moment, negate(days))


def _days_between(later: datetime, earlier: datetime) -> Number:
    difference = later - earlier
    if not difference.seconds:
        return difference.days
    return EXACT.divide(
        Decimal(difference.days * UNITS["DAY"] // 1_000_000 + difference.seconds), _SECONDS_PER_DAY
    )


def _interval_between(later: datetime, earlier: datetime) -> timedelta:
    return later - earlier


def _add_interval(moment: datetime, interval: timedelta) -> datetime:
    return shift(moment, interval)


def _subtract_interval(moment: datetime, interval: timedelta) -> datetime:
    return shift(moment, -interval)


def _add_interval_to_date(moment: datetime, interval: timedelta) -> datetime:
    return shift(moment, interval).replace(microsecond=0)


def _subtract_interval_from_date(moment: datetime, interval: timedelta) -> datetime:
    return shift(moment, -interval).replace(microsecond=0)


def _sum_intervals(one: timedelta, other: timedelta) -> timedelta:
    return make_interval(one // MICROSECOND + other // MICROSECOND)


def _subtract_intervals(one: timedelta, other: timedelta) -> timedelta:
    return make_interval(one // MICROSECOND - other // MICROSECOND)


def _negate_interval(interval: timedelta) -> timedelta:
    return make_interval(-(interval // MICROSECOND))


FUNCTIONS = (
    Function("ORA$ADD", _add, (NUMBER, NUMBER), NUMBER, 2),
    Function("ORA$SUBTRACT", _subtract, (NUMBER, NUMBER), NUMBER, 2),
    natural("ORA$MULTIPLY", _multiply, (NUMBER, NUMBER), NUMBER),
    natural("ORA$DIVIDE", _divide, (NUMBER, NUMBER), NUMBER),
    natural("ORA$NEGATE", negate, (NUMBER,), NUMBER),
    natural("ORA$ADD_DOUBLE", _add_double, (BINARY_DOUBLE, BINARY_DOUBLE), BINARY_DOUBLE),
    natural("ORA$SUBTRACT_DOUBLE", _subtract_double, (BINARY_DOUBLE, BINARY_DOUBLE), BINARY_DOUBLE),
    natural("ORA$MULTIPLY_DOUBLE", _multiply_double, (BINARY_DOUBLE, BINARY_DOUBLE), BINARY_DOUBLE),
    natural("ORA$DIVIDE_DOUBLE", _divide_double, (BINARY_DOUBLE, BINARY_DOUBLE), BINARY_DOUBLE),
    natural("ORA$NEGATE_DOUBLE", _negate_double, (BINARY_DOUBLE,), BINARY_DOUBLE),
    natural("NANVL", _without_nan, (BINARY_DOUBLE, BINARY_DOUBLE), BINARY_DOUBLE),
    natural("ORA$ADD_DAYS", add_days, (DATE, NUMBER), DATE),
    natural("ORA$SUBTRACT_DAYS", _subtract_days, (DATE, NUMBER), DATE),
    natural("ORA$DAYS_BETWEEN", _days_between, (DATE, DATE), NUMBER),
    natural("ORA$INTERVAL_BETWEEN", _interval_between, (TIMESTAMP, TIMESTAMP), INTERVAL_DS),
    natural(
        "ORA$INTERVAL_BETWEEN_TZ", _interval_between, (TIMESTAMP_TZ, TIMESTAMP_TZ), INTERVAL_DS
    ),
    natural("ORA$ADD_INTERVAL", _add_interval, (TIMESTAMP, INTERVAL_DS), TIMESTAMP),
    natural("ORA$SUBTRACT_INTERVAL", _subtract_interval, (TIMESTAMP, INTERVAL_DS), TIMESTAMP),
    natural("ORA$ADD_INTERVAL_TZ", _add_interval, (TIMESTAMP_TZ, INTERVAL_DS), TIMESTAMP_TZ),
    natural(
        "ORA$SUBTRACT_INTERVAL_TZ", _subtract_interval, (TIMESTAMP_TZ, INTERVAL_DS), TIMESTAMP_TZ
    ),
    natural("ORA$ADD_INTERVAL_DATE", _add_interval_to_date, (DATE, INTERVAL_DS), DATE),
    natural("ORA$SUBTRACT_INTERVAL_DATE", _subtract_interval_from_date, (DATE, INTERVAL_DS), DATE),
    natural("ORA$SUM_INTERVALS", _sum_intervals, (INTERVAL_DS, INTERVAL_DS), INTERVAL_DS),
    natural("ORA$SUBTRACT_INTERVALS", _subtract_intervals, (INTERVAL_DS, INTERVAL_DS), INTERVAL_DS),
    natural("ORA$MULTIPLY_INTERVAL", multiply_interval, (INTERVAL_DS, NUMBER), INTERVAL_DS),
    natural("ORA$DIVIDE_INTERVAL", divide_interval, (INTERVAL_DS, NUMBER), INTERVAL_DS),
    natural("ORA$NEGATE_INTERVAL", _negate_interval, (INTERVAL_DS,), INTERVAL_DS),
)

#: Operator, left kind and right kind. Kinds: n number, f double, d date, t timestamp, z with time
#: zone, i interval.
_OPERATORS: Mapping[tuple[str, str], str] = {
    ("+", "nn"): "ORA$ADD",
    ("-", "nn"): "ORA$SUBTRACT",
    ("*", "nn"): "ORA$MULTIPLY",
    ("/", "nn"): "ORA$DIVIDE",
    ("+", "ff"): "ORA$ADD_DOUBLE",
    ("-", "ff"): "ORA$SUBTRACT_DOUBLE",
    ("*", "ff"): "ORA$MULTIPLY_DOUBLE",
    ("/", "ff"): "ORA$DIVIDE_DOUBLE",
    **{("+", kind + "n"): "ORA$ADD_DAYS" for kind in "dtz"},
    **{("-", kind + "n"): "ORA$SUBTRACT_DAYS" for kind in "dtz"},
    ("-", "dd"): "ORA$DAYS_BETWEEN",
    **{("-", kinds): "ORA$INTERVAL_BETWEEN" for kinds in ("tt", "td", "dt")},
    **{("-", kinds): "ORA$INTERVAL_BETWEEN_TZ" for kinds in ("zz", "zt", "tz", "zd", "dz")},
    ("+", "ti"): "ORA$ADD_INTERVAL",
    ("-", "ti"): "ORA$SUBTRACT_INTERVAL",
    ("+", "zi"): "ORA$ADD_INTERVAL_TZ",
    ("-", "zi"): "ORA$SUBTRACT_INTERVAL_TZ",
    ("+", "di"): "ORA$ADD_INTERVAL_DATE",
    ("-", "di"): "ORA$SUBTRACT_INTERVAL_DATE",
    ("+", "ii"): "ORA$SUM_INTERVALS",
    ("-", "ii"): "ORA$SUBTRACT_INTERVALS",
    ("*", "in"): "ORA$MULTIPLY_INTERVAL",
    ("/", "in"): "ORA$DIVIDE_INTERVAL",
    ("-", "n"): "ORA$NEGATE",
    ("-", "f"): "ORA$NEGATE_DOUBLE",
    ("-", "i"): "ORA$NEGATE_INTERVAL",
}
_KINDS = {
    NUMBER: "n",
    BINARY_DOUBLE: "f",
    DATE: "d",
    TIMESTAMP: "t",
    TIMESTAMP_TZ: "z",
    INTERVAL_DS: "i",
}
#: Where the operands may change places.
_COMMUTATIVE = frozenset(("+", "*"))


def operator_name(symbol: str, types: Types) -> tuple[str, bool]:
    """Return the function of an operator over operands of these types, and whether they change
    places.

    Text counts as a number, beside a date in a subtraction too. Raises ORA-00932, 00975 (date +
    date) or 30081.
    """
    pieces = []
    for sql_type in types:
        pieces.append(_KINDS.get(_operand_type(sql_type), "?"))
    kinds = "".join(pieces)
    if "f" in kinds:
        kinds = kinds.replace("n", "f")
    name = _OPERATORS.get((symbol, kinds))
    if name is not None:
        return name, False
    if symbol in _COMMUTATIVE:
        swapped = _OPERATORS.get((symbol, kinds[::-1]))
    else:
        swapped = None
    if swapped is None:
        raise _wrong_operands(symbol, types)
    return swapped, True


def _operand_type(sql_type: SqlType | None) -> SqlType:
    if sql_type is None or (sql_type in TEXTS and sql_type != CLOB):
        return NUMBER
    return sql_type


def _wrong_operands(symbol: str, types: Types) -> OraError:
    operands = []
    for sql_type in types:
        operands.append(_operand_type(sql_type))
    if symbol == "+" and all(operand in TIMES for operand in operands):
        return OraError(975, "date + date not allowed")
    for operand in operands:
        if operand in (*TIMES, INTERVAL_DS):
            return OraError(30081, "invalid data type for datetime/interval arithmetic")
    wrong = next((operand for operand in operands if operand not in NUMBERS), None)
    return inconsistent(NUMBER, wrong)
