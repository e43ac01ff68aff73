"""The elements of a date format model, and the names that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from oralite.errors import NotSupported, OraError

MONTHS = (
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
)
#: As datetime.weekday() counts them.
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

#: The day before 0001-01-01 as Julian day, to which the ordinals of datetime are added.
JULIAN_OFFSET = 1721425

LITERAL = "LITERAL"
PUNCTUATION = "PUNCTUATION"

_ELEMENTS = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|(?P<refused>SYEAR|YEAR|TZD|DL|DS|TS|EE|E|BC|AD|B\.C\.|A\.D\.)"
    r"|(?P<name>SYYYY|YYYY|Y,YYY|RRRR|IYYY|IYY|YYY|SCC|YY|RR|IY|CC|MONTH|MON|MM|MI|RM"
    r"|DDD|DAY|DD|DY|D|Q|WW|IW|W|J"
    r"|HH24|HH12|HH|SSSSS|SS|FF[1-9]?|A\.M\.|P\.M\.|AM|PM|TZH|TZM|TZR|FM|FX|X|Y|I)"
    r"(?P<suffix>THSP|SPTH|TH|SP)?"
    r"|(?P<punctuation>[^A-Z0-9\"])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Element:
    """One element of a format.

    name: in upper case, LITERAL or PUNCTUATION for what stands for itself. written: its text,
    which decides the case of names. fill: false where FM was in force. exact: true where FX was.
    """

    name: str
    written: str
    fill: bool = True
    exact: bool = False
    ordinal: bool = False


#: What begins the names of elements that a DATE has not, and a TIMESTAMP has not.
DATE_LACKS, TIMESTAMP_LACKS = ("FF", "TZ"), ("TZ",)


@lru_cache(maxsize=1024)
def parse_format(text: str, lacks: tuple[str, ...] = ()) -> tuple[Element, ...]:
    """Return the elements of a format model.

    Raises ORA-01821 for what is none, or begins with what the type lacks.
    """
    elements: list[Element] = []
    fill, exact, position = True, False, 0
    while position < len(text):
        match = _ELEMENTS.match(text, position)
        if match is None:
            raise OraError(1821, "date format not recognized")
        position = match.end()
        element = _element(match, text, fill, exact)
        if element.name.startswith(lacks):
            raise OraError(1821, "date format not recognized")
        fill ^= element.name == "FM"
        exact ^= element.name == "FX"
        if element.name not in ("FM", "FX"):
            elements.append(element)
    return tuple(elements)


def _element(match: re.Match[str], text: str, fill: bool, exact: bool) -> Element:
    if match["quoted"] is not None:
        return Element(LITERAL, match["quoted"], fill, exact)
    if match["punctuation"]:
        return Element(PUNCTUATION, match["punctuation"], fill, exact)
    suffix = (match["suffix"] or "").upper()
    if match["refused"] or "SP" in suffix:
        raise NotSupported(f"the date format element {match[0]}", text)
    return Element(match["name"].upper(), match["name"], fill, exact, ordinal=suffix == "TH")


def same_case(written: str, name: str) -> str:
    """Return the name in the case of its element: MONTH, Month or month."""
    if written[0].islower():
        return name.lower()
    second_letter = written[1:].lstrip(".")[:1]
    if second_letter.islower():
        return name.capitalize()
    return name.upper()
