"""Values made to fit a declared size."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.functions.fitting import cut_bytes, fit_number, fit_timestamp, pad_text
from oralite.moments import decode_datetime, encode_datetime, with_fraction
from oralite.values import decode_number, encode_number
from tests.oralite.calling import raises


@pytest.mark.parametrize(
    ("number", "precision", "scale", "fitted"),
    [
        ("123.456", 5, 2, "123.46"),
        ("-123.455", 5, 2, "-123.46"),
        ("12345", 5, 0, "12345"),
        ("-99999", 5, 0, "-99999"),
        ("1250", 3, -2, "1300"),
        ("0.00012", 2, 5, "0.00012"),
        ("9" * 38, 38, 0, "9" * 38),
    ],
)
def test_a_number_is_rounded_to_its_scale(
    number: str, precision: int, scale: int, fitted: str
) -> None:
    value = fit_number(encode_number(number), precision, scale)
    assert value is not None
    assert decode_number(value) == Decimal(fitted)


@pytest.mark.parametrize(
    ("number", "precision", "scale"),
    [
        ("100000", 5, 0),
        ("-100000", 5, 0),
        ("999.995", 5, 2),
        ("0.001", 2, 5),
        ("1" + "0" * 38, 38, 0),
    ],
)
def test_a_number_of_too_many_digits_is_ora_01438(number: str, precision: int, scale: int) -> None:
    with raises(1438):
        fit_number(encode_number(number), precision, scale)


@given(st.integers(-(10**12), 10**12), st.integers(1, 12))
def test_an_integer_fits_exactly_when_it_has_no_more_digits(number: int, precision: int) -> None:
    if abs(number) < 10**precision:
        assert fit_number(encode_number(number), precision, 0) == encode_number(number)
    else:
        with raises(1438):
            fit_number(encode_number(number), precision, 0)


def test_a_timestamp_is_rounded_to_its_digits() -> None:
    value = fit_timestamp(encode_datetime(datetime(2025, 12, 31, 23, 59, 59, 999500)), 3)
    assert value is not None
    assert decode_datetime(value) == datetime(2026, 1, 1)


def test_text_is_cut_and_padded() -> None:
    assert cut_bytes("éé" * 1000, 3) == "é"
    assert pad_text("ab", 4) == "ab  "


@pytest.mark.parametrize(
    ("nanoseconds", "digits", "fitted"),
    [
        (123_456_789, 9, 123_456_789),
        (123_456_789, 8, 123_456_790),
        (123_456_789, 7, 123_456_800),
        (123_456_789, 6, 123_457_000),
        (123_456_499, 6, 123_456_000),
        (123_456_789, 0, 0),
    ],
)
def test_nanoseconds_are_kept_as_far_as_the_digits_go(
    nanoseconds: int, digits: int, fitted: int
) -> None:
    second = encode_datetime(datetime(2025, 12, 31, 23, 59, 58))

    assert fit_timestamp(with_fraction(second, nanoseconds), digits) == with_fraction(
        second, fitted
    )


def test_rounding_nanoseconds_may_carry_into_the_next_year() -> None:
    value = with_fraction(encode_datetime(datetime(2025, 12, 31, 23, 59, 59)), 999_999_950)

    assert fit_timestamp(value, 7) == encode_datetime(datetime(2026, 1, 1))
    assert fit_timestamp(value, 8) == with_fraction(value, 999_999_950)
