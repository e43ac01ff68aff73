"""The parts that a date format read, and the moment that they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from oralite.errors import OraError
from oralite.formats.elements import JULIAN_OFFSET
from oralite.zones import find_zone, fixed_zone, localize


@dataclass
class Fields:
    """What was read so far. None: the text did not say it."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    day_of_year: int | None = None
    julian: int | None = None
    weekday: int | None = None
    hour: int | None = None
    half_day_hour: int | None = None
    minute: int = 0
    second: int = 0
    seconds_of_day: int | None = None
    afternoon: bool | None = None
    nanosecond: int = 0
    zone_name: str | None = None
    zone_negative: bool = False
    zone_hour: int | None = None
    zone_minute: int = 0


def build_moment(fields: Fields, today: datetime) -> datetime:
    """Return the moment, aware when a zone was read.

    Raises ORA-01839, 01841, 01834 or 01835 where the parts do not agree.
    """
    day = _date(fields, today)
    if fields.weekday is not None and fields.weekday != day.weekday():
        raise OraError(1835, "day of week conflicts with Julian date")
    moment = datetime(day.year, day.month, day.day) + _time_of_day(fields)
    zone = _zone(fields)
    if zone:
        return localize(moment, zone)
    return moment


def _date(fields: Fields, today: datetime) -> date:
    if fields.julian is not None:
        return _julian_date(fields.julian)
    if fields.year is None:
        year = today.year
    else:
        year = fields.year
    if not 1 <= year <= 9999:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    if fields.day_of_year is not None:
        return _ordinal_date(year, fields)
    try:
        return date(year, fields.month or today.month, fields.day or 1)
    except ValueError as error:
        raise OraError(1839, "date not valid for month specified") from error


def _julian_date(julian: int) -> date:
    try:
        return date.fromordinal(julian - JULIAN_OFFSET)
    except (ValueError, OverflowError) as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error


def _ordinal_date(year: int, fields: Fields) -> date:
    day = date(year, 1, 1) + timedelta(days=(fields.day_of_year or 1) - 1)
    if day.year != year:
        raise OraError(1848, "day of year must be between 1 and 365 (366 for leap year)")
    if fields.month not in (None, day.month) or fields.day not in (None, day.day):
        raise OraError(1834, "day of month conflicts with Julian date")
    return day


def _time_of_day(fields: Fields) -> timedelta:
    fraction = timedelta(microseconds=fields.nanosecond // 1000)
    if fields.seconds_of_day is not None:
        return timedelta(seconds=fields.seconds_of_day) + fraction
    return timedelta(hours=_hour(fields), minutes=fields.minute, seconds=fields.second) + fraction


def _hour(fields: Fields) -> int:
    if fields.half_day_hour is None:
        return fields.hour or 0
    return fields.half_day_hour % 12 + (12 if fields.afternoon else 0)


def _zone(fields: Fields) -> tzinfo | None:
    if fields.zone_name is not None:
        return find_zone(fields.zone_name)
    if fields.zone_hour is not None:
        return fixed_zone(fields.zone_negative, fields.zone_hour, fields.zone_minute)
    return None
