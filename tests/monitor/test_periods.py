"""Days and hours of a zone: their lengths, when they are settled, until when they are promised."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_monitor.measurements import Bounds
from sync_monitor.model import Grain, Promise
from sync_monitor.rules.periods import (
    bounds,
    day_partition,
    hour_partitions,
    is_settled,
    parse_promise,
    partition_named,
    promised_at,
    settled_until,
    strays,
    window,
)
from tests.monitor.building import EMPLOYEES, NOW, day, with_changes

JERUSALEM = ZoneInfo("Asia/Jerusalem")
HAVANA = ZoneInfo("America/Havana")
ZONES = [
    "Asia/Jerusalem",
    "America/Havana",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("name", "zone", "hours"),
    [
        ("2024-03-29", JERUSALEM, 23),
        ("2024-10-27", JERUSALEM, 25),
        ("2024-11-23", JERUSALEM, 24),
        ("2024-03-10", HAVANA, 23),
        ("2024-11-03", HAVANA, 25),
    ],
)
def test_a_day_has_as_many_hours_as_its_zone_gives_it(
    name: str, zone: ZoneInfo, hours: int
) -> None:
    found = day_partition(date.fromisoformat(name), zone)
    assert found.end - found.begin == timedelta(hours=hours)


def test_the_bounds_of_a_day_of_25_hours_are_plain_midnights_of_its_own_zone() -> None:
    found = day_partition(date(2026, 10, 25), JERUSALEM)
    assert bounds(found, JERUSALEM) == Bounds(datetime(2026, 10, 25), datetime(2026, 10, 26))
    assert bounds(found, ZoneInfo("UTC")) == Bounds(
        datetime(2026, 10, 24, 21), datetime(2026, 10, 25, 22)
    )


def test_an_hour_that_the_clocks_show_twice_is_one_partition() -> None:
    found = hour_partitions(date(2026, 10, 25), JERUSALEM)
    assert len(found) == 24
    lengths = {each.key: each.end - each.begin for each in found}
    assert lengths["2026-10-25T01"] == timedelta(hours=2)


def test_an_hour_that_the_clocks_leave_out_is_no_partition() -> None:
    keys = [each.key for each in hour_partitions(date(2026, 3, 27), JERUSALEM)]
    assert len(keys) == 23
    assert "2026-03-27T02" not in keys


@given(st.dates(date(1990, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_hours_fill_their_day_without_a_hole(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    whole = day_partition(day, zone)
    at = whole.begin
    for hour in hour_partitions(day, zone):
        assert hour.begin == at < hour.end
        at = hour.end
    assert at == whole.end
    assert whole.end == day_partition(day + timedelta(days=1), zone).begin


def test_a_partition_is_settled_some_hours_behind_its_end() -> None:
    assert settled_until(utc(2026, 11, 25, 1, 59), EMPLOYEES) == utc(2026, 11, 24)
    assert settled_until(utc(2026, 11, 25, 2), EMPLOYEES) == utc(2026, 11, 25)
    assert is_settled(day("2026-11-24"), NOW, EMPLOYEES)
    assert not is_settled(day("2026-11-25"), NOW, EMPLOYEES)


def test_the_settled_days_are_those_of_the_partitions_zone() -> None:
    sync = with_changes(zone=JERUSALEM)
    assert settled_until(utc(2026, 11, 24, 23, 59), sync) == utc(2026, 11, 23, 22)
    assert settled_until(utc(2026, 11, 25, 0), sync) == utc(2026, 11, 24, 22)


def test_a_day_is_promised_for_a_time_of_the_next_day_in_its_zone() -> None:
    assert promised_at(day("2026-11-24"), EMPLOYEES) == utc(2026, 11, 25, 6)
    sync = with_changes(zone=JERUSALEM)
    assert promised_at(day("2026-11-24", sync), sync) == utc(2026, 11, 25, 4)


def test_a_promise_before_the_partition_is_settled_waits_for_that() -> None:
    sync = with_changes(promise=Promise(after=timedelta(0)))
    assert promised_at(day("2026-11-24"), sync) == utc(2026, 11, 25, 2)


@pytest.mark.parametrize(
    ("text", "promise"),
    [
        ("06:00", Promise(at=time(6))),
        ("+90m", Promise(after=timedelta(minutes=90))),
        ("+2h", Promise(after=timedelta(hours=2))),
    ],
)
def test_a_promise_is_a_time_of_the_next_day_or_a_wait(text: str, promise: Promise) -> None:
    assert parse_promise(text) == promise


@pytest.mark.parametrize("text", ["24:00", "6:00", "+2", "soon", "", "-1h"])
def test_another_promise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="06:00"):
        parse_promise(text)


def test_the_window_has_as_many_settled_days() -> None:
    found = window(NOW, EMPLOYEES)
    assert (found[0].key, found[-1].key, len(found)) == ("2026-10-26", "2026-11-24", 30)


def test_the_window_of_hours_ends_with_the_newest_settled_hour() -> None:
    sync = with_changes(grain=Grain.HOUR, window_days=1)
    found = window(NOW, sync)
    assert (found[0].key, found[-1].key) == ("2026-11-24T00", "2026-11-25T06")


@pytest.mark.parametrize("zone", ZONES)
def test_a_partition_is_found_by_its_key(zone: str) -> None:
    for grain in Grain:
        sync = with_changes(zone=ZoneInfo(zone), grain=grain)
        for partition in window(NOW, with_changes(sync, window_days=2)):
            assert partition_named(partition.key, sync) == partition


@pytest.mark.parametrize("key", ["", "2026-13-01", "__HIVE_DEFAULT_PARTITION__", "2026-11-23T05"])
def test_a_key_of_no_partition_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="2026-11-23"):
        partition_named(key, EMPLOYEES)


def test_an_hour_that_was_left_out_has_no_key() -> None:
    sync = with_changes(zone=JERUSALEM, grain=Grain.HOUR)
    with pytest.raises(ValueError, match="Asia/Jerusalem"):
        partition_named("2026-03-27T02", sync)


def test_only_a_whole_day_or_hour_is_the_name_of_a_partition() -> None:
    keys = ("2026-11-23", "2026-11-23T05", "2026-11-23-late", "20261123", "2026-11-23T05:30", "")
    assert strays(keys, Grain.DAY) == list(keys[1:])
    assert strays(keys, Grain.HOUR) == [keys[0], *keys[2:]]
