"""JSON from outside: no digit of a number is lost, and no error quotes what it was about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, DecimalException

from oracle_cdc.errors import ResultRefused

#: Longer integers are kept as Decimal: Python refuses to convert those of thousands of digits.
_LONGEST_INTEGER_DIGITS = 60
_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
}
_BETWEEN_VALUES = re.compile(r"[ \t\r\n,]*")


def parse(text: str) -> object:
    """Read JSON in which numbers keep their digits.

    Raises ResultRefused, which never quotes the text.
    """
    try:
        return _DECODER.decode(text.lstrip("\ufeff"))
    except ValueError as error:
        # The parser's error carries the whole text: it is not chained.
        position = 0
        if isinstance(error, json.JSONDecodeError):
            position = error.pos
        raise ResultRefused(f"not JSON: {len(text)} characters, wrong at {position}") from None
    except RecursionError:
        raise ResultRefused(f"nested too deeply: {len(text)} characters of JSON") from None


def split_list(text: str) -> Iterator[str]:
    """Yield the elements of a JSON list as they stand in its text, which `parse` has read."""
    start = _next_value(text, text.index("[") + 1)
    while text[start] != "]":
        _, end = _DECODER.raw_decode(text, start)
        yield text[start:end]
        start = _next_value(text, end)


def kind_of(value: object) -> str:
    """Return what a value is, in words that do not quote it."""
    if value is None:
        return "nothing"
    return _KINDS.get(type(value), "a number")


def _next_value(text: str, place: int) -> int:
    match = _BETWEEN_VALUES.match(text, place)
    if match is None:
        return place
    return match.end()


def _parse_integer(digits: str) -> int | Decimal:
    if len(digits) > _LONGEST_INTEGER_DIGITS:
        return Decimal(digits)
    return int(digits)


def _parse_decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except DecimalException:
        # An exponent beyond what Decimal knows; every reader refuses what is not finite.
        return Decimal("NaN")


_DECODER = json.JSONDecoder(
    parse_int=_parse_integer, parse_float=_parse_decimal, parse_constant=Decimal
)
