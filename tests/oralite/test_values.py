"""The codecs between storage bytes and Python values."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.errors import OraError
from oralite.moments import (
    decode_datetime,
    decode_interval,
    decode_timestamp_tz,
    encode_datetime,
    encode_interval,
    encode_timestamp_tz,
)
from oralite.values import (
    decode_double,
    decode_number,
    encode_double,
    encode_number,
    number_text,
    parse_number,
)

EXACT = Context(prec=38, Emax=200, Emin=-200, rounding=ROUND_HALF_UP)

decimals = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.sampled_from((0, 1)),
    st.integers(0, 10**38 - 1),
    st.integers(-90, 85),
)
moments = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
intervals = st.timedeltas(min_value=timedelta(days=-99999), max_value=timedelta(days=99999))


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "80"),
        (1, "c102"),
        (Decimal("10.5"), "c10b33"),
        (-1, "3e6466"),
        (100, "c202"),
        (Decimal("0.01"), "c002"),
        (123456789, "c502182e445a"),
        (Decimal("-0.5"), "3f3366"),
        (Decimal("1E-130"), "8002"),
    ],
)
def test_numbers_have_the_bytes_that_oracle_gives_them(number: int | Decimal, encoded: str) -> None:
    assert encode_number(number).hex() == encoded


@given(decimals)
def test_a_number_of_38_digits_comes_back_exactly(number: Decimal) -> None:
    assert decode_number(encode_number(number)) == number


@given(st.integers(-(10**40) + 1, 10**40 - 1))
def test_an_integer_of_40_digits_comes_back_as_an_int(number: int) -> None:
    decoded = decode_number(encode_number(number))
    assert isinstance(decoded, int)
    assert decoded == number


@given(st.lists(decimals, min_size=2, max_size=8))
def test_the_bytes_of_numbers_sort_as_the_numbers_do(numbers: list[Decimal]) -> None:
    by_bytes = sorted(numbers, key=encode_number)
    assert by_bytes == sorted(numbers)


@given(st.integers(10**50, 10**60))
def test_digits_beyond_the_twentieth_pair_are_rounded_half_up(number: int) -> None:
    digits = len(str(number))
    kept = 40 if digits % 2 == 0 else 39
    expected = Context(prec=kept, rounding=ROUND_HALF_UP).create_decimal(number)
    assert decode_number(encode_number(number)) == expected


@given(decimals)
def test_equal_numbers_have_equal_bytes_however_they_are_written(number: Decimal) -> None:
    longer = EXACT.multiply(number, Decimal(1)).normalize(EXACT)
    assert encode_number(number) == encode_number(longer) == encode_number(str(number))


def test_rounding_may_carry_into_a_new_digit() -> None:
    assert decode_number(encode_number(10**50 - 1)) == 10**50


@pytest.mark.parametrize(
    "number", [10**126, -(10**126), Decimal("1E126"), 10**4000, Decimal("Infinity")]
)
def test_a_number_from_1e126_on_overflows(number: int | Decimal) -> None:
    with pytest.raises(OraError, match="ORA-01426"):
        encode_number(number)


def test_a_number_below_1e_130_is_zero() -> None:
    assert decode_number(encode_number(Decimal("1E-131"))) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" -1.50 ", Decimal("-1.5")),
        (".5", Decimal("0.5")),
        ("1e3", 1000),
        ("+7.", 7),
        ("00", 0),
    ],
)
def test_text_that_spells_a_number_is_converted(text: str, number: int | Decimal) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1,5", "1_0", "--1", "inf", "nan", "1e", "0x10", "٣", "1 2"]
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(OraError, match="ORA-01722"):
        parse_number(text)


@pytest.mark.parametrize("value", [b"", b"\xc1\x00", b"\xc1\xff", b"\x3e\x01\x66"])
def test_bytes_that_are_no_number_are_refused(value: bytes) -> None:
    with pytest.raises(OraError, match="ORA-01722"):
        decode_number(value)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("0.5", ".5"),
        ("-0.5", "-.5"),
        ("1.50", "1.5"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.001", ".001"),
        ("1e39", "1" + "0" * 39),
        ("1e40", "1." + "0" * 34 + "E+40"),
        ("-1e-41", "-1." + "0" * 34 + "E-41"),
        ("100", "100"),
    ],
)
def test_a_number_without_a_format_reads_as_in_oracle(number: str, text: str) -> None:
    assert number_text(encode_number(number)) == text


@given(decimals)
def test_the_text_of_a_number_up_to_40_digits_is_the_number(number: Decimal) -> None:
    text = number_text(encode_number(number))
    if "E" not in text:
        assert Decimal(text) == number


@given(moments)
def test_a_datetime_comes_back_with_its_fraction(moment: datetime) -> None:
    encoded = encode_datetime(moment)
    assert len(encoded) == (11 if moment.microsecond else 7)
    assert decode_datetime(encoded) == moment


@given(st.lists(moments, min_size=2, max_size=8))
def test_the_bytes_of_datetimes_sort_as_the_datetimes_do(times: list[datetime]) -> None:
    assert sorted(times, key=encode_datetime) == sorted(times)


@given(moments, offsets)
def test_a_timestamp_with_time_zone_keeps_moment_and_offset(
    moment: datetime, zone: timezone
) -> None:
    aware = moment.replace(tzinfo=zone)
    decoded = decode_timestamp_tz(encode_timestamp_tz(aware))
    assert decoded == aware
    assert decoded.utcoffset() == aware.utcoffset()


@given(moments, moments, offsets, offsets)
def test_timestamps_with_time_zone_sort_by_moment_first(
    one: datetime, other: datetime, zone: timezone, other_zone: timezone
) -> None:
    left, right = one.replace(tzinfo=zone), other.replace(tzinfo=other_zone)
    if left < right:
        assert encode_timestamp_tz(left) < encode_timestamp_tz(right)


@given(intervals)
def test_an_interval_comes_back_negative_ones_too(interval: timedelta) -> None:
    assert decode_interval(encode_interval(interval)) == interval


@given(intervals, intervals)
def test_the_bytes_of_intervals_sort_as_the_intervals_do(one: timedelta, other: timedelta) -> None:
    assert (encode_interval(one) < encode_interval(other)) == (one < other)


@given(st.floats(allow_nan=False))
def test_a_binary_double_comes_back(number: float) -> None:
    assert decode_double(encode_double(number)) == number


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_the_bytes_of_doubles_sort_as_the_doubles_do(one: float, other: float) -> None:
    assert (encode_double(one) < encode_double(other)) == (one < other)


@pytest.mark.parametrize("value", [b"", b"\x78\x7a", bytes(7)])
def test_bytes_that_are_no_date_are_refused(value: bytes) -> None:
    with pytest.raises(OraError, match="ORA-01841"):
        decode_datetime(value)
