"""The decimal arithmetic of NUMBER: far more digits than it keeps, so that only storing rounds."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from oralite.values import encode_number, number_text, split_number

#: Digits of an intermediate result: a product of two NUMBERs is exact.
PRECISION_DIGITS = 100

#: Every operation must be one of this context: Python's operators, abs() and unary minus round to
#: 28 digits.
EXACT = Context(
    prec=PRECISION_DIGITS,
    rounding=ROUND_HALF_UP,
    Emin=-999_999,
    Emax=999_999,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


def digit_text(number: int | Decimal) -> str:
    """Return the number in full where it has at most 64 characters (TO_CHAR's TM9), in E notation
    beyond.
    """
    value = encode_number(number)
    negative, digits, exponent = split_number(value)
    if len(digits) + abs(exponent) > 64:
        return number_text(value)
    text = f"{Decimal(f'{digits}E{exponent}'):f}".removeprefix("0") or "0"
    if negative:
        return f"-{text}"
    return text
