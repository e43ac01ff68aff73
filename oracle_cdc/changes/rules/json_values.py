"""How the values of a column stand in JSON: by its type, never by a value of it.

A reader of events so finds a column in one form. What JSON's numbers would lose is text: readers in
many languages keep 15 digits.
"""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from oracle_cdc.changes.rules.table_models import JsonType

Convert = Callable[[Any], object]

#: Of 15 digits, which every reader of JSON keeps.
MOST_INTEGER = 10**15 - 1
#: As TO_CHAR gives a time with all its digits, behind the blank or sign of its year.
FRACTION = re.compile(r"\.(\d*?)0*(?=\D|$)")
NANOSECOND_DIGITS = 9
WITH_POINT = NANOSECOND_DIGITS + 1
#: As TO_CHAR gives an INTERVAL DAY TO SECOND and an INTERVAL YEAR TO MONTH.
DAYS = re.compile(r"([+-])(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?")
MONTHS = re.compile(r"([+-])(\d+)-(\d+)")
TRUTHS: Mapping[str, bool] = {"0": False, "1": True}


def convert_column(json_type: JsonType, values: Sequence[Any]) -> tuple[Sequence[Any], set[int]]:
    """Return the values of a column as JSON has them, and the places of those that are not of it.

    Such a one stands as text. It shows that the column was altered since its model was made.

    Parameters:
        values: as Oracle brings them: numbers and times as texts, bytes as they are. None is NULL.
    """
    convert = CONVERTERS.get(json_type)
    odd: set[int] = set()
    if convert is None:
        return values, odd
    converted: list[object] = []
    for place, value in enumerate(values):
        if value is None:
            converted.append(None)
            continue
        try:
            converted.append(convert(value))
        except ValueError:
            converted.append(str(value))
            odd.add(place)
    return converted, odd


def as_integer(text: str) -> int:
    """Return an integer. Raises ValueError for what is none, or has too many digits."""
    number = int(text)
    if abs(number) > MOST_INTEGER:
        raise ValueError("more digits than readers of JSON keep")
    return number


def as_number_text(value: object) -> str:
    """Return a number with all its digits. The shortest ones that give a binary one back."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "NaN"
    return repr(value).replace("inf", "Infinity")


def as_truth(text: str) -> bool:
    """Return the truth value of 0 or 1. Raises ValueError for another number."""
    if text not in TRUTHS:
        raise ValueError("a truth value is 0 or 1")
    return TRUTHS[text]


def as_time(text: str) -> str:
    """Return a time as ISO 8601 has it, with as many digits of its second as it has."""
    text = text.lstrip()
    if text[-WITH_POINT:-NANOSECOND_DIGITS] == ".":
        # Nearly all times have no zone.
        return text.rstrip("0").rstrip(".")
    return FRACTION.sub(cut_fraction, text, count=1)


def as_moment(moment: datetime) -> str:
    """Return a time of six digits at most in the same form."""
    text = moment.isoformat()
    if moment.microsecond:
        return text.rstrip("0")
    return text


def cut_fraction(found: re.Match[str]) -> str:
    if found[1]:
        return f".{found[1]}"
    return ""


def as_interval(text: str) -> str:
    """Return an interval as ISO 8601 has it, such as P1DT2H3M4.5S.

    Raises ValueError for what is none.
    """
    if found := MONTHS.fullmatch(text):
        sign, years, months = found.groups()
        return join_interval(sign, {"Y": years, "M": months}, {})
    found = DAYS.fullmatch(text)
    if not found:
        raise ValueError("no interval")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    parts = {"H": hours, "M": minutes, "S": seconds}
    return join_interval(sign, {"D": days}, parts, (fraction or "").rstrip("0"))


def join_interval(
    sign: str, days: Mapping[str, str], hours: Mapping[str, str], fraction: str = ""
) -> str:
    """Put the parts of an interval together, without those that are 0."""
    text = join_parts(days)
    time = join_parts(hours, fraction)
    if time:
        text += f"T{time}"
    if not text:
        return "PT0S"
    if sign == "-":
        return f"-P{text}"
    return f"P{text}"


def join_parts(parts: Mapping[str, str], fraction: str = "") -> str:
    """Return amounts with the letters behind them. A fraction is of seconds."""
    text = ""
    for letter, digits in parts.items():
        amount = str(int(digits))
        if letter == "S" and fraction:
            amount += f".{fraction}"
        if amount != "0":
            text += f"{amount}{letter}"
    return text


def as_base64(value: bytes) -> str:
    """Return bytes as the text that JSON can hold."""
    return b64encode(value).decode()


#: Text stands as it is, with a CHAR's padding.
CONVERTERS: Mapping[JsonType, Convert] = {
    JsonType.INTEGER: as_integer,
    JsonType.NUMBER_AS_TEXT: as_number_text,
    JsonType.BOOLEAN: as_truth,
    JsonType.TIME_AS_TEXT: as_time,
    JsonType.INTERVAL_AS_TEXT: as_interval,
    JsonType.BASE64: as_base64,
}
