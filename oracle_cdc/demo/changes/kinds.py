"""Types of Oracle: values of each, how they stand in a statement, and how they are read again."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import oracledb

FIRST_TIME = datetime(2024, 1, 15, 10, 30)
SPAN_SECONDS = 60 * 60 * 24 * 500
DATE_TEXT = "%Y-%m-%dT%H:%M:%S"
DAY_AND_TIME = 'YYYY-MM-DD"T"HH24:MI:SS'
ZONES = ("+00:00", "+02:00", "-05:30", "+14:00")
TEXTS = (
    "שלום, החשבון תוקן",
    "plain",
    "תודה \U0001f44d\U0001f3fd",
    'a "quoted" \\ line\n',
    "naïve ☃ \U0001f600",
)
#: What a column of large text holds as a rule.
LARGE_CHARACTERS = 6_000
LARGE_BYTES = 400
MOST_TEXT = 60
#: A NUMBER without a precision has this many, and these behind the point.
DIGITS, FRACTION_DIGITS = 38, 9
BINARY_VALUES = (0.1, -2.5, 1e30, float("nan"), float("inf"))
PARTS = re.compile(r"([A-Z_0-9]+)(?:\((\d+)(?:,(\d+))?)?")
TYPE_DIGITS = re.compile(r"\(\d+[^)]*\)")


@dataclass(frozen=True)
class Shape:
    """The digits or characters of a column, as its type says them."""

    length: int | None = None
    fraction: int = 0


Make = Callable[[Shape, random.Random], object]


@dataclass(frozen=True)
class Kind:
    """A type.

    Parameters:
        make: returns a value, ready to be bound.
        placeholder: what stands for it in a statement.
        reading: what is selected of a column.
        bound_as: how it must be bound, None where the driver knows.
    """

    make: Make
    placeholder: str = ":{bind}"
    reading: str = "{column}"
    bound_as: oracledb.DbType | None = None


def make_number(shape: Shape, chance: random.Random) -> object:
    """Return a number with all the digits that the column takes."""
    digits, fraction = shape.length or DIGITS, shape.fraction
    if shape.length is None:
        fraction = FRACTION_DIGITS
    if digits == 1:
        return chance.randrange(2)
    number = chance.randrange(10**digits)
    if fraction:
        return Decimal(number).scaleb(-fraction)
    return number


def make_text(shape: Shape, chance: random.Random) -> object:
    """Return a text that fits, whether the length is of bytes or of characters."""
    most = min(shape.length or MOST_TEXT, MOST_TEXT)
    return cut_bytes(chance.choice(TEXTS), most)


def cut_bytes(text: str, most: int) -> str:
    """Return the beginning of a text that has no more bytes, and ends with a whole character."""
    return text.encode()[:most].decode(errors="ignore")


def make_padded(shape: Shape, chance: random.Random) -> object:
    length = shape.length or 1
    return chance.choice("AHDIO").ljust(length)


def make_large_text(_: Shape, chance: random.Random) -> object:
    text = chance.choice(TEXTS) * LARGE_CHARACTERS
    return text[: chance.randrange(1, LARGE_CHARACTERS)]


def make_bytes(shape: Shape, chance: random.Random) -> object:
    return chance.randbytes(chance.randrange(1, (shape.length or LARGE_BYTES) + 1))


def make_date(_: Shape, chance: random.Random) -> object:
    return write_date(chance.randrange(SPAN_SECONDS))


def write_date(seconds: int) -> str:
    """Return the text of a time. seconds: since the first."""
    return f"{FIRST_TIME + timedelta(seconds=seconds):{DATE_TEXT}}"


def make_time(shape: Shape, chance: random.Random) -> object:
    """Return a time as text, with as many digits of its second as the column keeps."""
    return f"{make_date(shape, chance)}.{make_fraction(shape.length or 0, chance)}"


def make_fraction(digits: int, chance: random.Random) -> str:
    """Return digits behind the point, one at least."""
    if digits == 0:
        return "0"
    return f"{chance.randrange(10**digits):0{digits}}"


def make_zoned(shape: Shape, chance: random.Random) -> object:
    return f"{make_time(shape, chance)} {chance.choice(ZONES)}"


def make_interval(shape: Shape, chance: random.Random) -> object:
    """Return an interval as TO_DSINTERVAL reads it."""
    days = chance.randrange(10 ** (shape.length or 0))
    hours, minutes, seconds = chance.randrange(24), chance.randrange(60), chance.randrange(60)
    fraction = make_fraction(shape.fraction, chance)
    return f"{days} {hours:02}:{minutes:02}:{seconds:02}.{fraction}"


def make_binary(_: Shape, chance: random.Random) -> object:
    return chance.choice(BINARY_VALUES)


#: Type without its digits -> what is known of it.
KINDS: Mapping[str, Kind] = {
    "NUMBER": Kind(make_number),
    "VARCHAR2": Kind(make_text),
    "NVARCHAR2": Kind(make_text, bound_as=oracledb.DB_TYPE_NVARCHAR),
    "CHAR": Kind(make_padded),
    "CLOB": Kind(make_large_text, bound_as=oracledb.DB_TYPE_CLOB),
    "NCLOB": Kind(make_large_text, bound_as=oracledb.DB_TYPE_NCLOB),
    "RAW": Kind(make_bytes),
    "BLOB": Kind(make_bytes, bound_as=oracledb.DB_TYPE_BLOB),
    "DATE": Kind(
        make_date,
        f"TO_DATE(:{{bind}}, '{DAY_AND_TIME}')",
        f"TO_CHAR({{column}}, '{DAY_AND_TIME}')",
    ),
    "TIMESTAMP": Kind(
        make_time,
        f"TO_TIMESTAMP(:{{bind}}, '{DAY_AND_TIME}.FF9')",
        f"TO_CHAR({{column}}, '{DAY_AND_TIME}.FF9')",
    ),
    "TIMESTAMP WITH TIME ZONE": Kind(
        make_zoned,
        f"TO_TIMESTAMP_TZ(:{{bind}}, '{DAY_AND_TIME}.FF9 TZH:TZM')",
        f"TO_CHAR({{column}}, '{DAY_AND_TIME}.FF9TZH:TZM')",
    ),
    "INTERVAL DAY TO SECOND": Kind(make_interval, "TO_DSINTERVAL(:{bind})", "TO_CHAR({column})"),
    "BINARY_DOUBLE": Kind(make_binary, bound_as=oracledb.DB_TYPE_BINARY_DOUBLE),
    "BINARY_FLOAT": Kind(make_binary, bound_as=oracledb.DB_TYPE_BINARY_FLOAT),
}


def kind_of(oracle_type: str) -> Kind:
    """Return what is known of a type such as TIMESTAMP(6) WITH TIME ZONE."""
    return KINDS[TYPE_DIGITS.sub("", oracle_type)]


def shape_of(oracle_type: str) -> Shape:
    """Return what stands in the brackets of a type."""
    if oracle_type.startswith("INTERVAL"):
        days, seconds = re.findall(r"\((\d+)\)", oracle_type)
        return Shape(int(days), int(seconds))
    found = PARTS.match(oracle_type)
    assert found is not None, oracle_type
    if found[2] is None:
        return Shape()
    return Shape(int(found[2]), int(found[3] or 0))
