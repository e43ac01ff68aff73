"""TO_CHAR of dates: a moment written by a format model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache, partial
from operator import attrgetter
from typing import NamedTuple

from oralite.formats.elements import (
    DAYS,
    JULIAN_OFFSET,
    LITERAL,
    MONTHS,
    PUNCTUATION,
    ROMAN_MONTHS,
    Element,
    parse_format,
    same_case,
)

_NAME_WIDTH = 9


class _Model(NamedTuple):
    """A format model, ready to be filled.

    template: of str.format, 0 being the fraction with its nine digits. reads: what gives the values
    behind it.
    """

    template: str
    reads: tuple[Callable[[datetime], int | str], ...]


def write_datetime(
    moment: datetime,
    format_text: str,
    lacks: tuple[str, ...] = (),
    digits: int = 6,
    nanoseconds: int | None = None,
) -> str:
    """Return the moment as TO_CHAR gives it. An aware one has its own offset, a naive one +00:00.

    lacks: DATE_LACKS for a DATE, whose format has neither FF nor a time zone (ORA-01821). digits:
    of the fraction that its type has, which FF shows. Where it has none, X and FF show nothing.
    nanoseconds: the fraction, where it is finer than the moment's.
    """
    template, reads = _model(format_text, lacks, digits)
    if nanoseconds is None:
        nanoseconds = moment.microsecond * 1000
    return template.format(f"{nanoseconds:09d}", *[read(moment) for read in reads])


@lru_cache(maxsize=1024)
def _model(format_text: str, lacks: tuple[str, ...], digits: int) -> _Model:
    template = ""
    reads: list[Callable[[datetime], int | str]] = []
    for element in parse_format(format_text, lacks):
        if element.name in (LITERAL, PUNCTUATION):
            template += element.written.replace("{", "{{").replace("}", "}}")
        elif element.name.startswith("FF"):
            template += f"{{0:.{element.name[2:] or digits}}}"
        elif element.name != "X" or digits:
            reads.append(_reader(element))
            template += f"{{{len(reads)}{_form(element)}}}"
    return _Model(template, tuple(reads))


def _form(element: Element) -> str:
    """Return how str.format is to write what an element shows."""
    if element.name in _NUMBERS and element.fill and not element.ordinal:
        return f":0{_NUMBERS[element.name][0]}d"
    return ""


def _reader(element: Element) -> Callable[[datetime], int | str]:
    """Return what gives the number or the text that an element shows."""
    if element.name in _NUMBERS:
        if element.ordinal:
            return partial(_write_ordinal, element)
        return _NUMBERS[element.name][1]
    return partial(_write_name, element)


def _write_name(element: Element, moment: datetime) -> str:
    text = _NAMES[element.name](moment, element)
    if element.name in _CASED:
        return same_case(element.written, text)
    return text


def _write_ordinal(element: Element, moment: datetime) -> str:
    width, number_of = _NUMBERS[element.name]
    number = number_of(moment)
    if element.fill:
        text = str(number).zfill(width)
    else:
        text = str(number)
    return text + same_case(element.written, _ordinal_suffix(number))


def _ordinal_suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "TH"
    return {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")


def _padded(name: str, element: Element) -> str:
    if element.fill:
        return name.ljust(_NAME_WIDTH)
    return name


def _meridian(moment: datetime, element: Element) -> str:
    if moment.hour < 12:
        letter = "A"
    else:
        letter = "P"
    if "." in element.written:
        return f"{letter}.M."
    return f"{letter}M"


def _offset(moment: datetime) -> tuple[str, int, int]:
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    return ("-" if minutes < 0 else "+", *divmod(abs(minutes), 60))


def _zone_hour(moment: datetime, _: Element) -> str:
    sign, hours, _minutes = _offset(moment)
    return f"{sign}{hours:02d}"


def _zone_region(moment: datetime, _: Element) -> str:
    sign, hours, minutes = _offset(moment)
    return f"{sign}{hours:02d}:{minutes:02d}"


def _century(moment: datetime) -> int:
    return (moment.year - 1) // 100 + 1


def _seconds_of_day(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


#: Element: its width with leading zeros, and the number that it shows.
_NUMBERS: Mapping[str, tuple[int, Callable[[datetime], int]]] = {
    "YYYY": (4, attrgetter("year")),
    "RRRR": (4, attrgetter("year")),
    "YYY": (3, lambda m: m.year % 1000),
    "YY": (2, lambda m: m.year % 100),
    "RR": (2, lambda m: m.year % 100),
    "Y": (1, lambda m: m.year % 10),
    "IYYY": (4, lambda m: m.isocalendar()[0]),
    "IYY": (3, lambda m: m.isocalendar()[0] % 1000),
    "IY": (2, lambda m: m.isocalendar()[0] % 100),
    "I": (1, lambda m: m.isocalendar()[0] % 10),
    "CC": (2, _century),
    "Q": (1, lambda m: (m.month - 1) // 3 + 1),
    "MM": (2, attrgetter("month")),
    "WW": (2, lambda m: (m.timetuple().tm_yday - 1) // 7 + 1),
    "IW": (2, lambda m: m.isocalendar()[1]),
    "W": (1, lambda m: (m.day - 1) // 7 + 1),
    "DDD": (3, lambda m: m.timetuple().tm_yday),
    "DD": (2, attrgetter("day")),
    "D": (1, lambda m: m.isoweekday() % 7 + 1),
    "J": (7, lambda m: m.toordinal() + JULIAN_OFFSET),
    "HH24": (2, attrgetter("hour")),
    "HH12": (2, lambda m: m.hour % 12 or 12),
    "HH": (2, lambda m: m.hour % 12 or 12),
    "MI": (2, attrgetter("minute")),
    "SS": (2, attrgetter("second")),
    "SSSSS": (5, _seconds_of_day),
}

_NAMES: Mapping[str, Callable[[datetime, Element], str]] = {
    "MONTH": lambda m, element: _padded(MONTHS[m.month - 1], element),
    "MON": lambda m, _: MONTHS[m.month - 1][:3],
    "DAY": lambda m, element: _padded(DAYS[m.weekday()], element),
    "DY": lambda m, _: DAYS[m.weekday()][:3],
    "RM": lambda m, element: ROMAN_MONTHS[m.month - 1].ljust(4 if element.fill else 0),
    "AM": _meridian,
    "PM": _meridian,
    "A.M.": _meridian,
    "P.M.": _meridian,
    "SYYYY": lambda m, element: f" {m.year:04d}" if element.fill else str(m.year),
    "Y,YYY": lambda m, element: f"{m.year // 1000},{m.year % 1000:03d}",
    "SCC": lambda m, element: f" {_century(m):02d}" if element.fill else str(_century(m)),
    "X": lambda _m, _: ".",
    "TZH": _zone_hour,
    "TZM": lambda m, _: f"{_offset(m)[2]:02d}",
    "TZR": _zone_region,
}

_CASED = frozenset(("MONTH", "MON", "DAY", "DY", "RM", "AM", "PM", "A.M.", "P.M."))
