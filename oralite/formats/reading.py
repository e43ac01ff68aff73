"""TO_DATE and TO_TIMESTAMP: text read by a format model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from oralite.errors import OraError
from oralite.formats.elements import (
    DAYS,
    LITERAL,
    MONTHS,
    PUNCTUATION,
    ROMAN_MONTHS,
    Element,
    parse_format,
)
from oralite.formats.moment import Fields, build_moment

_DIGITS = re.compile(r"\d+", re.ASCII)
_ZONE = re.compile(r"[+-]?\d{1,2}:\d{2}|[A-Za-z][A-Za-z0-9_+\-/]*", re.ASCII)
_SIGNED = re.compile(r"([+-]?)(\d{1,2})", re.ASCII)

#: What must be written when the text ends before the format does: the parts of the date; a time may
#: be left out.
_NEEDED = frozenset(
    (
        *("YYYY", "SYYYY", "RRRR", "YYY", "YY", "RR", "Y", "Y,YYY"),
        *("MM", "MON", "MONTH", "RM", "DD", "DDD", "J"),
    )
)


def read_datetime(
    text: str, format_text: str, today: datetime, lacks: tuple[str, ...] = ()
) -> datetime:
    """Return the moment that text spells, aware when the format has a zone.

    Parts that the format lacks are those of today: its year and month, the first day, midnight.
    """
    return read_exactly(text, format_text, today, lacks)[0]


def read_exactly(
    text: str, format_text: str, today: datetime, lacks: tuple[str, ...] = ()
) -> tuple[datetime, int]:
    """Return the moment that text spells, and the nanoseconds of its second."""
    cursor = _Cursor(text)
    fields = Fields()
    elements = parse_format(format_text, lacks)
    _refuse_repetition(elements)
    cursor.skip_blanks()
    for position, element in enumerate(elements):
        if cursor.at_end():
            _refuse_missing(elements[position:])
            break
        _read_element(cursor, element, fields, today)
    cursor.skip_blanks()
    if not cursor.at_end():
        raise OraError(1830, "date format picture ends before converting entire input string")
    return build_moment(fields, today), fields.nanosecond


def _refuse_repetition(elements: tuple[Element, ...]) -> None:
    names = []
    for element in elements:
        if element.name not in (LITERAL, PUNCTUATION):
            names.append(element.name)
    if len(set(names)) < len(names):
        raise OraError(1810, "format code appears twice")
    if {"HH24", "AM"} <= set(names) or {"HH24", "PM"} <= set(names):
        raise OraError(1818, "'HH24' precludes use of meridian indicator")


def _refuse_missing(rest: tuple[Element, ...]) -> None:
    for element in rest:
        if element.name in _NEEDED:
            raise OraError(1840, "input value not long enough for date format")


#: How many years the digits of an element can count.
_YEAR_SPANS = {"YYY": 1000, "YY": 100, "Y": 10}


class _Cursor:
    """A place in the text, moved on by what is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def skip_blanks(self) -> None:
        while not self.at_end() and self.text[self.position].isspace():
            self.position += 1

    def skip(self, literal: str) -> bool:
        if self.text[self.position : self.position + len(literal)].upper() != literal.upper():
            return False
        self.position += len(literal)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def digits(self, width: int, exact: bool) -> str:
        """Read at least one digit, at most width. With FX it is exactly that number of digits."""
        match = _DIGITS.match(self.text, self.position)
        if match is None:
            raise OraError(1858, "a non-numeric character was found where a numeric was expected")
        digits = match[0][:width]
        if exact and len(digits) != width:
            raise OraError(1862, "the numeric value does not match the length of the format item")
        self.position += len(digits)
        return digits

    def name(self, names: tuple[str, ...]) -> int | None:
        """Return the place of the name that stands here, whole or by its first three letters."""
        for place, name in enumerate(names):
            if self.skip(name) or self.skip(name[:3]):
                return place
        return None


def _read_element(cursor: _Cursor, element: Element, fields: Fields, today: datetime) -> None:
    if element.name == LITERAL:
        if not cursor.skip(element.written):
            raise OraError(1861, "literal does not match format string")
    elif element.name == PUNCTUATION:
        _read_punctuation(cursor, element)
    else:
        if not element.exact:
            cursor.skip_blanks()
        reader = _READERS.get(element.name)
        if reader is None:
            raise OraError(1820, "format code cannot appear in date input format")
        reader(cursor, element, fields, today)


def _read_punctuation(cursor: _Cursor, element: Element) -> None:
    """Take any punctuation for any other.

    It may be left out where digits follow, and FX wants it as written.
    """
    character = cursor.text[cursor.position]
    if element.exact:
        if not cursor.skip(element.written):
            raise OraError(1861, "literal does not match format string")
    elif element.written.isspace():
        cursor.skip_blanks()
    elif not character.isalnum():
        cursor.position += 1
    elif not character.isdigit():
        raise OraError(1861, "literal does not match format string")


def _read_year(cursor: _Cursor, element: Element, fields: Fields, today: datetime) -> None:
    if element.name == "Y,YYY":
        thousands = cursor.digits(1, element.exact)
        cursor.skip(",")
        fields.year = int(thousands + cursor.digits(3, element.exact))
        return
    name = element.name.removeprefix("S")
    if name in ("YY", "RR") and _digits_ahead(cursor) == 4:
        width = 4
    else:
        width = len(name)
    digits = cursor.digits(width, element.exact)
    fields.year = _full_year(name, digits, today.year)


