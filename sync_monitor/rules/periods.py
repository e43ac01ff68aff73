"""Days and hours of a zone: which are settled, which were promised, what bounds they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from sync_monitor.measurements import Bounds, Partition
from sync_monitor.model import Grain, Promise, Sync

HOUR = timedelta(hours=1)
#: What every key of a grain looks like. That it names a time which clocks show is not said by it.
KEYS = {
    Grain.DAY: re.compile(r"\d{4}-\d\d-\d\d"),
    Grain.HOUR: re.compile(r"\d{4}-\d\d-\d\dT\d\d"),
}
OCLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
BEHIND = re.compile(r"\+(\d{1,4})([mh])")


def parse_promise(text: str) -> Promise:
    """Return a promise as people write it.

    06:00 is that time of the next day, +90m and +2h are behind the partition's end.
    Raises ValueError saying what is allowed.
    """
    clock = OCLOCK.fullmatch(text)
    if clock:
        return Promise(at=time(int(clock[1]), int(clock[2])))
    behind = BEHIND.fullmatch(text)
    if not behind:
        raise ValueError("a time such as 06:00, or a wait such as +90m or +2h")
    if behind[2] == "m":
        return Promise(after=timedelta(minutes=int(behind[1])))
    return Promise(after=timedelta(hours=int(behind[1])))


#: Days of zones that are kept: all syncs ask for the same few, with every look.
KEPT = 4096
#: Windows that are kept. All syncs of one zone have the same until the next day, or hour, settles.
KEPT_WINDOWS = 64


@lru_cache(KEPT)
def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when a zone's clocks first show a time, or leave it out, in UTC."""
    return datetime.combine(day, at, zone).astimezone(timezone.utc)


@lru_cache(KEPT)
def day_partition(day: date, zone: ZoneInfo) -> Partition:
    """Return a day, which has 23 or 25 hours where the clocks are changed."""
    begin = instant(day, time(0), zone)
    return Partition(day.isoformat(), begin, instant(day + timedelta(days=1), time(0), zone))


def hour_partitions(day: date, zone: ZoneInfo) -> tuple[Partition, ...]:
    """Return the hours of a day that the zone's clocks show, ascending.

    An hour that they leave out is not there. One that they show twice is one partition, as long as
    both, because both carry its name.
    """
    whole = day_partition(day, zone)
    begins: list[tuple[str, datetime]] = []
    for hour in range(24):
        begin = instant(day, time(hour), zone)
        shown = begin.astimezone(zone)
        if (shown.date(), shown.hour) == (day, hour):
            begins.append((f"{day.isoformat()}T{hour:02}", begin))
    ends = [*(begin for _, begin in begins[1:]), whole.end]
    hours: list[Partition] = []
    for (key, begin), end in zip(begins, ends, strict=True):
        hours.append(Partition(key, begin, end))
    return tuple(hours)


def partitions_of_day(day: date, grain: Grain, zone: ZoneInfo) -> tuple[Partition, ...]:
    """Return the partitions that a day has, ascending."""
    if grain is Grain.HOUR:
        return hour_partitions(day, zone)
    return (day_partition(day, zone),)


def partition_named(key: str, sync: Sync) -> Partition:
    """Return a partition by its key.

    Raises ValueError for what is none of this sync.
    """
    try:
        of_day = partitions_of_day(date.fromisoformat(key[:10]), sync.grain, sync.zone)
    except (OverflowError, ValueError):
        of_day = ()
    for partition in of_day:
        if partition.key == key:
            return partition
    example = "2026-11-23"
    if sync.grain is Grain.HOUR:
        example = "2026-11-23T05"
    raise ValueError(f"a partition such as {example}, which the clocks of {sync.zone.key} show")


def strays(keys: Iterable[str], grain: Grain) -> list[str]:
    """Return the keys that are no partition of any sync of a grain, such as 2026-11-23-late."""
    return [key for key in keys if not KEYS[grain].fullmatch(key)]


def settled_until(now: datetime, sync: Sync) -> datetime:
    """Return the begin of the newest partition that may still get rows, by the database's clock."""
    moment = (now - sync.settle).astimezone(sync.zone)
    for partition in reversed(partitions_of_day(moment.date(), sync.grain, sync.zone)):
        if partition.begin <= moment:
            return partition.begin
    return day_partition(moment.date(), sync.zone).begin


def is_settled(partition: Partition, now: datetime, sync: Sync) -> bool:
    """Return whether no row of a partition is still on its way."""
    return partition.end <= settled_until(now, sync)


def promised_at(partition: Partition, sync: Sync) -> datetime:
    """Return until when a partition must be in the lake: not before it is settled."""
    promise = sync.promise
    settled = partition.end + sync.settle
    if promise.at is None:
        return max(partition.end + promise.after, settled)
    return max(next_day_at(partition.key, promise.at, sync.zone), settled)


@lru_cache(KEPT)
def next_day_at(key: str, at: time, zone: ZoneInfo) -> datetime:
    """Return when the day behind a partition has a time, in UTC."""
    return instant(date.fromisoformat(key[:10]) + timedelta(days=1), at, zone)


def window(now: datetime, sync: Sync) -> tuple[Partition, ...]:
    """Return the settled partitions that the figures are of, ascending.

    They are those of `window_days` days, and of hours also those of the day that has begun.
    """
    return partitions_until(settled_until(now, sync), sync.window_days, sync.grain, sync.zone)


@lru_cache(KEPT_WINDOWS)
def partitions_until(
    until: datetime, window_days: int, grain: Grain, zone: ZoneInfo
) -> tuple[Partition, ...]:
    """Return the partitions of some days that end by a moment, ascending."""
    newest = until.astimezone(zone).date()
    found: list[Partition] = []
    for days in range(window_days, -1, -1):
        found.extend(partitions_of_day(newest - timedelta(days=days), grain, zone))
    return tuple(partition for partition in found if partition.end <= until)


def asked_range(sync: Sync, partitions: Sequence[Partition], now: datetime) -> tuple[str, str]:
    """Return the first and the last key that the lake is asked for: the window, and what is open.

    The last day ends behind the clock, so that no partition of a far future hides the newest.
    """
    last = (now.astimezone(sync.zone) + timedelta(days=1)).date().isoformat()
    if sync.grain is Grain.HOUR:
        last += "T23"
    first = last
    if partitions:
        first = partitions[0].key
    return first, last


def bounds(partition: Partition, zone: ZoneInfo) -> Bounds:
    """Return a partition as plain timestamps of a side whose clocks are in that zone.

    A column is never converted, so its index stays of use.
    """
    return Bounds(plain(partition.begin, zone), plain(partition.end, zone))


def plain(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment as a plain timestamp of a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)
