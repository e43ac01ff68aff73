"""JSON inside a column of text: read and written again with all digits of its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

#: What is deeper is not looked through: each level takes several frames of Python's stack.
MOST_LEVELS = 100


@dataclass(frozen=True, repr=False)
class Number:
    """A number as it is written."""

    digits: str


class NoDocument(ValueError):
    """A text is no JSON object or list."""


def read_document(text: str) -> object:
    """Return the object or list that a text holds, its numbers as Number.

    Of members with one name the last one counts, as in every reader.

    Raises NoDocument for anything else, and for one of too many levels, without a word of it.
    """
    document: object = None
    with suppress(ValueError, RecursionError):
        document = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)
    if not isinstance(document, (dict, list)):
        raise NoDocument("no JSON object or list")
    # Nearly all texts have fewer brackets than that.
    if text.count("{") + text.count("[") > MOST_LEVELS and count_levels(document) > MOST_LEVELS:
        raise NoDocument(f"more than {MOST_LEVELS} levels")
    return document


def count_levels(document: object) -> int:
    """Return how many objects and lists lie in one another at most."""
    levels = 0
    values = [document]
    while values := [value for value in values if isinstance(value, (dict, list))]:
        levels += 1
        below: list[object] = []
        for value in values:
            if isinstance(value, dict):
                below += value.values()
            elif isinstance(value, list):
                below += value
        values = below
    return levels


def write_document(document: object) -> str:
    """Return the text of a document, the same for equal ones, without blanks."""
    return "".join(write_parts(document))


def write_parts(value: object) -> Iterator[str]:
    if isinstance(value, Number):
        yield value.digits
    elif isinstance(value, Mapping):
        separator = "{"
        for name, member in value.items():
            yield f"{separator}{dump(name)}:"
            yield from write_parts(member)
            separator = ","
        yield "}" if value else "{}"
    elif isinstance(value, list):
        separator = "["
        for item in value:
            yield separator
            yield from write_parts(item)
            separator = ","
        yield "]" if value else "[]"
    else:
        yield dump(value)


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