def _digits_ahead(cursor: _Cursor) -> int:
    match = _DIGITS.match(cursor.text, cursor.position)
    if match:
        return len(match[0])
    return 0


def _full_year(name: str, digits: str, current: int) -> int:
    year = int(digits)
    if name == "YYYY" or (len(digits) > 2 and name in ("YY", "RR", "RRRR")):
        return year
    if name in ("RR", "RRRR"):
        century = current // 100 + (current % 100 >= 50) - (year >= 50)
        return century * 100 + year
    return current - current % _YEAR_SPANS[name] + year


def _read_month(cursor: _Cursor, element: Element, fields: Fields, _today: datetime) -> None:
    if element.name == "MM" and _digits_ahead(cursor):
        fields.month = _within(cursor.digits(2, element.exact), 1, 12, 1843, "not a valid month")
        return
    place = cursor.name(MONTHS)
    if place is None:
        raise OraError(1843, "not a valid month")
    fields.month = place + 1


def _read_roman_month(cursor: _Cursor, _element: Element, fields: Fields, _today: datetime) -> None:
    match = cursor.match(re.compile("[IVX]+", re.IGNORECASE))
    if match is None or match[0].upper() not in ROMAN_MONTHS:
        raise OraError(1843, "not a valid month")
    fields.month = ROMAN_MONTHS.index(match[0].upper()) + 1


def _read_weekday(cursor: _Cursor, _element: Element, fields: Fields, _today: datetime) -> None:
    fields.weekday = cursor.name(DAYS)
    if fields.weekday is None:
        raise OraError(1846, "not a valid day of the week")


def _read_meridian(cursor: _Cursor, _element: Element, fields: Fields, _today: datetime) -> None:
    match = cursor.match(re.compile(r"([AP])\.?M\.?", re.IGNORECASE))
    if match is None:
        raise OraError(1855, "AM/A.M. or PM/P.M. required")
    fields.afternoon = match[1].upper() == "P"


def _read_fraction(cursor: _Cursor, element: Element, fields: Fields, _today: datetime) -> None:
    digits = cursor.digits(int(element.name[2:] or 9), element.exact)
    fields.nanosecond = int(digits.ljust(9, "0"))


def _read_radix(cursor: _Cursor, _element: Element, _fields: Fields, _today: datetime) -> None:
    cursor.skip(".")


def _read_zone_hour(cursor: _Cursor, _element: Element, fields: Fields, _today: datetime) -> None:
    match = cursor.match(_SIGNED)
    if match is None:
        raise OraError(1858, "a non-numeric character was found where a numeric was expected")
    fields.zone_negative, fields.zone_hour = match[1] == "-", int(match[2])


def _read_zone_region(cursor: _Cursor, _element: Element, fields: Fields, _today: datetime) -> None:
    match = cursor.match(_ZONE)
    if match is None:
        raise OraError(1882, "timezone region not found")
    fields.zone_name = match[0]


def _within(digits: str, lowest: int, highest: int, code: int, text: str) -> int:
    number = int(digits)
    if not lowest <= number <= highest:
        raise OraError(code, text)
    return number


_Reader = Callable[[_Cursor, Element, Fields, datetime], None]


def _number(field: str, width: int, bounds: tuple[int, int], code: int, text: str) -> _Reader:
    """Make a reader of a number. The code and the text are of one out of bounds."""

    def read(cursor: _Cursor, element: Element, fields: Fields, _today: datetime) -> None:
        digits = cursor.digits(width, element.exact)
        setattr(fields, field, _within(digits, *bounds, code, text))

    return read


_DAY_OF_YEAR = "day of year must be between 1 and 365 (366 for leap year)"
_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(("YYYY", "SYYYY", "RRRR", "YYY", "YY", "RR", "Y", "Y,YYY"), _read_year),
    **dict.fromkeys(("MM", "MON", "MONTH"), _read_month),
    "RM": _read_roman_month,
    "DD": _number("day", 2, (1, 31), 1847, "day of month must be between 1 and last day of month"),
    "DDD": _number("day_of_year", 3, (1, 366), 1848, _DAY_OF_YEAR),
    "J": _number("julian", 7, (1, 5373484), 1854, "julian date must be between 1 and 5373484"),
    **dict.fromkeys(("DAY", "DY"), _read_weekday),
    "HH24": _number("hour", 2, (0, 23), 1850, "hour must be between 0 and 23"),
    **dict.fromkeys(
        ("HH", "HH12"), _number("half_day_hour", 2, (1, 12), 1849, "hour must be between 1 and 12")
    ),
    "MI": _number("minute", 2, (0, 59), 1851, "minutes must be between 0 and 59"),
    "SS": _number("second", 2, (0, 59), 1852, "seconds must be between 0 and 59"),
    "SSSSS": _number(
        "seconds_of_day", 5, (0, 86399), 1853, "seconds in day must be between 0 and 86399"
    ),
    **dict.fromkeys(("AM", "PM", "A.M.", "P.M."), _read_meridian),
    **{f"FF{digits}": _read_fraction for digits in ("", *range(1, 10))},
    "X": _read_radix,
    "TZH": _read_zone_hour,
    "TZM": _number("zone_minute", 2, (0, 59), 1875, "time zone minute must be between -59 and 59"),
    "TZR": _read_zone_region,
}
