"""The kinds of value that only the settings of events have. A ValueError says what is allowed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from oracle_cdc.settings.kinds import parse_moment

BEGINNING, NOW = "beginning", "now"
#: The store of progress has slices from then on.
FIRST_YEAR = 1900
#: Names the ROWID where a table has no key of its own.
ROWID = "ROWID"
IDENTIFIER = re.compile(r"[A-Z][A-Z0-9_$#]{0,127}")
COLUMNS_ALLOWED = "names of columns separated by commas, such as ID,CASE_ID"
SHARE_ALLOWED = "n/m with n from 1 to m, such as 2/4, and m at most 999"


def _start(value: object) -> object:
    if value in (BEGINNING, NOW):
        return value
    if not isinstance(value, datetime):
        try:
            value = parse_moment(str(value))
        except ValueError as error:
            raise ValueError(f"{BEGINNING}, {NOW}, {error}") from None
    if value.year < FIRST_YEAR or value.tzinfo is not None:
        raise ValueError(f"a time without a zone, from {FIRST_YEAR} on")
    return value


def _share(value: str) -> str:
    found = re.fullmatch(r"([1-9]\d{0,2})/([1-9]\d{0,2})", value)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(SHARE_ALLOWED)
    return value


def _columns(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, (list, tuple)):
        raise ValueError(COLUMNS_ALLOWED)
    columns: list[str] = []
    for each in value:
        name = str(each).strip().upper()
        if not IDENTIFIER.fullmatch(name) or name in columns:
            raise ValueError(f"{COLUMNS_ALLOWED}, each once")
        columns.append(name)
    return tuple(columns)


def _program(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,90}", value):
        raise ValueError("at most 90 letters, digits, _, . and -")
    return value


def _data_type(value: str) -> str:
    if not re.fullmatch(r"[!-~]([ -~]{0,98}[!-~])?", value):
        raise ValueError("at most 100 characters of ASCII, without blanks around them")
    return value


Start = Annotated[Literal["beginning", "now"] | datetime, BeforeValidator(_start)]
ShareText = Annotated[str, AfterValidator(_share)]
Columns = Annotated[tuple[str, ...], BeforeValidator(_columns)]
ProgramName = Annotated[str, AfterValidator(_program)]
DataType = Annotated[str, AfterValidator(_data_type)]
