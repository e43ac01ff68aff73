"""The SQL by which the rows of a table are counted and read.

All of it is made of names that are quoted and of binds. Every condition on the time column is a
range of plain times of the column's own type, so that its index serves. Lists of ranges come in a
few lengths, so that few statements are parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from oracle_cdc.oracle.clock import source_now
from oracle_cdc.oracle.queries import Query, make_query
from oracle_cdc.oracle.row_columns import Column
from oracle_cdc.oracle.row_shape import RowShape

#: Ranges that one statement takes. One that has fewer is filled up with empty ranges.
LENGTHS = (10, 100, 400)
#: How many times rows may be picked by, before a whole stretch is read.
MOST_TIMES = 100

ROWID = "ROWID"
SECOND = timedelta(seconds=1)

Range = tuple[datetime, datetime]


@dataclass(frozen=True)
class Share:
    """The part of the keys that one of several copies reads: number 1 to `of`."""

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise ValueError(f"a share is 1/1, or such as 2/4, not {self.number}/{self.of}")


def parse_share(text: str) -> Share:
    """Read a share such as 2/4. Raises ValueError saying what is allowed."""
    number, slash, of = text.partition("/")
    if not (slash and number.strip().isdecimal() and of.strip().isdecimal()):
        raise ValueError("a share is 1/1, or such as 2/4: the second of four copies")
    return Share(int(number), int(of))


class RowSql:
    """Makes the statements for the rows of one shape.

    Parameters:
        time_zone: the zone in which the time column is written. None: the database's.
    """

    def __init__(self, shape: RowShape, share: Share, time_zone: str | None) -> None:
        self.shape = shape
        self.share = share
        self.now = source_now(time_zone)
        self.table = shape.names.quoted
        self.is_date = shape.time.kind == "DATE"
        #: What rows are shared by, and what they are known by.
        self.keys = [column.quoted for column in shape.keys] or [ROWID]
        self.known_by = [column.quoted for column in shape.keys]
        if shape.has_rowid:
            self.known_by.append(ROWID)
        self.made: dict[tuple[str, int, bool], Query] = {}

    def look(self, length: int) -> Query:
        """Return what counts ranges, each by a query of its own, behind the clock."""
        return self.keep("look", length, False, self.look_text)

    def look_text(self, length: int, _is_careful: bool) -> str:
        """Return the text of what counts ranges."""
        counted = [f"{self.now} AS NOW"]
        for place in range(length):
            counted.append(
                f"(SELECT COUNT(*) FROM {self.table} WHERE {self.within(place)}{self.shared}) "
                f"AS C{place}"
            )
        listed = ",\n".join(counted)
        return f"SELECT {listed}\nFROM DUAL"

    def read(self, length: int = 0, *, is_careful: bool = False) -> Query:
        """Return what reads a stretch in order, or what lies in ranges within it."""
        return self.keep("read", length, is_careful, self.read_text)

    def read_text(self, length: int, is_careful: bool) -> str:
        """Return the text of what reads rows."""
        return self.select(self.expressions(self.selected, is_careful), length)

    def read_keys(self, *, is_careful: bool = False) -> Query:
        """Return what reads times and keys of a stretch, which an index on them has."""
        return self.keep("read keys", 0, is_careful, self.keys_text)

    def keys_text(self, length: int, is_careful: bool) -> str:
        """Return the text of what reads times and keys."""
        columns = (self.shape.time, *self.shape.keys)
        return self.select(self.expressions(columns, is_careful), length)

    def expressions(self, columns: Sequence[Column], is_careful: bool) -> list[str]:
        """Return what is selected of columns, and the ROWID where rows are known by it."""
        selected = []
        for column in columns:
            if column == self.shape.time:
                # No stretch has years before 1.
                selected.append(column.quoted)
            else:
                selected.append(column.expression(is_careful=is_careful))
        if self.shape.has_rowid:
            selected.append(ROWID)
        return selected

    def select(self, selected: Sequence[str], length: int) -> str:
        """Return a SELECT of a stretch by time and key."""
        picked = ""
        if length:
            picked = f"\nAND ({' OR '.join(self.within(place) for place in range(length))})"
        return (
            f"SELECT {', '.join(selected)}\nFROM {self.table}\n"
            f"WHERE {self.within('')}{picked}{self.shared}\n"
            f"ORDER BY {self.shape.time.quoted}, {', '.join(self.known_by)}"
        )

    def within(self, place: object) -> str:
        """Return the condition of one range."""
        kind = "timestamp"
        if self.is_date:
            kind = "date"
        time = self.shape.time.quoted
        return f"{time} >= :b{place} /*{kind}*/ AND {time} < :e{place} /*{kind}*/"

    @property
    def shared(self) -> str:
        """Return the condition of the share. A hash of several columns is a sum of theirs."""
        if self.share.of == 1:
            return ""
        hashes = " + ".join(f"ORA_HASH({key})" for key in self.keys)
        return f"\nAND MOD({hashes}, {self.share.of}) = {self.share.number - 1}"

    @cached_property
    def selected(self) -> Sequence[Column]:
        """Return the columns that are read: those of events, then time and key among no others."""
        extra = [
            column
            for column in (self.shape.time, *self.shape.keys)
            if column not in self.shape.columns
        ]
        return (*self.shape.columns, *dict.fromkeys(extra))

    @cached_property
    def time_at(self) -> int:
        """Return the place of the time among what is read."""
        return self.selected.index(self.shape.time)

    @cached_property
    def keys_at(self) -> Sequence[int]:
        """Return the places of what rows are known by among what is read."""
        places = [self.selected.index(column) for column in self.shape.keys]
        if self.shape.has_rowid:
            places.append(len(self.selected))
        return places

    def binds(self, place: object, begin: datetime, end: datetime) -> dict[str, datetime]:
        """Return the binds of a range.

        A DATE lies before a fraction of its second exactly if it lies before the next one.
        """
        if self.is_date:
            begin, end = next_second(begin), next_second(end)
        return {f"b{place}": begin, f"e{place}": end}

    def list_binds(self, ranges: Sequence[Range], length: int) -> Mapping[str, datetime]:
        """Return the binds of a list of ranges, filled up with empty ones."""
        binds: dict[str, datetime] = {}
        for place in range(length):
            begin = end = ranges[0][0]
            if place < len(ranges):
                begin, end = ranges[place]
            binds.update(self.binds(place, begin, end))
        return binds

    def keep(
        self, what: str, length: int, is_careful: bool, write: Callable[[int, bool], str]
    ) -> Query:
        """Return a query, written once."""
        key = (what, length, is_careful)
        if key not in self.made:
            self.made[key] = make_query(
                f"{what} {self.shape.names.shown}", write(length, is_careful)
            )
        return self.made[key]


def count_some(sql: RowSql, most: int) -> Query:
    """Return what counts the rows of a stretch, up to a limit."""
    text = (
        f"SELECT COUNT(*) FROM {sql.table}\n"
        f"WHERE {sql.within('')}{sql.shared}\nAND ROWNUM <= {most}"
    )
    return make_query(f"count {sql.shape.names.shown}", text)


def next_second(time: datetime) -> datetime:
    """Return a time without a fraction that is not before this one."""
    if time.microsecond:
        return time.replace(microsecond=0) + SECOND
    return time


def list_length(count: int) -> int:
    """Return the shortest of the lists that takes a number of ranges, 0 for none."""
    if not count:
        return 0
    for length in LENGTHS:
        if count <= length:
            return length
    raise ValueError(f"a list of ranges takes at most {LENGTHS[-1]}, not {count}")
