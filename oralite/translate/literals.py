"""DATE, TIMESTAMP and INTERVAL literals."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from oralite.errors import OraError
from oralite.functions.intervals import (
    UNITS,
    check_parts,
    fit_interval,
    leading_precision,
    make_interval,
)
from oralite.model import SqlType
from oralite.moments import encode_datetime, encode_interval, encode_timestamp_tz, with_fraction
from oralite.parser.leaves import IntervalLiteral, TimeLiteral
from oralite.translate.draft import Draft
from oralite.translate.typed import Typed, blob_literal
from oralite.values import encode_number
from oralite.zones import find_zone, localize

_DATE = re.compile(r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2})\s*")
_TIMESTAMP = re.compile(
    r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2}) +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?"
    r"\s*([+-]\d{1,2}:\d{2}|[A-Za-z]\S*)?\s*"
)
_FIELDS = ("DAY", "HOUR", "MINUTE", "SECOND")
_DAY_TO_SECOND = re.compile(r"\s*([+-]?)\s*([\d :.]+)\s*")


def number_literal(value: str) -> Typed:
    return blob_literal(encode_number(value), SqlType.NUMBER)


def time_literal(node: TimeLiteral) -> Typed:
    """Return a DATE or a TIMESTAMP literal. Raises ORA-01861 for a text of another form."""
    if node.kind == "DATE":
        pattern = _DATE
    else:
        pattern = _TIMESTAMP
    match = pattern.fullmatch(node.value)
    if match is None:
        raise OraError(1861, "literal does not match format string")
    whole = []
    for part in match.groups()[:6]:
        whole.append(int(part))
    try:
        moment = datetime(*whole)  # type: ignore[arg-type]
    except ValueError as error:
        raise _not_a_moment(whole) from error
    if node.kind == "DATE":
        return blob_literal(encode_datetime(moment), SqlType.DATE)
    return _timestamp(moment, match.group(7) or "", match.group(8))


#: The least and the greatest of each part behind the year, and the error of one that is neither nor
#: between.
_PARTS = (
    (1, 12, 1843, "not a valid month"),
    (1, 31, 1847, "day of month must be between 1 and last day of month"),
    (0, 23, 1850, "hour must be between 0 and 23"),
    (0, 59, 1851, "minutes must be between 0 and 59"),
    (0, 59, 1852, "seconds must be between 0 and 59"),
)


def _not_a_moment(whole: list[int]) -> OraError:
    if not whole[0]:
        return OraError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    for part, (least, greatest, code, text) in zip(whole[1:], _PARTS, strict=False):
        if not least <= part <= greatest:
            return OraError(code, text)
    return OraError(1839, "date not valid for month specified")


def _timestamp(moment: datetime, fraction: str, zone: str | None) -> Typed:
    nanoseconds = int(fraction.ljust(9, "0"))
    if zone:
        value = encode_timestamp_tz(localize(moment, find_zone(zone)))
        return blob_literal(with_fraction(value, nanoseconds), SqlType.TIMESTAMP_TZ, 9)
    return blob_literal(with_fraction(encode_datetime(moment), nanoseconds), SqlType.TIMESTAMP, 9)


def interval_literal(node: IntervalLiteral, draft: Draft) -> Typed:
    """Return an INTERVAL literal.

    Raises ORA-01867 for a text that does not fit its fields, and ORA-01873 for a leading field that
    is too great.
    """
    if node.leading not in _FIELDS or node.trailing not in _FIELDS:
        raise draft.unsupported("intervals of years and months")
    names = _FIELDS[_FIELDS.index(node.leading) : _FIELDS.index(node.trailing) + 1]
    match = _DAY_TO_SECOND.fullmatch(node.value)
    if match:
        parts = re.split(r"[ :]+", match.group(2).strip())
    else:
        parts = []
    if match is None or len(parts) != len(names):
        raise _invalid_interval()
    given = {}
    for name, part in zip(names, parts, strict=True):
        given[name] = _part(name, part)
    if given[node.leading] >= 10**node.precision:
        raise leading_precision()
    check_parts({name: part for name, part in given.items() if name != node.leading})
    total = sum(part * UNITS[name] for name, part in given.items())
    interval = make_interval(-total if match.group(1) == "-" else total)
    if node.leading == "DAY":
        precision = node.precision
    else:
        precision = 2
    rounded = fit_interval(interval, 9, node.digits)
    return replace(
        blob_literal(encode_interval(rounded), SqlType.INTERVAL_DS, node.digits),
        precision=precision,
    )


def _part(name: str, text: str) -> Decimal:
    """Return a part of an interval. Only seconds have a fraction."""
    if not re.fullmatch(r"\d+(\.\d{1,9})?" if name == "SECOND" else r"\d+", text):
        raise _invalid_interval()
    return Decimal(text)


def _invalid_interval() -> OraError:
    return OraError(1867, "the interval is invalid")
