"""Conversions between types, and the choices between values."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from oralite.functions.conversions import conversion_name
from oralite.model import SqlType
from oralite.values import decode_number
from tests.oralite.calling import call, clob, convert, date, double, raises

ALMOST_MIDNIGHT = datetime(2026, 2, 3, 23, 59, 59, 900000)


def test_a_number_becomes_text_and_text_a_number() -> None:
    assert call("TO_CHAR", Decimal("0.5")) == ".5"
    assert call("TO_NUMBER", " 1.50 ") == Decimal("1.5")


def test_text_that_is_no_number_is_ora_01722() -> None:
    with raises(1722):
        call("TO_NUMBER", "abc")


def test_to_char_takes_a_format_for_each_type() -> None:
    assert call("TO_CHAR", 1234, "9,999") == " 1,234"
    assert call("TO_CHAR", "1234", "9,999") == " 1,234"
    assert call("TO_CHAR", date(2026, 2, 3), "DD/MM") == "03/02"
    assert call("TO_CHAR", datetime(2026, 2, 3, 4, 5, 6, 7000), "SS.FF3") == "06.007"
    assert call("TO_CHAR", b"\x0a\xff") == "0AFF"
    assert call("TO_CHAR", timedelta(days=1, hours=-1)) == "+000000000 23:00:00.000000"
    assert call("TO_CHAR", double(1.5)) == "1.5000000000000000E+000"


def test_to_char_without_a_format_uses_the_sessions() -> None:
    assert call("TO_CHAR", date(2026, 2, 3, 4)) == "03-FEB-26"
    assert call("TO_CHAR", datetime(2026, 2, 3, 14)) == "03-FEB-26 02.00.00.000000 PM"


def test_text_is_read_as_a_date_of_todays_month_where_it_says_no_more() -> None:
    assert call("TO_DATE", "2026-02-03 04:05", "YYYY-MM-DD HH24:MI") == datetime(2026, 2, 3, 4, 5)
    assert call("TO_DATE", "04", "HH24") == datetime(2026, 7, 1, 4)
    assert call("TO_DATE", "03-FEB-26") == datetime(2026, 2, 3)
    assert call("TO_TIMESTAMP", "2026 12.5", "YYYY SS.FF") == datetime(2026, 7, 1, 0, 0, 12, 500000)


def test_a_timestamp_without_a_zone_gets_the_sessions() -> None:
    moment = call("TO_TIMESTAMP_TZ", "2026-01-02 03:00", "YYYY-MM-DD HH24:MI")
    assert moment.utcoffset() == timedelta(hours=2)


def test_a_timestamp_loses_its_fraction_as_a_date() -> None:
    assert call("LAST_DAY", ALMOST_MIDNIGHT) == datetime(2026, 2, 28, 23, 59, 59)


def test_types_that_do_not_meet_are_ora_00932() -> None:
    with raises(932):
        conversion_name(SqlType.NUMBER, SqlType.DATE)


def test_a_clob_beyond_4000_bytes_is_no_varchar2() -> None:
    assert call("TO_CHAR", clob("x" * 4000)) == "x" * 4000
    with raises(22835):
        call("TO_CHAR", clob("x" * 4001))


@given(
    st.floats(min_value=1e-100, max_value=1e100) | st.floats(min_value=-1e100, max_value=-1e-100)
)
def test_a_double_keeps_its_shortest_decimal_as_a_number(number: float) -> None:
    converted = convert(double(number), SqlType.NUMBER).value
    assert isinstance(converted, bytes)
    assert float(decode_number(converted)) == number


def test_null_is_replaced() -> None:
    assert call("NVL", None, 5) == 5
    assert call("NVL", "a", 5) == "a"
    assert call("NVL", None, None) is None
    assert call("NVL2", None, 1, 2) == 2
    assert call("NVL2", "x", 1, "2") == 1
    assert call("COALESCE", None, None, date(2026, 1, 1)) == datetime(2026, 1, 1)


def test_a_text_beside_a_number_is_converted_to_the_first_type() -> None:
    assert call("NVL", 5, "7") == 5
    assert call("NVL", "x", 7) == "x"
    with raises(1722):
        call("NVL", 5, "seven")


def test_decode_finds_null_and_takes_the_type_of_its_first_result() -> None:
    assert call("DECODE", None, 1, "one", None, "none", "other") == "none"
    assert call("DECODE", 2, 1, "one", 2, 22) == "22"
    assert call("DECODE", 3, 1, 10, 2, 20) is None
    assert call("DECODE", 3, 1, 10, 30) == 30


def test_greatest_and_least_compare_as_the_first_type() -> None:
    assert call("GREATEST", 9, "10", 8) == 10
    assert call("GREATEST", "9", 10) == "9"
    assert call("LEAST", -1, Decimal("-1.5")) == Decimal("-1.5")
    assert call("GREATEST", 1, None) is None
