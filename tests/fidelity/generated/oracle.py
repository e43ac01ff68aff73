"""Oracle's rules for values, written down a second time: three-valued logic, NUMBER's digits, CHAR,
calendar."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any

EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
Truth = bool | None


class Failed(Exception):
    """The statement ends with this error."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# -------------------------------------------------------------------------------------------- logic


def conjunction(truths: Iterable[Truth]) -> Truth:
    known = list(truths)
    if False in known:
        return False
    return None if None in known else True


def disjunction(truths: Iterable[Truth]) -> Truth:
    return negation(conjunction(map(negation, truths)))


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


_OPERATORS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "<>": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}
COMPARISONS = tuple(_OPERATORS)


def compare(operator: str, left: Any, right: Any, *, padded: bool = False) -> Truth:
    """Compare two values.

    Parameters:
        padded: both are CHAR, so that trailing blanks do not count.
    """
    if left is None or right is None:
        return None
    if padded:
        width = max(len(left), len(right))
        left, right = left.ljust(width), right.ljust(width)
    return _OPERATORS[operator]((left > right) - (left < right))


# ------------------------------------------------------------------------------------------ numbers


def number(value: Decimal) -> Decimal:
    """Round as a NUMBER keeps it: 20 digits of base 100, rounded half up."""
    if not value:
        return Decimal(0)
    first_pair = value.adjusted() // 2 * 2
    rounded = value.quantize(Decimal((0, (1,), first_pair - 38)), context=EXACT)
    return rounded if rounded.adjusted() // 2 * 2 == first_pair else number(rounded)


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    return number(EXACT.divide(dividend, divisor))


def rounded(value: Decimal, places: int) -> Decimal:
    scaled = EXACT.scaleb(value, places).to_integral_value(ROUND_HALF_UP)
    return EXACT.scaleb(scaled, -places)


def truncated(value: Decimal, places: int) -> Decimal:
    return EXACT.scaleb(EXACT.scaleb(value, places).to_integral_value(ROUND_DOWN), -places)


def ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    return dividend if not divisor else EXACT.remainder(dividend, divisor)


def number_text(value: Decimal) -> str:
    """Write a number with few digits as TO_CHAR does without a format."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    sign, plain = ("-", text[1:]) if text.startswith("-") else ("", text)
    if plain == "0":
        return "0"
    return sign + (plain.removeprefix("0") if plain.startswith("0.") else plain)


def fixed_format(value: Decimal, whole: int, places: int, *, commas: bool) -> str:
    """Write a number as TO_CHAR does by 9990.00, and # where it is too long.

    The number of digits before and behind the point is given.
    """
    text = f"{rounded(abs(value), places):,.{places}f}"
    text = text if commas else text.replace(",", "")
    width = whole + (whole - 1) // 3 * commas + bool(places) + places
    if len(text) > width:
        return "#" * (width + 1)
    negative = value < 0
    return (("-" if negative else " ") + text).rjust(width + 1)


# --------------------------------------------------------------------------------------------- text


def text(value: str | None) -> str | None:
    """Return a text, or NULL for ''."""
    return value or None


def substring(value: str, position: int, length: int | None) -> str | None:
    start = 0
    if position > 0:
        start = position - 1
    elif position < 0:
        start = len(value) + position
    if start < 0 or (length is not None and length < 1):
        return None
    return text(value[start:] if length is None else value[start : start + length])


def padded(value: str, width: int, filling: str, *, left: bool) -> str | None:
    if width < 1:
        return None
    missing = (filling * width)[: max(0, width - len(value))]
    return missing + value if left and missing else value[:width] + missing


def capitalized(value: str) -> str:
    """Return a text as INITCAP does, for which a word is letters and digits."""
    letters, inside = [], False
    for letter in value:
        letters.append(letter.lower() if inside else letter.upper())
        inside = letter.isalnum()
    return "".join(letters)


def like(value: str | None, pattern: str | None) -> Truth:
    if value is None or pattern is None:
        return None
    reachable = {0}
    for letter in pattern:
        if letter == "%":
            reachable = set(range(min(reachable), len(value) + 1)) if reachable else set()
        else:
            reachable = {
                place + 1
                for place in reachable
                if value[place : place + 1] in _fitting(letter, value, place)
            }
    return len(value) in reachable


def _fitting(letter: str, value: str, place: int) -> Sequence[str]:
    if place >= len(value):
        return ()
    return (value[place],) if letter == "_" else (letter,)


# -------------------------------------------------------------------------------------------- dates


def add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    return moment.replace(
        year=year, month=month + 1, day=last if is_last else min(moment.day, last)
    )


def last_day(moment: datetime) -> datetime:
    return moment.replace(day=calendar.monthrange(moment.year, moment.month)[1])


def start_of(moment: datetime, unit: str) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0)
    starts = {
        "DD": midnight,
        "MM": midnight.replace(day=1),
        "YYYY": midnight.replace(month=1, day=1),
        "Q": midnight.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1),
        "IW": midnight - timedelta(days=moment.weekday()),
        "D": midnight - timedelta(days=moment.isoweekday() % 7),
        "HH24": moment.replace(minute=0, second=0),
    }
    return starts[unit]


TRUNCATIONS = ("DD", "MM", "YYYY", "Q", "IW", "D", "HH24")


def days_between(later: datetime, earlier: datetime) -> Decimal:
    seconds = (later - earlier) // timedelta(seconds=1)
    return divide(Decimal(seconds), Decimal(86400))


def next_day(moment: datetime, weekday: int) -> datetime:
    return moment + timedelta(days=(weekday - moment.weekday() - 1) % 7 + 1)


#: Date formats, each with another way to write the same.
DATE_FORMATS: dict[str, Callable[[datetime], str]] = {
    "YYYY-MM-DD HH24:MI:SS": lambda m: f"{m:%Y-%m-%d %H:%M:%S}",
    "DD-MON-RR": lambda m: f"{m:%d-%b-%y}".upper(),
    "FMMonth DD, YYYY": lambda m: f"{m:%B} {m.day}, {m.year}",
    "Day": lambda m: f"{m:%A}".ljust(9),
    "HH:MI AM": lambda m: f"{m:%I:%M %p}",
    "Q D DDD": lambda m: f"{(m.month + 2) // 3} {m.isoweekday() % 7 + 1} {m:%j}",
    "IYYY-IW": lambda m: "{:04d}-{:02d}".format(*m.isocalendar()[:2]),
    "WW W": lambda m: f"{(int(f'{m:%j}') + 6) // 7:02d} {(m.day + 6) // 7}",
    "DDTH": lambda m: f"{m.day:02d}{_suffix(m.day)}",
    "SSSSS": lambda m: f"{m.hour * 3600 + m.minute * 60 + m.second:05d}",
}


def _suffix(day: int) -> str:
    return "TH" if day in (11, 12, 13) else {1: "ST", 2: "ND", 3: "RD"}.get(day % 10, "TH")
