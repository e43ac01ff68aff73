"""Functions over storage values, called as the translator calls them: chosen by type, their arguments converted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.errors import OraError
from oralite.functions import AGGREGATES, FUNCTIONS, NLS_DEFAULTS, find_function
from oralite.functions.arithmetic import operator_name
from oralite.functions.conversions import conversion_name
from oralite.functions.fitting import cut_bytes, fit_number, fit_timestamp, pad_text
from oralite.functions.function import Function, decode, store
from oralite.functions.intervals import interval_literal
from oralite.model import SqlType, Value
from oralite.values import decode_datetime, decode_number, encode_datetime, encode_number

ALMOST_MIDNIGHT = datetime(2026, 2, 3, 23, 59, 59, 900000)
EMOJI = "a😀b"


@dataclass(frozen=True)
class Session:
    """A session in Jerusalem on a database in UTC, at 10:00 UTC."""

    now: datetime = datetime(2026, 7, 2, 10, 0, 0, 123456, tzinfo=timezone.utc)
    session_zone: str = "Asia/Jerusalem"
    database_zone: str = "+00:00"
    user: str = "RTBI"
    schema: str = "SOURCE"
    nls: dict[str, str] = field(default_factory=lambda: dict(NLS_DEFAULTS))
    environment: dict[str, str] = field(default_factory=lambda: {"SERVICE_NAME": "XE"})


@dataclass(frozen=True)
class Typed:
    type: SqlType | None
    value: Value


def date(*parts: int) -> Typed:
    return Typed(SqlType.DATE, encode_datetime(datetime(*parts)))


def clob(text: str) -> Typed:
    return Typed(SqlType.CLOB, text)


def double(number: float) -> Typed:
    return Typed(SqlType.BINARY_DOUBLE, store(number))


def typed(value: Any) -> Typed:
    if isinstance(value, Typed):
        return value
    if value is None:
        return Typed(None, None)
    if isinstance(value, datetime):
        return Typed(SqlType.TIMESTAMP_TZ if value.tzinfo else SqlType.TIMESTAMP, store(value))
    kinds = {str: SqlType.VARCHAR2, bytes: SqlType.RAW, timedelta: SqlType.INTERVAL_DS}
    return Typed(kinds.get(type(value), SqlType.NUMBER), store(value))


def run(function: Function, arguments: list[Typed]) -> Any:
    types = [argument.type for argument in arguments]
    values = [
        convert(argument, target).value
        for argument, target in zip(arguments, function.argument_types(types), strict=True)
    ]
    result = function.call(*([Session()] if function.needs_context else []), *values)
    return decode(result, function.return_type(types))


def convert(argument: Typed, target: SqlType | None) -> Typed:
    name = conversion_name(argument.type, target)
    if name is None:
        return argument
    function = FUNCTIONS[name]
    context = [Session()] if function.needs_context else []
    return Typed(target, function.call(*context, argument.value))


def call(name: str, *arguments: Any) -> Any:
    given = [typed(argument) for argument in arguments]
    function = find_function(name, [argument.type for argument in given])
    assert function is not None, name
    return run(function, given)


def apply(left: Any, symbol: str, right: Any) -> Any:
    operands = [typed(left), typed(right)]
    name, swapped = operator_name(symbol, [operand.type for operand in operands])
    return run(FUNCTIONS[name], operands[::-1] if swapped else operands)


def raises(code: int) -> Any:
    return pytest.raises(OraError, match=f"ORA-{code:05d}")


# --------------------------------------------------------------------------------------------------------- conversions


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


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100))
def test_a_double_keeps_its_shortest_decimal_as_a_number(number: float) -> None:
    converted = convert(double(number), SqlType.NUMBER).value
    assert isinstance(converted, bytes)
    assert float(decode_number(converted)) == pytest.approx(number, abs=1e-129)


# --------------------------------------------------------------------------------------------------------- NULL and choice


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


def test_nullif_compares_values() -> None:
    assert call("NULLIF", 1, "1") is None
    assert call("NULLIF", "a", "b") == "a"
    assert call("NULLIF", None, "b") is None


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


# -------------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("ABCDEFG", 3, 4), "CDEF"),
        (("ABCDEFG", -5, 4), "CDEF"),
        (("ABCDEFG", 0, 2), "AB"),
        (("ABCDEFG", 3), "CDEFG"),
        (("ABC", 4), None),
        (("ABC", -4), None),
        (("ABC", 1, 0), None),
        (("ABCDEFG", Decimal("3.9"), Decimal("4.9")), "CDEF"),
        ((EMOJI, 2, 1), "😀"),
        ((12345, 2, 3), "234"),
    ],
)
def test_substr(arguments: tuple[Any, ...], result: str | None) -> None:
    assert call("SUBSTR", *arguments) == result


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("CORPORATE FLOOR", "OR", 3, 2), 14),
        (("CORPORATE FLOOR", "OR", -3, 2), 2),
        (("CORPORATE FLOOR", "OR"), 2),
        (("ABC", "X"), 0),
        (("ABC", "C", -1), 3),
        (("ABC", "A", 0), 0),
        (("AAAA", "AA", 1, 3), 3),
    ],
)
def test_instr(arguments: tuple[Any, ...], result: int) -> None:
    assert call("INSTR", *arguments) == result


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("UPPER", ("straße",), "STRAßE"),
        ("LOWER", ("ŠALOM",), "šalom"),
        ("INITCAP", ("the soap, 1st o'clock",), "The Soap, 1st O'Clock"),
        ("LENGTH", (EMOJI,), 3),
        ("LENGTHB", (EMOJI,), 6),
        ("LENGTH", (13,), 2),
        ("LTRIM", ("<=====>BROWNING<=====>", "<>="), "BROWNING<=====>"),
        ("RTRIM", ("BROWNING: ./=./=", "/=."), "BROWNING: "),
        ("TRIM", ("  x  ",), "x"),
        ("TRIM", ("   ",), None),
        ("LPAD", ("Page 1", 15, "*."), "*.*.*.*.*Page 1"),
        ("LPAD", ("abc", 2), "ab"),
        ("LPAD", ("abc", 0), None),
        ("RPAD", ("abc", 5), "abc  "),
        ("REPLACE", ("JACK and JUE", "J", "BL"), "BLACK and BLUE"),
        ("REPLACE", ("aba", "a"), "b"),
        ("REPLACE", ("aba", None, "x"), "aba"),
        ("TRANSLATE", ("SQL*Plus User's Guide", " */'", "___"), "SQL_Plus_Users_Guide"),
        ("TRANSLATE", ("abc", "abc", None), None),
        ("CONCAT", ("a", None), "a"),
        ("CONCAT", (1, "b"), "1b"),
        ("ASCII", ("A",), 65),
        ("ASCII", ("é",), 50089),
        ("CHR", (50089,), "é"),
        ("CHR", (10,), "\n"),
        ("UNISTR", (r"abc\00e5\D83D\DE00\\",), "abcå😀\\"),
        ("ASCIISTR", ("å😀",), r"\00E5\D83D\DE00"),
        ("REVERSE", ("abc",), "cba"),
        ("SUBSTRB", ("éa", 1, 2), "é"),
        ("SUBSTRB", ("éa", 2, 2), " a"),
    ],
)
def test_functions_of_text(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    assert call(name, *arguments) == result


def test_a_text_of_null_is_null() -> None:
    assert [call(name, None) for name in ("UPPER", "LENGTH", "TRIM", "ASCII")] == [None] * 4


def test_varchar2_ends_at_4000_bytes() -> None:
    assert len(call("RPAD", "א", 5000, "א").encode()) == 4000
    with raises(1489):
        call("CONCAT", "x" * 4000, "y")


def test_a_clob_may_be_longer() -> None:
    assert call("CONCAT", clob("x" * 4000), "y") == "x" * 4000 + "y"


def test_a_clob_is_counted_in_utf_16_units() -> None:
    assert call("LENGTH", clob(EMOJI)) == 4
    assert call("DBMS_LOB.GETLENGTH", clob(EMOJI)) == 4
    assert call("DBMS_LOB.GETLENGTH", clob("")) == 0
    assert call("DBMS_LOB.SUBSTR", clob(EMOJI), 3, 2) == "😀b"
    assert call("DBMS_LOB.INSTR", clob(EMOJI), "b") == 4
    assert call("SUBSTR", clob(EMOJI), 2, 2) == "😀"


def test_dbms_lob_works_on_blobs_too() -> None:
    blob = Typed(SqlType.BLOB, b"\x01\x02\x03")
    assert call("DBMS_LOB.GETLENGTH", blob) == 3
    assert call("DBMS_LOB.SUBSTR", blob, 2, 2) == b"\x02\x03"
    assert call("DBMS_LOB.INSTR", blob, b"\x03") == 3


def test_more_of_a_lob_than_a_varchar2_holds_is_ora_06502() -> None:
    with raises(6502):
        call("DBMS_LOB.SUBSTR", clob("x" * 5000), 4001, 1)


# ------------------------------------------------------------------------------------------------ regular expressions


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("REGEXP_LIKE", ("Steven", "^Ste(v|ph)en$"), True),
        ("REGEXP_LIKE", ("STEVEN", "steven"), False),
        ("REGEXP_LIKE", ("STEVEN", "steven", "i"), True),
        ("REGEXP_LIKE", ("a\nb", "a.b"), False),
        ("REGEXP_LIKE", ("a\nb", "a.b", "n"), True),
        ("REGEXP_LIKE", ("a\nb", "a$", "m"), True),
        ("REGEXP_LIKE", ("a\n", "a$"), False),
        ("REGEXP_LIKE", ("שלום", "^[[:alpha:]]+$"), True),
        ("REGEXP_LIKE", ("a1", "^[[:alpha:]]+$"), False),
        ("REGEXP_LIKE", ("a_1", "^[[:alnum:]_]+$"), True),
        ("REGEXP_LIKE", ("-", "^[^[:alnum:]]$"), True),
        ("REGEXP_LIKE", ("\\", r"^[\w]$"), True),
        ("REGEXP_LIKE", ("]", "^[]a]$"), True),
        ("REGEXP_LIKE", ("555.123.4567", r"^\d{3}\.\d{3}\.\d{4}$"), True),
        ("REGEXP_SUBSTR", ("500 Oracle Parkway, Redwood Shores, CA", ",[^,]+,"), ", Redwood Shores,"),
        ("REGEXP_SUBSTR", ("a1b22c333", "[[:digit:]]+", 1, 2), "22"),
        ("REGEXP_SUBSTR", ("1234567890", "(123)(4(56)(78))", 1, 1, "i", 4), "78"),
        ("REGEXP_SUBSTR", ("abc", "x"), None),
        ("REGEXP_REPLACE", ("500   Oracle     Parkway", "( ){2,}", " "), "500 Oracle Parkway"),
        ("REGEXP_REPLACE", ("5551234567", r"(\d{3})(\d{3})(\d{4})", r"(\1) \2-\3"), "(555) 123-4567"),
        ("REGEXP_REPLACE", ("aaa", "a", "b", 1, 2), "aba"),
        ("REGEXP_REPLACE", ("abc", "b"), "ac"),
        ("REGEXP_REPLACE", (None, "b", "c"), None),
        ("REGEXP_INSTR", ("500 Oracle Parkway, Redwood Shores, CA", "[^ ]+", 1, 6), 37),
        ("REGEXP_INSTR", ("abc", "b", 1, 1, 1), 3),
        ("REGEXP_COUNT", ("123123123123", "123", 4), 3),
    ],
)
def test_regular_expressions(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    assert call(name, *arguments) == result


@pytest.mark.parametrize(
    ("pattern", "code"), [("(a", 12725), ("[a", 12726), ("[z-a]", 12728), ("[[:nope:]]", 12729), (r"a\1", 12727)]
)
def test_a_pattern_that_is_none_gets_its_own_error(pattern: str, code: int) -> None:
    with raises(code):
        call("REGEXP_LIKE", "abc", pattern)


# ------------------------------------------------------------------------------------------------------------ numbers


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
        ("ABS", ("-12345678901234567890123456789012345678",), "12345678901234567890123456789012345678"),
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
    numbers = [Decimal(argument) if isinstance(argument, str) else argument for argument in arguments]
    assert call(name, *numbers) == Decimal(result)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [("SQRT", (-1,), 1428), ("LN", (0,), 1428), ("POWER", (10, 200), 1426), ("REMAINDER", (1, 0), 1476)],
)
def test_numbers_out_of_range_are_refused(name: str, arguments: tuple[int, ...], code: int) -> None:
    with raises(code):
        call(name, *arguments)


# ---------------------------------------------------------------------------------------------------------- operators


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
    assert apply(ALMOST_MIDNIGHT, "-", date(2026, 2, 3)) == timedelta(hours=23, minutes=59, seconds=59.9)
    assert apply(minute, "*", Decimal("1.5")) == timedelta(seconds=90)
    assert apply(3, "*", minute) == timedelta(minutes=3)
    assert apply(minute, "/", 2) == timedelta(seconds=30)
    assert apply(minute, "-", timedelta(hours=1)) == timedelta(minutes=-59)


def test_timestamps_of_two_zones_differ_by_their_moments() -> None:
    jerusalem = timezone(timedelta(hours=2))
    difference = apply(datetime(2026, 1, 1, 2, tzinfo=jerusalem), "-", datetime(2026, 1, 1, tzinfo=timezone.utc))
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


# -------------------------------------------------------------------------------------------------------------- times


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
def test_dates_are_cut_off_and_rounded(unit: str | None, cut: tuple[int, ...], rounded: tuple[int, ...]) -> None:
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
    assert call("TO_DSINTERVAL", "-1 02:03:04.5") == -timedelta(days=1, hours=2, minutes=3, seconds=4.5)
    assert call("TO_DSINTERVAL", "P1DT2H") == timedelta(days=1, hours=2)
    with raises(1867):
        call("TO_DSINTERVAL", "soon")
    with raises(1760):
        call("NUMTODSINTERVAL", 1, "FORTNIGHT")


@pytest.mark.parametrize(
    ("text", "units", "interval"),
    [
        ("5", ("MINUTE",), timedelta(minutes=5)),
        ("-1.5", ("SECOND",), timedelta(seconds=-1.5)),
        ("1 12", ("DAY", "HOUR"), timedelta(hours=36)),
        ("4 5:12:10.222", ("DAY", "SECOND"), timedelta(days=4, hours=5, minutes=12, seconds=10.222)),
        ("400", ("DAY",), timedelta(days=400)),
    ],
)
def test_interval_literals(text: str, units: tuple[str, ...], interval: timedelta) -> None:
    assert interval_literal(text, *units) == interval


# ----------------------------------------------------------------------------------------------------- session and bytes


def test_the_clocks_of_session_and_database() -> None:
    assert call("SYSDATE") == datetime(2026, 7, 2, 10)
    assert call("SYSTIMESTAMP") == datetime(2026, 7, 2, 10, 0, 0, 123456, tzinfo=timezone.utc)
    assert call("SYSTIMESTAMP", 3).microsecond == 123000
    assert call("LOCALTIMESTAMP") == datetime(2026, 7, 2, 13, 0, 0, 123456)
    assert call("CURRENT_DATE") == datetime(2026, 7, 2, 13)
    assert call("CURRENT_TIMESTAMP").utcoffset() == timedelta(hours=3)
    assert call("SESSIONTIMEZONE") == "Asia/Jerusalem"


def test_the_environment_of_the_session() -> None:
    assert call("SYS_CONTEXT", "USERENV", "current_schema") == "SOURCE"
    assert call("SYS_CONTEXT", "USERENV", "SERVICE_NAME") == "XE"
    assert call("SYS_CONTEXT", "OTHER", "X") is None
    assert call("USER") == "RTBI"
    with raises(2003):
        call("SYS_CONTEXT", "USERENV", "SHOE_SIZE")


def test_raw_bytes() -> None:
    assert call("RAWTOHEX", b"\x0a\xff") == "0AFF"
    assert call("HEXTORAW", "aff") == b"\x0a\xff"
    assert call("UTL_RAW.CAST_TO_RAW", "é") == b"\xc3\xa9"
    assert call("UTL_RAW.CAST_TO_VARCHAR2", b"\xc3\xa9") == "é"
    assert call("STANDARD_HASH", "abc", "MD5").hex() == "900150983cd24fb0d6963f7d28e17f72"
    assert 0 <= call("ORA_HASH", "abc", 9) <= 9
    with raises(1465):
        call("HEXTORAW", "xyz")


def test_guids_are_16_bytes_and_never_the_same() -> None:
    one, other = call("SYS_GUID"), call("SYS_GUID")
    assert len(one) == 16
    assert one != other


# -------------------------------------------------------------------------------------------------------- declared sizes


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
def test_a_number_is_rounded_to_its_scale(number: str, precision: int, scale: int, fitted: str) -> None:
    value = fit_number(encode_number(number), precision, scale)
    assert value is not None
    assert decode_number(value) == Decimal(fitted)


@pytest.mark.parametrize(
    ("number", "precision", "scale"),
    [("100000", 5, 0), ("-100000", 5, 0), ("999.995", 5, 2), ("0.001", 2, 5), ("1" + "0" * 38, 38, 0)],
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


# ---------------------------------------------------------------------------------------------------------- aggregates


def aggregate(name: str, *values: Any) -> Any:
    found = AGGREGATES[name]
    state = found.factory()
    for value in values:
        state.step(*[store(part) for part in (value if isinstance(value, tuple) else (value,))])
    return decode(state.final(), found.returns)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("SUM", "10"),
        ("AVG", "2.5"),
        ("MEDIAN", "2.5"),
        ("VAR_POP", "1.25"),
        ("VARIANCE", "1.66666666666666666666666666666666666667"),
        ("STDDEV_POP", "1.11803398874989484820458683436563811772"),
    ],
)
def test_aggregates_pass_over_null(name: str, result: str) -> None:
    assert aggregate(name, 1, None, 2, 3, 4) == Decimal(result)


def test_aggregates_of_nothing_are_null() -> None:
    assert [aggregate(name, None) for name in AGGREGATES] == [None] * len(AGGREGATES)


def test_a_single_row_has_no_spread() -> None:
    assert aggregate("VARIANCE", 5) == 0
    assert aggregate("STDDEV", 5) == 0
    assert aggregate("VAR_SAMP", 5) is None


def test_listagg_joins_in_order() -> None:
    assert aggregate("LISTAGG", ("b", ", "), (None, ", "), ("a", ", ")) == "b, a"
    assert aggregate("LISTAGG", "b", "a") == "ba"
    assert aggregate("ORA$LISTAGG_DISTINCT", ("b", ","), ("a", ","), ("b", ",")) == "b,a"
    with raises(1489):
        aggregate("LISTAGG", "x" * 4000, "y")


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9)))
def test_a_row_that_leaves_the_window_is_as_if_it_had_never_come(numbers: list[Decimal]) -> None:
    for name in ("SUM", "AVG", "MEDIAN", "VAR_POP"):
        moving, fixed = AGGREGATES[name].factory(), AGGREGATES[name].factory()
        moving.step(encode_number(7))
        for number in numbers:
            moving.step(encode_number(number))
            fixed.step(encode_number(number))
        moving.inverse(encode_number(7))
        assert moving.value() == fixed.value()
