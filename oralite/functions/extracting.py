"""EXTRACT: the parts of times and intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from oralite.errors import OraError
from oralite.functions.function import Number


def _seconds(seconds: int, microseconds: int) -> Number:
    if not microseconds:
        return seconds
    return Decimal(seconds * 1_000_000 + microseconds).scaleb(-6)


_DATE_FIELDS: Mapping[str, Callable[[datetime], Number]] = {
    "YEAR": lambda moment: moment.year,
    "MONTH": lambda moment: moment.month,
    "DAY": lambda moment: moment.day,
}


_TIMESTAMP_FIELDS: Mapping[str, Callable[[datetime], Number]] = {
    **_DATE_FIELDS,
    "HOUR": lambda moment: moment.hour,
    "MINUTE": lambda moment: moment.minute,
    "SECOND": lambda moment: _seconds(moment.second, moment.microsecond),
}


_INTERVAL_FIELDS: Mapping[str, Callable[[timedelta], Number]] = {
    "DAY": lambda interval: interval.days,
    "HOUR": lambda interval: interval.seconds // 3600,
    "MINUTE": lambda interval: interval.seconds // 60 % 60,
    "SECOND": lambda interval: _seconds(interval.seconds % 60, interval.microseconds),
}


def _invalid_field() -> OraError:
    return OraError(30076, "invalid extract field for extract source")


def extract_date(field: str, moment: datetime) -> Number:
    if field not in _DATE_FIELDS:
        raise _invalid_field()
    return _DATE_FIELDS[field](moment)


def extract_timestamp(field: str, moment: datetime) -> Number:
    if field not in _TIMESTAMP_FIELDS:
        raise _invalid_field()
    return _TIMESTAMP_FIELDS[field](moment)


def extract_timestamp_tz(field: str, moment: datetime) -> Number:
    """Return a part of the moment in UTC, as Oracle does, or of its offset."""
    if field in ("TIMEZONE_HOUR", "TIMEZONE_MINUTE"):
        minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
        if field == "TIMEZONE_HOUR":
            part = abs(minutes) // 60
        else:
            part = abs(minutes) % 60
        if minutes < 0:
            return -part
        return part
    return extract_timestamp(field, moment.astimezone(timezone.utc))


def extract_interval(field: str, interval: timedelta) -> Number:
    """Return a part. All parts of a negative interval are negative."""
    if field not in _INTERVAL_FIELDS:
        raise _invalid_field()
    part = _INTERVAL_FIELDS[field](abs(interval))
    if interval < timedelta():
        return -part
    return part
