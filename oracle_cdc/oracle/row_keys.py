"""The key of each row as one text, by which it is known among all."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from oracle_cdc.oracle.row_shape import RowShape

logger = logging.getLogger(__name__)

#: Stands between the columns of a key, and in a value as %3A.
SEPARATOR = ":"


def key_text(value: Any) -> str:
    """Return one column of a key as a text. Oracle has no empty text: that is NULL."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return sound_text(value)
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return str(value)


def sound_text(text: str) -> str:
    """Return a text that any store takes, with the bytes that are no UTF-8 written out."""
    return text.encode(errors="backslashreplace").decode()


def join_key(values: Sequence[Any]) -> str:
    """Return a key of several columns. No two keys become one text."""
    parts = []
    for value in values:
        parts.append(key_text(value).replace("%", "%25").replace(SEPARATOR, "%3A"))
    return SEPARATOR.join(parts)


class UniqueKeys:
    """Makes keys of which Oracle says that no two rows have the same.

    Parameters:
        places: where the columns of a key are in a row.
    """

    def __init__(self, shape: RowShape, places: Sequence[int]) -> None:
        self.first, *others = places
        self.is_single = not others
        self.places = places

    def make(self, time: datetime, row: Sequence[Any]) -> str:
        """Return the key of the next row."""
        if self.is_single:
            return key_text(row[self.first])
        return join_key([row[place] for place in self.places])


class RepeatedKeys(UniqueKeys):
    """Makes keys that may be those of several rows.

    The time is part of each. The ROWID is too, where there is one: no row is taken for the repeat
    of another. Else rows of one time have a number, in the order of one stretch that one object
    reads: a row that is committed later may change it.
    """

    def __init__(self, shape: RowShape, places: Sequence[int]) -> None:
        super().__init__(shape, places)
        self.what = shape.names.shown
        self.time: datetime | None = None
        #: How many rows of this time had a key.
        self.counts: dict[str, int] = {}
        self.has_said = False

    def make(self, time: datetime, row: Sequence[Any]) -> str:
        """Return the key of the next row."""
        if time != self.time:
            self.time = time
            self.counts = {}
        key = f"{super().make(time, row)}@{key_text(time)}"
        count = self.counts.get(key, 0) + 1
        self.counts[key] = count
        if count == 1:
            return key
        self.say(time)
        return f"{key}#{count}"

    def say(self, time: datetime) -> None:
        """Say that rows have the same key and time."""
        if not self.has_said:
            self.has_said = True
            logger.warning(
                "%s: several rows of %s have the same key: each is an event of its own; "
                "name key columns that are unique",
                self.what,
                time,
            )


def make_keys(shape: RowShape, places: Sequence[int]) -> UniqueKeys:
    """Return what makes the keys of one stretch."""
    if shape.is_key_unique:
        return UniqueKeys(shape, places)
    return RepeatedKeys(shape, places)
