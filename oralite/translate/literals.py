"""DATE, TIMESTAMP and INTERVAL literals."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.nodes import IntervalLiteral, TimeLiteral
from oralite.translate.draft import Draft
from oralite.translate.typed import Typed, blob_literal
from oralite.values import encode_datetime, encode_interval, encode_timestamp_tz, with_fraction
from oralite.zones import find_zone, localize

_DATE = re.compile(r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2})\s*")
_TIMESTAMP = re.compile(
    r"\s*(\d{1,4})-(\d{1,2})-(\d{1,2}) +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?"
    r"\s*([+-]\d{1,2}:\d{2}|[A-Za-z]\S*)?\s*"
)
_FIELDS = ("DAY", "HOUR", "MINUTE", "SECOND")
_DAY_TO_SECOND = re.compile(r"\s*([+-]?)\s*([\d :.]+)\s*")


def time_literal(node: TimeLiteral) -> Typed:
    """Raises ORA-01861 for a text of another form."""
    pattern = _DATE if node.kind == "DATE" else _TIMESTAMP
    match = pattern.fullmatch(node.value)
    if match is None:
        raise OraError(1861, "literal does not match format string")
    whole = [int(part) for part in match.groups()[:6]]
    try:
        moment = datetime(*whole)  # type: ignore[arg-type]
    except ValueError as error:
        raise OraError(1843, "not a valid month" if not 1 <= whole[1] <= 12 else str(error)) from error
    if node.kind == "DATE":
        return blob_literal(encode_datetime(moment), SqlType.DATE)
    return _timestamp(moment, match.group(7) or "", match.group(8))


def _timestamp(moment: datetime, fraction: str, zone: str | None) -> Typed:
    digits = len(fraction) or 6
    nanoseconds = int(fraction.ljust(9, "0"))
    if zone:
        value = encode_timestamp_tz(localize(moment, find_zone(zone)))
        return blob_literal(with_fraction(value, nanoseconds), SqlType.TIMESTAMP_TZ, digits)
    return blob_literal(with_fraction(encode_datetime(moment), nanoseconds), SqlType.TIMESTAMP, digits)


def interval_literal(node: IntervalLiteral, draft: Draft) -> Typed:
    """Raises ORA-01867 for a text that does not fit its fields."""
    if node.leading not in _FIELDS or node.trailing not in _FIELDS:
        raise draft.unsupported("intervals of years and months")
    names = _FIELDS[_FIELDS.index(node.leading) : _FIELDS.index(node.trailing) + 1]
    match = _DAY_TO_SECOND.fullmatch(node.value)
    parts = re.split(r"[ :]+", match.group(2).strip()) if match else []
    if match is None or len(parts) != len(names):
        raise OraError(1867, "the interval is invalid")
    try:
        given = {
            f"{name.lower()}s": float(part) if "." in part else int(part)
            for name, part in zip(names, parts, strict=True)
        }
        interval = timedelta(**given)
    except ValueError as error:
        raise OraError(1867, "the interval is invalid") from error
    return blob_literal(encode_interval(-interval if match.group(1) == "-" else interval), SqlType.INTERVAL_DS, 6)
