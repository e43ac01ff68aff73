"""Whether a value of an event is the one that Oracle has, by the form that the model says."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from oracle_cdc.changes.rules.table_models import JsonType, ModelColumn
from oracle_cdc.demo.changes.tables import MEMBER, Table

REDACTED = "[REDACTED]"
NANOSECONDS = 9
TIME = re.compile(r"([^.+-]+-[^.+-]+-[^.+-]+)(?:\.(\d+))?([+-]\d\d:\d\d)?")
#: As TO_CHAR gives an interval of days and seconds, and as events have it.
INTERVAL = re.compile(r"([+-])(\d+) (\d+):(\d+):(\d+(?:\.\d+)?)")
ISO_INTERVAL = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")

Row = Mapping[str, Any]


def compare_rows(table: Table, row: Row, image: Row) -> Iterator[str]:
    """Yield the names of columns whose values differ. A column that events lack is none of them.

    Parameters:
        row: as Oracle has it.
        image: as the consumer has it.
    """
    for column in table.columns:
        if column.name in image and not is_same(table, column, row, image):
            yield column.name
    for name in image:
        if name not in table.model.columns:
            yield name


def is_same(table: Table, column: ModelColumn, row: Row, image: Row) -> bool:
    """Return whether a column of an event says what Oracle has, as far as it may."""
    kept, published = row[column.name], image[column.name]
    if kept is None or published is None:
        return kept is None and published is None
    if table.is_hidden(column):
        return bool(published == REDACTED)
    if table.is_note(column):
        return isinstance(published, str) and published != kept
    if table.has_secret_member(column):
        return bool(json.loads(published) == hide(json.loads(kept)))
    return READERS[column.json_type](published) == WRITERS[column.json_type](kept)


def hide(document: Any) -> Any:
    """Return a document without what its redaction takes out."""
    if isinstance(document, dict):
        hidden = {}
        for name, member in document.items():
            hidden[name] = hide(member)
            if name == MEMBER:
                hidden[name] = REDACTED
        return hidden
    if isinstance(document, list):
        return list(map(hide, document))
    return document


def pad_time(text: str) -> object:
    """Return a time with nine digits of its second, and its zone."""
    found = TIME.fullmatch(text)
    if found is None:
        return None
    return found[1], (found[2] or "").ljust(NANOSECONDS, "0"), found[3]


def count_seconds(text: str) -> object:
    """Return the seconds of an interval as TO_CHAR gives it."""
    found = INTERVAL.fullmatch(text)
    assert found is not None, text
    return sum_up(*found.groups())


def count_iso_seconds(text: str) -> object:
    """Return the seconds of an interval as events have it, None for what is none."""
    found = ISO_INTERVAL.fullmatch(text)
    if found is None:
        return None
    return sum_up(*found.groups())


def sum_up(
    sign: str, days: str | None, hours: str | None, minutes: str | None, seconds: str | None
) -> Decimal:
    total = Decimal(seconds or 0) + 60 * int(minutes or 0) + 3600 * int(hours or 0)
    total += 86_400 * int(days or 0)
    if sign == "-":
        return -total
    return total


def read_number(value: object) -> object:
    """Return a number that an event has as text, None for what is no text."""
    if not isinstance(value, str):
        return None
    if value == "NaN":
        return value
    return Decimal(value)


def write_number(value: object) -> object:
    if isinstance(value, float):
        return read_number(write_float(value))
    return Decimal(str(value))


def write_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return repr(value)


def read_integer(value: object) -> object:
    """Return an integer, None for what JSON has in another form."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def read_truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    return None


def itself(value: object) -> object:
    return value


Convert = Callable[[Any], object]
#: How a value of an event is read.
READERS: Mapping[JsonType, Convert] = {
    JsonType.INTEGER: read_integer,
    JsonType.BOOLEAN: read_truth,
    JsonType.NUMBER_AS_TEXT: read_number,
    JsonType.STRING: itself,
    JsonType.TIME_AS_TEXT: pad_time,
    JsonType.INTERVAL_AS_TEXT: count_iso_seconds,
    JsonType.BASE64: base64.b64decode,
}
#: What the same value is as Oracle has it.
WRITERS: Mapping[JsonType, Convert] = {
    JsonType.INTEGER: int,
    JsonType.BOOLEAN: lambda value: value == "1",
    JsonType.NUMBER_AS_TEXT: write_number,
    JsonType.STRING: itself,
    JsonType.TIME_AS_TEXT: pad_time,
    JsonType.INTERVAL_AS_TEXT: count_seconds,
    JsonType.BASE64: itself,
}
