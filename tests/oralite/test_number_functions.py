"""Functions of numbers, and the operators."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oralite.calling import apply, call, clob, date, double, raises

ALMOST_MIDNIGHT = datetime(2026, 2, 3, 23, 59, 59, 900000)


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("ROUND", ("15.193", 1), "15.2"),
        ("ROUND", ("15.193", -1), "20"),
        ("ROUND", ("-2.5",), "-3"),
        ("ROUND", ("2.5",), "3"),
        ("TRUNC", ("15.79", 1), "15.7"),
        ("TRUNC", ("15.79", -1), "10"),
        ("TRUNC", ("-15.79",), "-15"),
        (
            "ABS",
            ("-12345678901234567890123456789012345678",),
            "12345678901234567890123456789012345678",
        ),
        ("CEIL", ("-1.5",), "-1"),
        ("FLOOR", ("-1.5",), "-2"),
        ("SIGN", ("-15",), "-1"),
        ("MOD", ("11", "4"), "3"),
        ("MOD", ("-11", "4"), "-3"),
        ("MOD", ("11", "0"), "11"),
        ("MOD", ("10000000000000000000000000000000000001", "3"), "2"),
        ("REMAINDER", ("11", "4"), "-1"),
        ("REMAINDER", ("10", "4"), "2"),
        ("POWER", ("3", "2"), "9"),
        ("POWER", ("2", "-1"), "0.5"),
        ("POWER", ("0", "0"), "1"),
        ("SQRT", ("26",), "5.09901951359278483002822410902278198956"),
        ("LN", ("95",), "4.55387689160054083460978676511404117676"),
        ("LOG", ("10", "100"), "2"),
        ("LOG", ("2", "8"), "3"),
        ("EXP", ("4",), "54.59815003314423907811026120286087840279"),
        ("BITAND", ("6", "3"), "2"),
        ("WIDTH_BUCKET", ("5", "0", "10", "4"), "3"),
    ],
)
def test_functions_of_numbers(name: str, arguments: tuple[Any, ...], result: str) -> None:
    numbers = [
        Decimal(argument) if isinstance(argument, str) else argument for argument in arguments
    ]
    assert call(name, *numbers) == Decimal(result)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("SQRT", (-1,), 1428),
        ("LN", (0,), 1428),
        ("POWER", (10, 200), 1426),
        ("REMAINDER", (1, 0), 1476),
    ],
)
def test_numbers_out_of_range_are_refused(name: str, arguments: tuple[int, ...], code: int) -> None:
    with raises(code):
        call(name, *arguments)


def test_arithmetic_is_decimal_and_exact() -> None:
    assert apply(Decimal("0.1"), "+", Decimal("0.2")) == Decimal("0.3")
    assert apply(1, "/", 3) == Decimal("0." + "3" * 40)
    assert apply(10, "/", 3) == Decimal("3." + "3" * 38)
    assert apply("12345678901234567890", "*", 10**18) == 12345678901234567890 * 10**18
    assert apply(1, "-", None) is None


def test_division_by_zero_is_ora_01476() -> None:
    with raises(1476):
        apply(1, "/", 0)


@given(st.integers(-(10**37), 10**37), st.integers(-(10**37), 10**37))
def test_sums_and_differences_of_37_digits_are_exact(one: int, other: int) -> None:
    assert apply(one, "+", other) == one + other
    assert apply(one, "-", other) == one - other


def test_dates_and_numbers() -> None:
    assert apply(date(2026, 2, 28), "+", 1) == datetime(2026, 3, 1)
    assert apply(1, "+", date(2026, 2, 28)) == datetime(2026, 3, 1)
    assert apply(date(2026, 3, 1), "-", Decimal("0.5")) == datetime(2026, 2, 28, 12)
    assert apply(date(2026, 3, 1, 12), "-", date(2026, 2, 28)) == Decimal("1.5")
    assert apply(ALMOST_MIDNIGHT, "+", 1) == datetime(2026, 2, 4, 23, 59, 59)
    assert apply(date(2026, 1, 1), "+", apply(1, "/", 86400)) == datetime(2026, 1, 1, 0, 0, 1)


def test_timestamps_and_intervals() -> None:
    minute = timedelta(minutes=1)
    assert apply(ALMOST_MIDNIGHT, "+", minute) == ALMOST_MIDNIGHT + minute
    assert apply(minute, "+", ALMOST_MIDNIGHT) == ALMOST_MIDNIGHT + minute
    assert apply(date(2026, 1, 1), "-", minute) == datetime(2025, 12, 31, 23, 59)
    assert apply(ALMOST_MIDNIGHT, "-", date(2026, 2, 3)) == timedelta(
        hours=23, minutes=59, seconds=59.9
    )
    assert apply(minute, "*", Decimal("1.5")) == timedelta(seconds=90)
    assert apply(3, "*", minute) == timedelta(minutes=3)
    assert apply(minute, "/", 2) == timedelta(seconds=30)
    assert apply(minute, "-", timedelta(hours=1)) == timedelta(minutes=-59)


def test_timestamps_of_two_zones_differ_by_their_moments() -> None:
    jerusalem = timezone(timedelta(hours=2))
    difference = apply(
        datetime(2026, 1, 1, 2, tzinfo=jerusalem), "-", datetime(2026, 1, 1, tzinfo=timezone.utc)
    )
    assert difference == timedelta()


def test_a_timestamp_beside_one_with_a_zone_is_of_the_sessions_zone() -> None:
    difference = apply(datetime(2026, 7, 2, 13), "-", datetime(2026, 7, 2, 10, tzinfo=timezone.utc))
    assert difference == timedelta()


def test_what_cannot_be_reckoned_is_refused() -> None:
    with raises(975):
        apply(date(2026, 1, 1), "+", date(2026, 1, 1))
    with raises(30081):
        apply(date(2026, 1, 1), "*", 2)
    with raises(932):
        apply(clob("1"), "+", 2)
    with raises(1841):
        apply(date(9999, 12, 31), "+", 1)


def test_double_arithmetic_has_no_errors() -> None:
    assert apply(double(1.0), "/", 0) == float("inf")
    assert apply(double(1.5), "+", 1) == 2.5
