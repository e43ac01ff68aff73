"""Where an event goes: a subject made of fixed words and of values of its row.

What a row holds must not choose another subject than its place in the template: a value is one
token, without dots, blanks and wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from oracle_cdc.errors import EventRefused, SettingsError

MAX_TOKEN_LENGTH = 64
MAX_SUBJECT_LENGTH = 255
#: What stands for a value that has nothing to show.
EMPTY = "_"

#: A template in pieces: what is fixed, and names of columns in braces.
PIECES = re.compile(r"\{([^{}]*)\}")
UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def token(value: object) -> str:
    """Return a value as what can stand in one token of a subject.

    Values that differ only in other signs than letters, digits, _ and - share their subject.
    """
    if value is None:
        return EMPTY
    if isinstance(value, datetime):
        value = value.isoformat(timespec="microseconds")
    elif isinstance(value, bytes):
        value = value[: MAX_TOKEN_LENGTH // 2].hex().upper()
    return UNSAFE.sub("_", str(value)[:MAX_TOKEN_LENGTH]) or EMPTY


class Subjects:
    """Makes the subject of each row by a template such as `txlog.events.{EVENT_TYPE}`.

    Raises SettingsError for a template that names no column of these, or is too long by itself.
    """

    def __init__(self, template: str, columns: Sequence[str]) -> None:
        # Fixed words and names of columns take turns.
        pieces = PIECES.split(template)
        self.fixed = pieces[0::2]
        self.places = [find_column(name, columns) for name in pieces[1::2]]
        shape = EMPTY.join(self.fixed)
        if len(shape) > MAX_SUBJECT_LENGTH:
            raise SettingsError(
                f"the subject {template!r} has {len(shape)} characters without its values, of "
                f"{MAX_SUBJECT_LENGTH} allowed"
            )

    def make(self, values: Sequence[object]) -> str:
        """Return the subject of a row. Raises EventRefused for one that is too long."""
        if not self.places:
            return self.fixed[0]
        parts = [self.fixed[0]]
        for place, fixed in zip(self.places, self.fixed[1:], strict=True):
            parts += (token(values[place]), fixed)
        subject = "".join(parts)
        if len(subject) > MAX_SUBJECT_LENGTH:
            raise EventRefused(
                f"its subject has {len(subject)} characters, of {MAX_SUBJECT_LENGTH} allowed"
            )
        return subject


def subject_pattern(template: str) -> str:
    """Return what a stream takes so that it has all subjects of a template."""
    tokens = []
    for each in PIECES.sub("*", template).split("."):
        if "*" in each:
            each = "*"
        tokens.append(each)
    return ".".join(tokens)


def find_column(name: str, columns: Sequence[str]) -> int:
    """Return the place of a column that a template names, in capitals or as it is."""
    for spelling in (name, name.upper()):
        if spelling in columns:
            return columns.index(spelling)
    raise SettingsError(
        f"the subject names the column {name!r}, which is not read; see NATS_SUBJECT; "
        f"there are {', '.join(columns)}"
    )
