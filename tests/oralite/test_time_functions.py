"""Functions of dates, timestamps and intervals."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.oralite.calling import call, date, raises

ALMOST_MIDNIGHT = datetime(2026, 2, 3, 23, 59, 59, 900000)


def test_months() -> None:
    assert call("ADD_MONTHS", date(2026, 1, 31), 1) == datetime(2026, 2, 28)
    assert call("ADD_MONTHS", date(2026, 2, 28, 5), 1) == datetime(2026, 3, 31, 5)
    assert call("ADD_MONTHS", date(2026, 1, 15), -1) == datetime(2025, 12, 15)
    assert call("LAST_DAY", date(2024, 2, 3)) == datetime(2024, 2, 29)
    assert call("MONTHS_BETWEEN", date(2026, 3, 31), date(2026, 2, 28)) == 1
    months = call("MONTHS_BETWEEN", date(1995, 2, 2), date(1995, 1, 1))
    assert round(months, 8) == Decimal("1.03225806")


def test_next_day() -> None:
    assert call("NEXT_DAY", date(2009, 10, 15), "TUESDAY") == datetime(2009, 10, 20)
    assert call("NEXT_DAY", date(2026, 2, 3), "tue") == datetime(2026, 2, 10)
    assert call("NEXT_DAY", date(2026, 2, 3), 1) == datetime(2026, 2, 8)
    with raises(1846):
        call("NEXT_DAY", date(2026, 2, 3), "TOMORROW")


@pytest.mark.parametrize(
    ("unit", "cut", "rounded"),
    [
        (None, (2026, 8, 19), (2026, 8, 20)),
        ("YEAR", (2026, 1, 1), (2027, 1, 1)),
        ("Q", (2026, 7, 1), (2026, 10, 1)),
        ("MM", (2026, 8, 1), (2026, 9, 1)),
        ("IW", (2026, 8, 17), (2026, 8, 17)),
        ("DAY", (2026, 8, 16), (2026, 8, 23)),
        ("HH24", (2026, 8, 19, 13), (2026, 8, 19, 14)),
        ("MI", (2026, 8, 19, 13, 45), (2026, 8, 19, 13, 46)),
        ("CC", (2001, 1, 1), (2001, 1, 1)),
    ],
)
def test_dates_are_cut_off_and_rounded(
    unit: str | None, cut: tuple[int, ...], rounded: tuple[int, ...]
) -> None:
    moment = date(2026, 8, 19, 13, 45, 30)
    units = [unit] if unit else []
    assert call("TRUNC", moment, *units) == datetime(*cut)  # type: ignore[arg-type]
    assert call("ROUND", moment, *units) == datetime(*rounded)  # type: ignore[arg-type]


def test_a_unit_that_is_none_is_refused() -> None:
    with raises(1898):
        call("TRUNC", date(2026, 1, 1), "FOO")


def test_parts_of_times() -> None:
    assert call("EXTRACT", "YEAR", date(2026, 2, 3)) == 2026
    assert call("EXTRACT", "SECOND", ALMOST_MIDNIGHT) == Decimal("59.9")
    assert call("EXTRACT", "HOUR", timedelta(hours=-25)) == -1
    assert call("EXTRACT", "DAY", timedelta(hours=-25)) == -1
    with raises(30076):
        call("EXTRACT", "HOUR", date(2026, 2, 3))


def test_parts_of_a_time_with_a_zone_are_those_of_utc() -> None:
    moment = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert call("EXTRACT", "HOUR", moment) == 23
    assert call("EXTRACT", "TIMEZONE_HOUR", moment) == 2


def test_zones() -> None:
    moment = call("FROM_TZ", datetime(2026, 7, 2, 13), "Asia/Jerusalem")
    assert call("SYS_EXTRACT_UTC", moment) == datetime(2026, 7, 2, 10)
    assert call("ORA$AT_ZONE", moment, "-05:00").replace(tzinfo=None) == datetime(2026, 7, 2, 5)
    assert call("SYS_EXTRACT_UTC", datetime(2026, 7, 2, 13)) == datetime(2026, 7, 2, 10)
    with raises(1882):
        call("FROM_TZ", datetime(2026, 7, 2), "Nowhere")


def test_intervals() -> None:
    assert call("NUMTODSINTERVAL", Decimal("1.5"), "minute") == timedelta(seconds=90)
    assert call("NUMTODSINTERVAL", -10, "SECOND") == timedelta(seconds=-10)
    assert call("TO_DSINTERVAL", "-1 02:03:04.5") == -timedelta(
        days=1, hours=2, minutes=3, seconds=4.5
    )
    assert call("TO_DSINTERVAL", "P1DT2H") == timedelta(days=1, hours=2)
    with raises(1867):
        call("TO_DSINTERVAL", "soon")
    with raises(1760):
        call("NUMTODSINTERVAL", 1, "FORTNIGHT")
