"""Ids of calls: however answers and people write them, as the ledger spells them."""

from __future__ import annotations

import re
from decimal import Decimal

from oracle_cdc.conversations.rules.exact_json import kind_of
from oracle_cdc.errors import ResultRefused

#: Every whole number up to it has a double of its own.
MAX_EXACT_DOUBLE = Decimal(2**53)
_DOUBLE_DIGITS = 15

#: What TO_CHAR makes of numbers that take more than 40 digits.
_LONG_NUMBER = re.compile(r"-?\d\.\d+E[+-](?:\d\d|1[01]\d|12[0-5])", re.ASCII)
_PLAIN_NUMBER = re.compile(r"([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?", re.ASCII)


def read_call_id(value: object, *, limit_bytes: int) -> str:
    """Read the call that an answer names, in the ledger's spelling.

    That is the one of Oracle's TO_CHAR of a NUMBER. Raises ResultRefused for what names no call: it
    is never cut, and never guessed from a number that lost digits.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ResultRefused(f"callId is neither text nor a number: {kind_of(value)}")
    if isinstance(value, Decimal):
        value = _exact_digits(value)
    call_id = canonical_number(str(value).strip())
    try:
        size = len(call_id.encode())
    except UnicodeEncodeError:
        raise ResultRefused("callId holds a lone surrogate, which is no character") from None
    if not 0 < size <= limit_bytes:
        raise ResultRefused(f"callId has {size} bytes; 1 to {limit_bytes} are allowed")
    return call_id


def canonical_number(text: str) -> str:
    """Return a plain decimal number as Oracle's TO_CHAR spells it, and any other text as it is.

    1008.0 and 001008 become 1008, and 0.5 becomes .5.
    """
    match = _PLAIN_NUMBER.fullmatch(text)
    if match is None:
        return text
    sign, whole, fraction = match.groups(default="")
    digits, decimals = whole.lstrip("0"), fraction.rstrip("0")
    if not digits and not decimals:
        return "0"
    spelled = digits
    if decimals:
        spelled += f".{decimals}"
    if sign == "-":
        spelled = f"-{spelled}"
    return spelled


def source_id(text: str | None) -> str | None:
    """Return the call of the source that an id names, in the ledger's spelling.

    None where it is no number, as all ids of the source are.
    """
    spelled = canonical_number((text or "").strip())
    if _PLAIN_NUMBER.fullmatch(spelled) or _LONG_NUMBER.fullmatch(spelled):
        return spelled
    return None


def _exact_digits(number: Decimal) -> str:
    """Write a number's digits, none of which may be lost.

    What was written with a fraction or an exponent went through a double somewhere. Raises
    ResultRefused where a double keeps fewer digits.
    """
    if not number.is_finite() or number.copy_abs() > MAX_EXACT_DOUBLE:
        raise ResultRefused(
            "callId is a floating-point number, too large to have kept its digits: send it as text"
        )
    if number.is_zero():
        return "0"
    is_tiny = number.adjusted() < -_DOUBLE_DIGITS
    if is_tiny or (number % 1 and len(number.normalize().as_tuple().digits) > _DOUBLE_DIGITS):
        raise ResultRefused(
            "callId is a floating-point number with more digits than it keeps: send it as text"
        )
    return f"{number:f}"
