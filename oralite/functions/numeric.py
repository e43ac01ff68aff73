"""Functions of numbers, in decimal arithmetic throughout."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    InvalidOperation,
)
from decimal import Overflow as DecimalOverflow

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.functions.function import Number, natural
from oralite.functions.types import NUMBER
from oralite.values import numeric_overflow

#: No NUMBER has a digit beyond these places on either side of the point.
_FARTHEST_PLACE = 130
_ONE = Decimal(1)


def _out_of_range(number: Number) -> OraError:
    return OraError(1428, f"argument '{number}' is out of range")


def _to_place(number: Number, places: Number, rounding: str) -> Number:
    digits = max(-_FARTHEST_PLACE, min(_FARTHEST_PLACE, int(places)))
    if isinstance(number, int) and digits >= 0:
        return number
    shifted = EXACT.scaleb(Decimal(number), digits).to_integral_value(rounding, EXACT)
    return EXACT.scaleb(shifted, -digits)


def round_number(number: Number, places: Number = 0) -> Number:
    """Round half away from zero."""
    return _to_place(number, places, ROUND_HALF_UP)


def truncate_number(number: Number, places: Number = 0) -> Number:
    return _to_place(number, places, ROUND_DOWN)


def _floor(number: Number) -> Number:
    return _to_place(number, 0, ROUND_FLOOR)


def _ceil(number: Number) -> Number:
    return _to_place(number, 0, ROUND_CEILING)


def negate(number: Number) -> Number:
    if isinstance(number, int):
        return -number
    return number.copy_negate()


def _absolute(number: Number) -> Number:
    if isinstance(number, int):
        return abs(number)
    return number.copy_abs()


def _sign(number: Number) -> int:
    return (number > 0) - (number < 0)


def mod(dividend: Number, divisor: Number) -> Number:
    """Return the remainder with the dividend's sign. MOD(n, 0) is n."""
    if divisor:
        return _subtract_multiple(dividend, divisor, ROUND_DOWN)
    return dividend


def remainder(dividend: Number, divisor: Number) -> Number:
    """Return the remainder to the nearest multiple, the even one of two.

    REMAINDER(n, 0) is ORA-01476.
    """
    if not divisor:
        raise OraError(1476, "divisor is equal to zero")
    return _subtract_multiple(dividend, divisor, ROUND_HALF_EVEN)


def _subtract_multiple(dividend: Number, divisor: Number, rounding: str) -> Decimal:
    wide = EXACT.copy()
    wide.prec = 4 * _FARTHEST_PLACE
    quotient = wide.divide(Decimal(dividend), Decimal(divisor)).to_integral_value(rounding, wide)
    return wide.subtract(Decimal(dividend), wide.multiply(quotient, Decimal(divisor)))


def power(base: Number, exponent: Number) -> Number:
    if base == 0:
        return _power_of_zero(exponent)
    if base < 0 and exponent != int(exponent):
        raise _out_of_range(exponent)
    return _guarded(EXACT.power, Decimal(base), Decimal(exponent))


def _power_of_zero(exponent: Number) -> int:
    if exponent < 0:
        raise OraError(1476, "divisor is equal to zero")
    if exponent == 0:
        return 1
    return 0


def sqrt(number: Number) -> Number:
    if number < 0:
        raise _out_of_range(number)
    return EXACT.sqrt(Decimal(number))


def exp(number: Number) -> Number:
    return _guarded(EXACT.exp, Decimal(number))


def ln(number: Number) -> Number:
    if number <= 0:
        raise _out_of_range(number)
    return EXACT.ln(Decimal(number))


def log(base: Number, number: Number) -> Number:
    if base <= 0 or base == 1:
        raise _out_of_range(base)
    if number <= 0:
        raise _out_of_range(number)
    if base == 10:
        return EXACT.log10(Decimal(number))
    return EXACT.divide(ln(number), ln(base))


def _guarded(operation: Callable[..., Decimal], *operands: Decimal) -> Decimal:
    try:
        return operation(*operands)
    except (DecimalOverflow, InvalidOperation) as error:
        raise numeric_overflow() from error


def bitand(one: Number, other: Number) -> int:
    return int(one) & int(other)


def width_bucket(number: Number, low: Number, high: Number, buckets: Number) -> int:
    """Return the bucket of equal width that it falls in: 0 below low, buckets + 1 from high on."""
    if low == high or buckets < 1:
        raise OraError(30494, "The argument to WIDTH_BUCKET is invalid")
    place = EXACT.divide(EXACT.subtract(Decimal(number), low), EXACT.subtract(Decimal(high), low))
    if place < 0:
        return 0
    if place >= _ONE:
        return int(buckets) + 1
    return int(EXACT.multiply(place, Decimal(int(buckets)))) + 1


FUNCTIONS = (
    natural("ABS", _absolute, (NUMBER,), NUMBER),
    natural("CEIL", _ceil, (NUMBER,), NUMBER),
    natural("FLOOR", _floor, (NUMBER,), NUMBER),
    natural("SIGN", _sign, (NUMBER,), NUMBER),
    natural("MOD", mod, (NUMBER, NUMBER), NUMBER),
    natural("REMAINDER", remainder, (NUMBER, NUMBER), NUMBER),
    natural("POWER", power, (NUMBER, NUMBER), NUMBER),
    natural("SQRT", sqrt, (NUMBER,), NUMBER),
    natural("EXP", exp, (NUMBER,), NUMBER),
    natural("LN", ln, (NUMBER,), NUMBER),
    natural("LOG", log, (NUMBER, NUMBER), NUMBER),
    natural("BITAND", bitand, (NUMBER, NUMBER), NUMBER),
    natural("WIDTH_BUCKET", width_bucket, (NUMBER, NUMBER, NUMBER, NUMBER), NUMBER),
    natural("ROUND", round_number, (NUMBER, NUMBER), NUMBER, required=1),
    natural("TRUNC", truncate_number, (NUMBER, NUMBER), NUMBER, required=1),
)
