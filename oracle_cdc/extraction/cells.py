"""Values of Oracle to the cells of a CSV file and to JSON, column by column."""

from __future__ import annotations

import base64
import hmac
import json
import math
import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any

from oracle_cdc.extraction.kinds import LOBS, type_name
from oracle_cdc.extraction.model import Column, Options
from oracle_cdc.extraction.selection import Chosen
from oracle_cdc.oracle.exact_rows import Beginning

#: What begins a formula in a spreadsheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: A number with its sign is none.
NUMBER = re.compile(r"[+-](?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
GUARD = "'"
#: What stands for each byte that is no UTF-8.
REPLACEMENT = "\ufffd"
SURROGATES = re.compile("[\ud800-\udfff]")
TOKEN_DIGITS = 16
#: Kinds whose cells are somebody's text, see `kinds.py`.
TEXT_CELLS = ("text", "char")
#: The same, and what can begin with a sign and is no number.
GUARDED_CELLS = (*TEXT_CELLS, "signed")
#: Types that are numbers in JSON too, but for Oracle's words for what is none.
NUMBERS = ("NUMBER", "FLOAT", "BINARY_DOUBLE", "BINARY_FLOAT")
NO_NUMBERS = ("Nan", "Inf", "-Inf")

Values = Sequence[Any]
Change = Callable[[Any], Any]


class Redaction:
    """Makes the same token of the same value as long as this process runs, and for nobody else."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def token(self, value: Any) -> str:
        """Return what stands for a value, whatever type it has."""
        if isinstance(value, bytes):
            written = value
        else:
            # CHAR and VARCHAR2 with the same text are the same value.
            written = str(value).rstrip(" ").encode("utf-8", "surrogatepass")
        digest = hmac.digest(self.key, written, "sha256").hex()
        return f"redacted-{digest[:TOKEN_DIGITS]}"


class Cells:
    """Writes the values of one column, and counts what is not written as it is.

    Parameters:
        change: makes a cell of a value, None where it is one already.
        redaction: makes tokens of values instead.
    """

    def __init__(
        self, chosen: Chosen, change: Change | None, redaction: Redaction | None = None
    ) -> None:
        self.column = chosen.column
        self.change = change
        self.redaction = redaction
        self.is_text = chosen.kind.cells in TEXT_CELLS
        self.is_guarded = chosen.kind.cells in GUARDED_CELLS
        self.is_lob = type_name(chosen.column) in LOBS
        self.is_number = type_name(chosen.column) in NUMBERS
        self.cut = 0
        self.guarded = 0
        self.undecodable = 0

    def take(self, values: Values) -> Values:
        """Return values without what is only for counting, and tokens of what is redacted."""
        if self.is_lob and Beginning in set(map(type, values)):
            self.cut += sum(isinstance(value, Beginning) for value in values)
            values = replace(values, unmark)
        if self.redaction is not None:
            return replace(values, self.redaction.token)
        if self.is_text and not is_encodable(values):
            return replace(values, self.decode)
        return values

    def decode(self, text: str) -> str:
        """Return a text with a sign for each byte that was no UTF-8."""
        clean, count = SURROGATES.subn(REPLACEMENT, text)
        self.undecodable += count > 0
        return clean

    def csv(self, values: Values) -> Values:
        """Return the cells of taken values."""
        if self.change is None or self.redaction is not None:
            return values
        return replace(values, self.change)

    def guard(self, cells: Values) -> Values:
        """Return the cells with a sign before what a spreadsheet would take for a formula."""
        if not self.is_guarded or not has_signs(cells):
            return cells
        return replace(cells, self.guard_one)

    def guard_one(self, text: str) -> str:
        if not is_formula(text):
            return text
        self.guarded += 1
        return GUARD + text

    def json(self, value: Any) -> str:
        """Return a taken value as JSON.

        Numbers have every digit, bytes are base64, everything else is like its cell, unguarded.
        """
        if value is None:
            return "null"
        if isinstance(value, bytes):
            return json.dumps(base64.b64encode(value).decode("ascii"))
        (cell,) = self.csv([value])
        if self.redaction is None and self.is_number and cell not in NO_NUMBERS:
            return str(cell)
        return json.dumps(cell, ensure_ascii=False)


def unmark(value: Any) -> Any:
    if isinstance(value, Beginning):
        return value.value
    return value


def has_signs(values: Values) -> bool:
    """Return whether one of the texts begins like a formula."""
    return not {value[0] for value in values if value}.isdisjoint(FORMULA_SIGNS)


def is_encodable(values: Values) -> bool:
    """Return whether all texts are proper ones."""
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return False
    return True


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet takes the text for a formula."""
    return text.startswith(FORMULA_SIGNS) and NUMBER.fullmatch(text) is None


def replace(values: Values, change: Change) -> Values:
    """Return the values changed, and None where they are NULL."""
    found: list[Any] = []
    for value in values:
        if value is not None:
            value = change(value)
        found.append(value)
    return found


def without_padding(text: str) -> str:
    """Return a text of fixed length without the blanks that fill it up.

    One is left where there is nothing else, so that it is no NULL.
    """
    return text.rstrip(" ") or " "


def time_writer(column: Column) -> Change:
    """Return what writes times with the digits of a second that the column has."""
    digits = column.scale or 0
    if not digits or type_name(column) == "DATE":
        return whole_seconds
    cut = digits - 6

    def write(time: datetime) -> str:
        return time.isoformat(" ", "microseconds")[: cut or None]

    return write


def whole_seconds(time: datetime) -> str:
    return time.isoformat(" ", "seconds")


def floating(number: float) -> str:
    """Return the shortest digits that give a number back, and Oracle's words for what is none."""
    if math.isfinite(number):
        return repr(number)
    return repr(number).title()


def hexadecimal(value: bytes) -> str:
    return value.hex().upper()


def make_cells(
    chosen: Sequence[Chosen], options: Options, redacted: Container[str], redaction: Redaction
) -> list[Cells]:
    """Make what writes each column. The values of redacted ones become tokens."""
    found = []
    for each in chosen:
        if each.column.name in redacted:
            found.append(Cells(each, None, redaction))
        else:
            found.append(Cells(each, change_of(each, options)))
    return found


def change_of(chosen: Chosen, options: Options) -> Change | None:
    """Return what makes a cell of a column's value, None where it is one already."""
    if chosen.kind.cells == "char" and options.keeps_padding:
        return None
    changes: Mapping[str, Change] = {
        "char": without_padding,
        "floating": floating,
        "time": time_writer(chosen.column),
        "bytes": hexadecimal,
    }
    return changes.get(chosen.kind.cells)
