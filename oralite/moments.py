"""The storage form of DATE, TIMESTAMP and INTERVAL."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from oralite.errors import OraError


def encode_datetime(moment: datetime) -> bytes:
    """Return 7 bytes, or 11 when it has a fraction of a second.

    A time zone is left out as if it were not there.
    """
    century, year = divmod(moment.year, 100)
    date = bytes(
        (
            century + 100,
            year + 100,
            moment.month,
            moment.day,
            moment.hour + 1,
            moment.minute + 1,
            moment.second + 1,
        )
    )
    if moment.microsecond:
        return date + (moment.microsecond * 1000).to_bytes(4, "big")
    return date


def with_fraction(value: bytes, nanoseconds: int) -> bytes:
    """Return a DATE or a TIMESTAMP, with a zone or without, with this fraction of its second."""
    if not nanoseconds and len(value) <= 11:
        return value[:7]
    return value[:7] + nanoseconds.to_bytes(4, "big") + value[11:]


def nanoseconds_of(value: bytes) -> int:
    """Return the fraction of the second of a DATE or a TIMESTAMP, with a zone or without."""
    return int.from_bytes(value[7:11], "big")


@lru_cache(maxsize=1 << 14)
def decode_datetime(value: bytes) -> datetime:
    """Return a naive datetime. Nanoseconds below the microsecond are cut off."""
    microsecond = int.from_bytes(value[7:11], "big") // 1000
    try:
        return datetime(
            value[0] * 100 + value[1] - 10100,
            value[2],
            value[3],
            value[4] - 1,
            value[5] - 1,
            value[6] - 1,
            microsecond,
        )
    except (ValueError, IndexError) as error:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0") from error


def encode_timestamp_tz(moment: datetime) -> bytes:
    """Return 13 bytes: the moment in UTC, then its offset in hours and minutes.

    A region's name is not kept.
    """
    offset = moment.utcoffset() or timedelta()
    hours, minutes = _split_offset(offset)
    utc = moment.replace(tzinfo=None) - offset
    return encode_datetime(utc).ljust(11, b"\0") + bytes((hours + 20, minutes + 60))


def _split_offset(offset: timedelta) -> tuple[int, int]:
    minutes = round(offset.total_seconds() / 60)
    if minutes < 0:
        sign = -1
    else:
        sign = 1
    return sign * (abs(minutes) // 60), sign * (abs(minutes) % 60)


def decode_timestamp_tz(value: bytes) -> datetime:
    """Return an aware datetime in the offset that was stored."""
    if len(value) != 13:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    offset = timedelta(hours=value[11] - 20, minutes=value[12] - 60)
    return (decode_datetime(value[:11]) + offset).replace(tzinfo=timezone(offset))


_INTERVAL = struct.Struct(">IBBBI")


_INTERVAL_BIAS = 0x80000000


_MICROSECOND = timedelta(microseconds=1)


def encode_interval(interval: timedelta) -> bytes:
    """Return 11 bytes: days, hours, minutes, seconds and nanoseconds, all of one sign."""
    total = interval // _MICROSECOND
    if total < 0:
        sign = -1
    else:
        sign = 1
    seconds, microseconds = divmod(abs(total), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return _INTERVAL.pack(
        sign * days + _INTERVAL_BIAS,
        sign * hours + 60,
        sign * minutes + 60,
        sign * seconds + 60,
        sign * microseconds * 1000 + _INTERVAL_BIAS,
    )


def decode_interval(value: bytes) -> timedelta:
    """Return a timedelta. Nanoseconds below the microsecond are cut off."""
    try:
        days, hours, minutes, seconds, nanoseconds = _INTERVAL.unpack(value)
    except struct.error as error:
        raise OraError(1867, "the interval is invalid") from error
    return timedelta(
        days=days - _INTERVAL_BIAS,
        hours=hours - 60,
        minutes=minutes - 60,
        seconds=seconds - 60,
        microseconds=int((nanoseconds - _INTERVAL_BIAS) / 1000),
    )
