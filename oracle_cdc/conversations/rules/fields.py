"""How one field of a result is read.

Tolerant of its shape, strict in what comes out, silent about its content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any, NamedTuple

from oracle_cdc.conversations.rules.exact_json import kind_of

#: Takes the reason why a value was changed or left out, which never quotes the value.
Warn = Callable[[str], None]

#: No revision above it was ever sent by us.
MAX_REVISION = 10**9

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d{1,9}))?)?)?"
    r"\s?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Labels(NamedTuple):
    """A classification: the label that leads, and all of them."""

    primary: str | None
    every: tuple[str, ...]


def read_text(
    value: object, warn: Warn, *, limit_bytes: int | None = None, inner_names: Sequence[str] = ()
) -> str | None:
    """Read a text, a number as its text, or the first of inner_names that an object has.

    It is cut to limit_bytes.
    """
    if isinstance(value, dict):
        value = _first_inner(value, inner_names)
    text = _plain_text(value)
    if text is None:
        warn(f"left out: it is neither text nor a number but {kind_of(value)}")
        return None
    return _cut(_encodable(text, warn), limit_bytes, warn)


def _first_inner(value: Mapping[str, Any], names: Sequence[str]) -> object:
    """Return the first of these members that is a text or a number, or the object itself."""
    for name in names:
        inner = value.get(name)
        if _plain_text(inner):
            return inner
    return value


def read_number(value: object, warn: Warn, *, step: Decimal, bound: Decimal) -> Decimal | None:
    """Read a number or a number's text, rounded half up to a multiple of step.

    Its magnitude must be under bound.
    """
    number = _decimal(value)
    if number is None:
        warn(f"left out: it is not a finite number but {kind_of(value)}")
        return None
    # abs() and rounding would overflow on what JSON can say, such as 1e999999999.
    if number.copy_abs() < bound:
        rounded = number.quantize(step, ROUND_HALF_UP)
        if rounded.copy_abs() < bound:
            return rounded + 0  # never -0.00
    warn(f"left out: its magnitude is not under {bound}")
    return None


def read_revision(value: object, warn: Warn) -> int | None:
    """Read a revision, a whole number or its text, counted from 1."""
    number = _decimal(value)
    if number is not None and 1 <= number <= MAX_REVISION and number == number.to_integral_value():
        return int(number)
    warn("left out: it is no revision, a whole number from 1")
    return None


def read_time(value: object, warn: Warn) -> datetime | None:
    """Read an ISO 8601 time as it is written, without its offset: the times of the source have
    none.
    """
    time = None
    if isinstance(value, str):
        time = _parse_time(value.strip())
    if time is None:
        warn(f"left out: it is no ISO 8601 time but {kind_of(value)}")
    return time


def _parse_time(text: str) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, minute, second, fraction = match.groups()
    microseconds = (fraction or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{minute or '00:00'}{second or ':00'}.{microseconds}")
    except ValueError:  # the 31st of February: no time either
        return None


def read_labels(value: object, warn: Warn, *, primary_bytes: int) -> Labels | None:
    """Read a classification, which comes in one of three shapes.

    One label, a list whose first leads, or an object with `primary` and `all`.
    """
    every, lead = _every_label(value), _label(value)
    if isinstance(value, dict):
        lead = _label(value.get("primary")) or lead
    if lead is None and not every:
        if value != []:
            warn(f"left out: there is no label in it: {kind_of(value)}")
        return None
    if not every:
        every = [lead or ""]
    every = [_encodable(label, warn) for label in every]
    primary = every[0]
    if lead:
        primary = _encodable(lead, warn)
    return Labels(_cut(primary, primary_bytes, warn), tuple(every))


def _every_label(value: object) -> list[str]:
    """Return the labels of a list, or of the list that an object has as `all`."""
    if isinstance(value, dict):
        value = value.get("all")
    items: list[object] = [value]
    if isinstance(value, list):
        items = value
    labels: list[str] = []
    for item in items:
        label = _label(item)
        if label is not None:
            labels.append(label)
    return labels


def _label(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("name") or value.get("label")
    return _plain_text(value) or None


def _plain_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        return str(value)
    return None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except DecimalException:
        return None
    if not number.is_finite():
        return None
    return number


def _encodable(text: str, warn: Warn) -> str:
    """Replace lone surrogates, which JSON can escape, but which are no characters.

    The driver could not write them.
    """
    clean, count = _LONE_SURROGATE.subn("\ufffd", text)
    if count:
        warn(f"{count} lone surrogates replaced by U+FFFD")
    return clean


def _cut(text: str, limit_bytes: int | None, warn: Warn) -> str:
    encoded = text.encode()
    if limit_bytes is None or len(encoded) <= limit_bytes:
        return text
    warn(f"cut from {len(encoded)} to {limit_bytes} bytes")
    return encoded[:limit_bytes].decode(errors="ignore")
