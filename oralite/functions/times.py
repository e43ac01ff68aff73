"""Functions of dates and timestamps: months, parts, units to cut off at, zones."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from oralite.errors import OraError
from oralite.formats.digits import EXACT
from oralite.formats.elements import DAYS
from oralite.functions.extracting import (
    extract_date,
    extract_interval,
    extract_timestamp,
    extract_timestamp_tz,
)
from oralite.functions.function import Number, natural
from oralite.functions.types import DATE, INTERVAL_DS, NUMBER, TIMESTAMP, TIMESTAMP_TZ, VARCHAR2
from oralite.zones import find_zone, localize

_SECONDS_PER_DAY = 86400
#: MONTHS_BETWEEN counts the days of a broken month as thirty-firsts.
_DAYS_PER_MONTH = 31


def year_out_of_range() -> OraError:
    return OraError(1841, "(full) year must be between -4713 and +9999, and not be 0")


def shift(moment: datetime, interval: timedelta) -> datetime:
    """Return the moment a duration later. Raises ORA-01841 beyond the calendar."""
    try:
        return moment + interval
    except OverflowError as error:
        raise year_out_of_range() from error


def _days_in_month(moment: datetime) -> int:
    return calendar.monthrange(moment.year, moment.month)[1]


def add_months(moment: datetime, months: Number) -> datetime:
    """Add months.

    The last day of a month stays the last, and a day that the month lacks becomes its last.
    """
    place = moment.year * 12 + moment.month - 1 + int(months)
    year, month = divmod(place, 12)
    if not 1 <= year <= 9999:
        raise year_out_of_range()
    last = calendar.monthrange(year, month + 1)[1]
    if moment.day == _days_in_month(moment):
        day = last
    else:
        day = min(moment.day, last)
    return moment.replace(year=year, month=month + 1, day=day)


def add_interval_ym(moment: datetime, months: Number) -> datetime:
    """Add months. Unlike ADD_MONTHS it raises ORA-01839 where the month has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + int(months), 12)
    if not 1 <= year <= 9999:
        raise year_out_of_range()
    if moment.day > calendar.monthrange(year, month + 1)[1]:
        raise OraError(1839, "date not valid for month specified")
    return moment.replace(year=year, month=month + 1)


def _subtract_interval_ym(moment: datetime, months: Number) -> datetime:
    return add_interval_ym(moment, -int(months))


def months_of(count: Number, unit: str) -> Number:
    """Carry out NUMTOYMINTERVAL, as a number of months.

    Raises ORA-01760 for a unit that is none.
    """
    months = {"YEAR": 12, "MONTH": 1}.get(unit.strip().upper())
    if months is None:
        raise OraError(1760, "illegal argument for function")
    return EXACT.to_integral_value(EXACT.multiply(Decimal(count), months))


def months_between(later: datetime, earlier: datetime) -> Number:
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    both_last = later.day == _days_in_month(later) and earlier.day == _days_in_month(earlier)
    if later.day == earlier.day or both_last:
        return months
    seconds = (
        (later.day - earlier.day) * _SECONDS_PER_DAY
        + _second_of_day(later)
        - _second_of_day(earlier)
    )
    return EXACT.add(
        Decimal(months), EXACT.divide(Decimal(seconds), Decimal(_DAYS_PER_MONTH * _SECONDS_PER_DAY))
    )


def _second_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def last_day(moment: datetime) -> datetime:
    return moment.replace(day=_days_in_month(moment))


def next_day(moment: datetime, weekday: str) -> datetime:
    """Return the first such day after it: MONDAY, Mon, or 1 for Sunday to 7."""
    name = weekday.strip().upper()
    if name in set("1234567"):
        wanted = (int(name) + 5) % 7
    else:
        wanted = _weekday_of(name)
    return shift(moment, timedelta(days=(wanted - moment.weekday() - 1) % 7 + 1))


def _weekday_of(name: str) -> int:
    for place, day in enumerate(DAYS):
        if len(name) >= 3 and name.startswith(day[:3]):
            return place
    raise OraError(1846, "not a valid day of the week")


_Cut = Callable[[datetime], datetime]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_start(moment: datetime) -> datetime:
    return _midnight(moment).replace(day=1)


def _year_start(moment: datetime) -> datetime:
    return _month_start(moment).replace(month=1)


