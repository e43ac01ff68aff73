"""Format models: dates and numbers written and read as Oracle's documentation shows."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.errors import OraError
from oralite.formats.elements import DATE_LACKS, TIMESTAMP_LACKS
from oralite.formats.numbers import read_number, write_number
from oralite.formats.reading import read_datetime
from oralite.formats.writing import write_datetime
from oralite.zones import find_zone, localize

MOMENT = datetime(2026, 2, 3, 14, 5, 6, 789000)
TODAY = datetime(2026, 11, 20, 18, 0)
FULL = "YYYY-MM-DD HH24:MI:SS.FF6"


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("YYYY-MM-DD HH24:MI:SS.FF3", "2026-02-03 14:05:06.789"),
        ("FF FF1 FF9", "789000 7 789000000"),
        ("DD-MON-RR HH.MI.SSXFF AM", "03-FEB-26 02.05.06.789000 PM"),
        ("fmDay, Month DDth, YYYY", "Tuesday, February 3RD, 2026"),
        ("DAY|MONTH|Mon|dy", "TUESDAY  |FEBRUARY |Feb|tue"),
        ('YYYY-MM-DD"T"HH24:MI', "2026-02-03T14:05"),
        ("FMDD/MM/YYYY HH12:MI a.m.", "3/2/2026 2:5 p.m."),
        ("J Q WW IW IYYY DDD D W CC", "2461075 1 05 06 2026 034 3 1 21"),
        ("SSSSS", "50706"),
        ("Y,YYY YYY YY Y RM", "2,026 026 26 6 II  "),
        ("TZH:TZM TZR", "+00:00 +00:00"),
    ],
)
def test_a_moment_is_written_by_its_format(model: str, text: str) -> None:
    assert write_datetime(MOMENT, model) == text


def test_an_aware_moment_shows_its_offset() -> None:
    aware = MOMENT.replace(tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert write_datetime(aware, "TZH:TZM TZR") == "-03:30 -03:30"


@pytest.mark.parametrize("model", ["YYYY-MM-DDTHH24", "ABC", "YYYY-MM-DD 99"])
def test_what_is_no_date_format_is_refused(model: str) -> None:
    with pytest.raises(OraError, match="ORA-01821"):
        write_datetime(MOMENT, model)


def test_a_date_has_no_fraction_to_write() -> None:
    with pytest.raises(OraError, match="ORA-01821"):
        write_datetime(MOMENT, "SS.FF3", DATE_LACKS)


def test_a_timestamp_without_a_zone_has_none_to_read() -> None:
    with pytest.raises(OraError, match="ORA-01821"):
        read_datetime("2026 +02:00", "YYYY TZH:TZM", TODAY, TIMESTAMP_LACKS)


def test_an_element_that_is_not_built_is_refused_by_name() -> None:
    with pytest.raises(OraError, match=r"ORA-03001.*YEAR"):
        write_datetime(MOMENT, "YEAR")


@pytest.mark.parametrize(
    ("text", "model", "moment"),
    [
        ("2026-01-02 03:04:05", "YYYY-MM-DD HH24:MI:SS", datetime(2026, 1, 2, 3, 4, 5)),
        ("2026-01-02", "YYYY-MM-DD HH24:MI:SS", datetime(2026, 1, 2)),
        ("2026/01.02 03:04", "YYYY-MM-DD HH24:MI", datetime(2026, 1, 2, 3, 4)),
        ("20260102", "YYYY-MM-DD", datetime(2026, 1, 2)),
        ("  2026-1-2  ", "YYYY-MM-DD", datetime(2026, 1, 2)),
        ("02-JAN-26", "DD-MON-RR", datetime(2026, 1, 2)),
        ("02-JAN-99", "DD-MON-RR", datetime(1999, 1, 2)),
        ("02-JAN-99", "DD-MON-YY", datetime(2099, 1, 2)),
        ("02-jan-2026", "DD-MON-RR", datetime(2026, 1, 2)),
        ("02-January-2026", "DD-MON-YYYY", datetime(2026, 1, 2)),
        ("02-JAN-26", "DD-MM-RR", datetime(2026, 1, 2)),
        (
            "02-JAN-26 03.04.05.123456 PM",
            "DD-MON-RR HH.MI.SSXFF AM",
            datetime(2026, 1, 2, 15, 4, 5, 123456),
        ),
        ("12:30 a.m.", "HH:MI AM", datetime(2026, 11, 1, 0, 30)),
        (
            "2026-01-02T03:04:05.5",
            'YYYY-MM-DD"T"HH24:MI:SS.FF',
            datetime(2026, 1, 2, 3, 4, 5, 500000),
        ),
        ("05.123456789", "SS.FF9", datetime(2026, 11, 1, 0, 0, 5, 123456)),
        ("2026 034", "YYYY DDD", datetime(2026, 2, 3)),
        ("2461075", "J", datetime(2026, 2, 3)),
        ("2026-02-03 50706", "YYYY-MM-DD SSSSS", datetime(2026, 2, 3, 14, 5, 6)),
        ("Tuesday 03-02-2026", "DAY DD-MM-YYYY", datetime(2026, 2, 3)),
    ],
)
def test_text_is_read_by_its_format(text: str, model: str, moment: datetime) -> None:
    assert read_datetime(text, model, TODAY) == moment


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("+02:00", timezone(timedelta(hours=2))),
        ("-03:30", timezone(-timedelta(hours=3, minutes=30))),
    ],
)
def test_a_zone_is_read_as_offset(text: str, zone: timezone) -> None:
    moment = read_datetime(f"2026-01-02 {text}", "YYYY-MM-DD TZH:TZM", TODAY)
    assert moment == datetime(2026, 1, 2, tzinfo=zone)


def test_a_zone_is_read_as_region() -> None:
    moment = read_datetime("2026-07-02 asia/jerusalem", "YYYY-MM-DD TZR", TODAY)
    assert moment.utcoffset() == timedelta(hours=3)


@pytest.mark.parametrize(
    ("text", "model", "code"),
    [
        ("2026-13-01", "YYYY-MM-DD", 1843),
        ("02-FOO-26", "DD-MON-RR", 1843),
        ("2026-02-30", "YYYY-MM-DD", 1839),
        ("2026-02-32", "YYYY-MM-DD", 1847),
        ("2026", "YYYY-MM-DD", 1840),
        ("2026-01-02 03:04", "YYYY-MM-DD", 1830),
        ("2026-01-02 24:00", "YYYY-MM-DD HH24:MI", 1850),
        ("13:00 PM", "HH:MI AM", 1849),
        ("03:60", "HH24:MI", 1851),
        ("03:04:60", "HH24:MI:SS", 1852),
        ("abcd-01-02", "YYYY-MM-DD", 1858),
        ("2026-01-02X03", 'YYYY-MM-DD"T"HH24', 1861),
        ("03:04 XM", "HH:MI AM", 1855),
        ("2026 366", "YYYY DDD", 1848),
        ("Monday 03-02-2026", "DAY DD-MM-YYYY", 1835),
        ("2026-1-02", "FXYYYY-MM-DD", 1862),
        ("2026/01/02", "FXYYYY-MM-DD", 1861),
        ("2026 5", "YYYY WW", 1820),
        ("2026 2026", "YYYY YYYY", 1810),
        ("03:04 PM", "HH24:MI PM", 1818),
        ("2026-01-02 +15:00", "YYYY-MM-DD TZH:TZM", 1874),
        ("2026-01-02 Nowhere/Land", "YYYY-MM-DD TZR", 1882),
        ("0000-01-02", "YYYY-MM-DD", 1841),
    ],
)
def test_text_that_does_not_fit_its_format_gets_its_own_error(
    text: str, model: str, code: int
) -> None:
    with pytest.raises(OraError, match=f"ORA-{code:05d}"):
        read_datetime(text, model, TODAY)


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 31)))
def test_what_was_written_in_full_is_read_back(moment: datetime) -> None:
    assert read_datetime(write_datetime(moment, FULL), FULL, TODAY) == moment


def test_a_moment_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(OraError, match="ORA-01878"):
        localize(datetime(2026, 3, 27, 2, 30), find_zone("Asia/Jerusalem"))


def test_a_moment_that_comes_twice_is_standard_time() -> None:
    assert localize(
        datetime(2026, 10, 25, 1, 30), find_zone("Asia/Jerusalem")
    ).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("number", "model", "text"),
    [
        ("0", "99", "  0"),
        ("0.5", "99.9", "   .5"),
        ("0.5", "90.9", "  0.5"),
        ("0", "FM999.99", "0."),
        ("0.5", "FM999.99", ".5"),
        ("5", "FM99.00", "5.00"),
        ("1234", "9,999", " 1,234"),
        ("12", "9,999", "    12"),
        ("1234", "0,009,999", " 0,001,234"),
        ("-1234", "$9,999", "-$1,234"),
        ("12", "S9999", "  +12"),
        ("-12", "9999S", "  12-"),
        ("-12", "999MI", " 12-"),
        ("12", "999MI", " 12 "),
        ("-12", "999PR", " <12>"),
        ("123.456", "9.9EEEE", " 1.2E+02"),
        ("0", "9.9EEEE", " 0.0E+00"),
        ("0.000995", "9.9EEEE", " 1.0E-03"),
        ("255", "XX", " FF"),
        ("255", "FM00xx", "00ff"),
        ("256", "XX", "###"),
        ("12345", "999", "####"),
        ("12.345", "999V99", "  1235"),
        ("1234567.891", "FM999G999G990D00", "1,234,567.89"),
        ("5", "00009", " 00005"),
        ("-0.4", "99", " -0"),
        ("2.5", "9", " 3"),
        ("0", "B99", "   "),
        ("0.1", "TM9", ".1"),
        (
            "12345678901234567890123456789012345678",
            "FM" + "9" * 38,
            "12345678901234567890123456789012345678",
        ),
    ],
)
def test_a_number_is_written_by_its_format(number: str, model: str, text: str) -> None:
    assert write_number(Decimal(number), model) == text


@pytest.mark.parametrize("model", ["9A", "9.9.9", "", "SMI9", "9.9,9"])
def test_what_is_no_number_format_is_refused(model: str) -> None:
    with pytest.raises(OraError, match="ORA-01481"):
        write_number(1, model or "?")


@pytest.mark.parametrize(
    ("text", "model", "number"),
    [
        ("1,234.50", "9,999.99", "1234.5"),
        ("-$1,234", "$9,999", "-1234"),
        ("12-", "99MI", "-12"),
        ("<12>", "99PR", "-12"),
        ("FF", "XX", "255"),
        ("  7 ", "999", "7"),
    ],
)
def test_a_number_is_read_by_its_format(text: str, model: str, number: str) -> None:
    assert read_number(text, model) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "model"), [("1234", "999"), ("1.25", "9.9"), ("abc", "999"), ("G", "X"), ("", "9")]
)
def test_a_number_that_does_not_fit_its_format_is_refused(text: str, model: str) -> None:
    with pytest.raises(OraError, match="ORA-01722"):
        read_number(text, model)
