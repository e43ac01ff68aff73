"""Time zones by the names that Oracle takes: offsets and regions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from oralite.errors import OraError

_OFFSET = re.compile(r"\s*([+-]?)(\d{1,2}):(\d{1,2})\s*", re.ASCII)
_HIGHEST_HOUR, _LOWEST_HOUR = 14, -12


@lru_cache(maxsize=1024)
def find_zone(name: str) -> tzinfo:
    """Return the zone of an offset (+02:00) or a region (Asia/Jerusalem, in any case).

    Raises ORA-01882 for an unknown one.
    """
    match = _OFFSET.fullmatch(name)
    if match:
        return fixed_zone(match[1] == "-", int(match[2]), int(match[3]))
    region = _regions().get(name.strip().lower())
    if region is None:
        raise OraError(1882, "timezone region not found")
    if region in ("UTC", "Etc/UTC"):
        return timezone.utc
    return ZoneInfo(region)


def fixed_zone(negative: bool, hours: int, minutes: int) -> timezone:
    """Return the zone of an offset.

    Raises ORA-01874 and ORA-01875 for one that no place on earth has.
    """
    if negative:
        sign = -1
    else:
        sign = 1
    if not _LOWEST_HOUR <= sign * hours <= _HIGHEST_HOUR:
        raise OraError(1874, "time zone hour must be between -12 and 14")
    if minutes > 59:
        raise OraError(1875, "time zone minute must be between -59 and 59")
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    found = {}
    for name in available_timezones() | {"UTC"}:
        found[name.lower()] = name
    return found


def localize(moment: datetime, zone: tzinfo) -> datetime:
    """Return a naive moment in a zone.

    Where the clock is set back it is standard time, as Oracle does. Where it jumps ahead it is
    ORA-01878.
    """
    aware = moment.replace(tzinfo=zone, fold=1)
    try:
        back = aware.astimezone(timezone.utc).astimezone(zone)
    except OverflowError as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error
    if back.replace(tzinfo=None) != moment:
        raise OraError(1878, "specified field not found in datetime or interval")
    return aware