def _quarter_start(moment: datetime) -> datetime:
    return _month_start(moment).replace(month=(moment.month - 1) // 3 * 3 + 1)


def _century_start(moment: datetime) -> datetime:
    return _year_start(moment).replace(year=(moment.year - 1) // 100 * 100 + 1)


def _days_back(moment: datetime, days: int) -> datetime:
    return shift(_midnight(moment), timedelta(days=-days))


def _iso_year_start(moment: datetime) -> datetime:
    return datetime.fromisocalendar(moment.isocalendar()[0], 1, 1)


_CUTS: Mapping[str, _Cut] = {
    **dict.fromkeys(("CC", "SCC"), _century_start),
    **dict.fromkeys(("SYYYY", "YYYY", "YEAR", "SYEAR", "YYY", "YY", "Y"), _year_start),
    **dict.fromkeys(("IYYY", "IYY", "IY", "I"), _iso_year_start),
    "Q": _quarter_start,
    **dict.fromkeys(("MONTH", "MON", "MM", "RM"), _month_start),
    "WW": lambda moment: _days_back(moment, (moment.timetuple().tm_yday - 1) % 7),
    "IW": lambda moment: _days_back(moment, moment.weekday()),
    "W": lambda moment: _days_back(moment, (moment.day - 1) % 7),
    **dict.fromkeys(("DDD", "DD", "J"), _midnight),
    **dict.fromkeys(("DAY", "DY", "D"), lambda moment: _days_back(moment, moment.isoweekday() % 7)),
    **dict.fromkeys(
        ("HH", "HH12", "HH24"), lambda moment: moment.replace(minute=0, second=0, microsecond=0)
    ),
    "MI": lambda moment: moment.replace(second=0, microsecond=0),
}


def _by_days(days: float) -> _Cut:
    return lambda moment: shift(moment, timedelta(days=days))


def _round_month(moment: datetime) -> datetime:
    if moment.day < 16:
        return moment
    return add_months(moment.replace(day=1), 1)


def _round_quarter(moment: datetime) -> datetime:
    """Round up from the sixteenth of the quarter's second month on."""
    middle = add_months(_quarter_start(moment), 1) + timedelta(days=15)
    if moment >= middle:
        return add_months(moment.replace(day=1), 3)
    return moment


def _round_year(moment: datetime) -> datetime:
    return add_months(moment.replace(day=1), 6)


def _round_century(moment: datetime) -> datetime:
    return add_months(moment.replace(day=1), 50 * 12)


#: How far a moment is moved before ROUND cuts it off where TRUNC does; the rest are days, moved by
#: twelve hours.
_ADVANCES: Mapping[str, _Cut] = {
    **dict.fromkeys(("CC", "SCC"), _round_century),
    **dict.fromkeys(("SYYYY", "YYYY", "YEAR", "SYEAR", "YYY", "YY", "Y"), _round_year),
    **dict.fromkeys(("IYYY", "IYY", "IY", "I"), _round_year),
    "Q": _round_quarter,
    **dict.fromkeys(("MONTH", "MON", "MM", "RM"), _round_month),
    **dict.fromkeys(("WW", "IW", "W", "DAY", "DY", "D"), _by_days(3.5)),
    **dict.fromkeys(("HH", "HH12", "HH24"), _by_days(1 / 48)),
    "MI": _by_days(1 / 2880),
}
_HALF_DAY = _by_days(0.5)


def _cut_of(unit: str) -> _Cut:
    cut = _CUTS.get(unit.upper())
    if cut is None:
        raise OraError(1898, "too many precision specifiers")
    return cut


def truncate_date(moment: datetime, unit: str = "DD") -> datetime:
    return _cut_of(unit)(moment)


def round_date(moment: datetime, unit: str = "DD") -> datetime:
    cut = _cut_of(unit)
    return cut(_ADVANCES.get(unit.upper(), _HALF_DAY)(moment))


def utc_of(moment: datetime) -> datetime:
    """Carry out SYS_EXTRACT_UTC: the naive moment in UTC."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def from_tz(moment: datetime, zone: str) -> datetime:
    return localize(moment, find_zone(zone))


def at_zone(moment: datetime, zone: str) -> datetime:
    """Carry out AT TIME ZONE: the same moment by another clock."""
    return moment.astimezone(find_zone(zone))


FUNCTIONS = (
    natural("ADD_MONTHS", add_months, (DATE, NUMBER), DATE),
    natural("ORA$MONTHS", months_of, (NUMBER, VARCHAR2), NUMBER),
    *(
        natural(f"ORA${word}_INTERVAL_YM${kind.name}", function, (kind, NUMBER), kind)
        for word, function in (("ADD", add_interval_ym), ("SUBTRACT", _subtract_interval_ym))
        for kind in (DATE, TIMESTAMP, TIMESTAMP_TZ)
    ),
    natural("MONTHS_BETWEEN", months_between, (DATE, DATE), NUMBER),
    natural("LAST_DAY", last_day, (DATE,), DATE),
    natural("NEXT_DAY", next_day, (DATE, VARCHAR2), DATE),
    natural("TRUNC$DATE", truncate_date, (DATE, VARCHAR2), DATE, required=1),
    natural("ROUND$DATE", round_date, (DATE, VARCHAR2), DATE, required=1),
    natural("EXTRACT$DATE", extract_date, (VARCHAR2, DATE), NUMBER),
    natural("EXTRACT$TIMESTAMP", extract_timestamp, (VARCHAR2, TIMESTAMP), NUMBER),
    natural("EXTRACT$TIMESTAMP_TZ", extract_timestamp_tz, (VARCHAR2, TIMESTAMP_TZ), NUMBER),
    natural("EXTRACT$INTERVAL", extract_interval, (VARCHAR2, INTERVAL_DS), NUMBER),
    natural("SYS_EXTRACT_UTC", utc_of, (TIMESTAMP_TZ,), TIMESTAMP),
    natural("FROM_TZ", from_tz, (TIMESTAMP, VARCHAR2), TIMESTAMP_TZ),
    natural("ORA$AT_ZONE", at_zone, (TIMESTAMP_TZ, VARCHAR2), TIMESTAMP_TZ),
)
