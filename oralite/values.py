"""Codecs between the storage form of a value and Python's numbers and times.

The storage form is Oracle's wire encoding without its length. The byte order of each is the order
of its values.
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal
from functools import lru_cache

from oralite.errors import OraError

#: A NUMBER holds 20 base-100 digits: 39 or 40 decimal ones, depending on where the point falls.
MAX_BASE100_DIGITS = 20
#: Base-100 exponents of the greatest (below 1E126) and the smallest (1E-130) number.
MAX_EXPONENT, MIN_EXPONENT = 63, -64
#: More binary digits than 1E126 has, found before the decimal ones of a monstrous int are worked
#: out.
_OVERFLOW_BITS = 419
_EXPONENT_BIAS = 192
_NEGATIVE_END = b"\x66"

ZERO = b"\x80"
INFINITY, NEGATIVE_INFINITY = b"\xff\x65", b"\x00"

#: Two decimal digits written as one hexadecimal byte (0x42 is 42), which bytes.fromhex and
#: bytes.hex do at C speed.
_DECIMAL_BYTES = [int(str(pair), 16) for pair in range(100)]


def _encode_table(positive: bool) -> bytes:
    table = bytearray(256)
    for pair, packed in enumerate(_DECIMAL_BYTES):
        if positive:
            table[packed] = pair + 1
        else:
            table[packed] = 101 - pair
    return bytes(table)


def _decode_table(positive: bool) -> bytes:
    table = bytearray(b"\xff" * 256)
    for pair, packed in enumerate(_DECIMAL_BYTES):
        table[pair + 1 if positive else 101 - pair] = packed
    return bytes(table)


_TO_POSITIVE, _TO_NEGATIVE = _encode_table(True), _encode_table(False)
_FROM_POSITIVE, _FROM_NEGATIVE = _decode_table(True), _decode_table(False)

_NUMBER_TEXT = re.compile(
    r"\s*([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,6}))?\s*", re.ASCII
)


@lru_cache(maxsize=1 << 16)
def encode_number(number: int | Decimal | str) -> bytes:
    """Return the NUMBER nearest to it, rounded half up at the 20th base-100 digit.

    Raises ORA-01426 from 1E126 on, ORA-01722 for text that is no number.
    """
    if isinstance(number, str):
        return _encode_text(number)
    if isinstance(number, int):
        if number.bit_length() > _OVERFLOW_BITS:
            raise numeric_overflow()
        return _encode_digits(number < 0, str(abs(number)), 0)
    if not number.is_finite():
        raise numeric_overflow()
    sign, digits, exponent = number.as_tuple()
    return _encode_digits(sign == 1, "".join(map(str, digits)), int(exponent))


def _encode_text(text: str) -> bytes:
    match = _NUMBER_TEXT.fullmatch(text)
    if match is None:
        raise invalid_number()
    sign, whole, fraction, bare_fraction, exponent = match.groups()
    fraction = bare_fraction or fraction or ""
    return _encode_digits(sign == "-", (whole or "") + fraction, int(exponent or 0) - len(fraction))


def _encode_digits(negative: bool, digits: str, exponent: int) -> bytes:
    digits = digits.lstrip("0")
    if not digits:
        return ZERO
    if exponent & 1:
        digits, exponent = digits + "0", exponent - 1
    if len(digits) & 1:
        digits = "0" + digits
    if len(digits) > 2 * MAX_BASE100_DIGITS:
        exponent += len(digits) - 2 * MAX_BASE100_DIGITS
        digits = _round_half_up(digits)
    pairs = bytes.fromhex(digits)
    return _join_number(negative, pairs.rstrip(b"\0"), len(pairs) + exponent // 2)


def _round_half_up(digits: str) -> str:
    kept = 2 * MAX_BASE100_DIGITS
    rounded = int(digits[:kept]) + (digits[kept] >= "5")
    text = str(rounded).zfill(kept)
    if len(text) == kept:
        return text
    return "0" + text


def _join_number(negative: bool, pairs: bytes, exponent: int) -> bytes:
    if exponent > MAX_EXPONENT:
        raise numeric_overflow()
    if exponent < MIN_EXPONENT:
        return ZERO
    if not negative:
        return bytes((_EXPONENT_BIAS + exponent,)) + pairs.translate(_TO_POSITIVE)
    if len(pairs) < MAX_BASE100_DIGITS:
        end = _NEGATIVE_END
    else:
        end = b""
    return bytes((255 - _EXPONENT_BIAS - exponent,)) + pairs.translate(_TO_NEGATIVE) + end


@lru_cache(maxsize=1 << 16)
def decode_number(value: bytes) -> int | Decimal:
    """Return an int when it is whole, else a Decimal without trailing zeros.

    Raises ORA-01722 for bytes that are no NUMBER.
    """
    negative, digits, exponent = split_number(value)
    if exponent >= 0:
        whole = int(digits + "0" * exponent)
        if negative:
            return -whole
        return whole
    return Decimal(f"{'-' if negative else ''}{digits}E{exponent}")


def split_number(value: bytes) -> tuple[bool, str, int]:
    """Return whether it is negative, its digits without zeros at either end, and the power of ten
    of the last one.
    """
    if value == ZERO:
        return False, "0", 0
    if value in (INFINITY, NEGATIVE_INFINITY):
        return value == NEGATIVE_INFINITY, "1", 126
    negative = not value[:1] >= ZERO
    if negative:
        pairs = _negative_pairs(value)
    else:
        pairs = value[1:].translate(_FROM_POSITIVE)
    digits = pairs.hex()
    if not digits.isdecimal():
        raise invalid_number()
    if negative:
        first = 255 - value[0]
    else:
        first = value[0]
    exponent = 2 * (first - _EXPONENT_BIAS) - len(digits)
    significant = digits.rstrip("0")
    return negative, significant.lstrip("0"), exponent + len(digits) - len(significant)


def _negative_pairs(value: bytes) -> bytes:
    return value[1:].removesuffix(_NEGATIVE_END).translate(_FROM_NEGATIVE)


def parse_number(text: str) -> int | Decimal:
    """Return the number that text spells as Oracle converts it unasked (point for decimals).

    Raises ORA-01722.
    """
    return decode_number(_encode_text(text))


#: Characters that TO_CHAR without a format gives at most, sign and point apart; then it turns to E
#: notation.
_TEXT_DIGITS = 40
_SCIENTIFIC_DECIMALS = 34


@lru_cache(maxsize=1 << 16)
def number_text(value: bytes) -> str:
    """Return what TO_CHAR gives without a format: .5 and not 0.5, E notation beyond 40 digits."""
    negative, digits, exponent = split_number(value)
    if negative:
        sign = "-"
    else:
        sign = ""
    if exponent >= 0 and len(digits) + exponent <= _TEXT_DIGITS:
        return sign + digits + "0" * exponent
    if -_TEXT_DIGITS <= exponent < 0:
        whole, fraction = digits[:exponent], digits[exponent:]
        return f"{sign}{whole}.{fraction.rjust(-exponent, '0')}"
    return sign + scientific_text(digits, exponent, _SCIENTIFIC_DECIMALS)


def scientific_text(digits: str, exponent: int, decimals: int) -> str:
    """Return digits and the power of ten of the last one as 1.50E+03, the fraction rounded half up
    to that number of decimals.
    """
    power = exponent + len(digits) - 1
    kept = digits.ljust(decimals + 2, "0")
    mantissa = str(int(kept[: decimals + 1]) + (kept[decimals + 1] >= "5")).zfill(decimals + 1)
    if len(mantissa) > decimals + 1:
        mantissa, power = mantissa[:-1], power + 1
    if decimals:
        point = "."
    else:
        point = ""
    return f"{mantissa[0]}{point}{mantissa[1:]}E{'-' if power < 0 else '+'}{abs(power):02d}"


def invalid_number() -> OraError:
    return OraError(1722, "invalid number")


def numeric_overflow() -> OraError:
    return OraError(1426, "numeric overflow")


_DOUBLE = struct.Struct(">d")
_ALL_BITS = (1 << 64) - 1
_SIGN_BIT = 1 << 63


def encode_double(number: float) -> bytes:
    """Return 8 bytes, IEEE with the bits turned so that their order is the order of the numbers.

    -0 becomes 0.
    """
    bits = int.from_bytes(_DOUBLE.pack(number + 0.0), "big")
    return (bits ^ _ALL_BITS if bits & _SIGN_BIT else bits | _SIGN_BIT).to_bytes(8, "big")


def decode_double(value: bytes) -> float:
    bits = int.from_bytes(value, "big")
    if bits & _SIGN_BIT:
        plain = bits & ~_SIGN_BIT
    else:
        plain = bits ^ _ALL_BITS
    number: float = _DOUBLE.unpack(plain.to_bytes(8, "big"))[0]
    return number
