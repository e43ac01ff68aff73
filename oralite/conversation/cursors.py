"""Open cursors of one session: what a statement was, what its client declared, and the rows it has
not taken yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from oralite.errors import OraError
from oralite.model import BindType, Column, Rest, Row, Scan, SqlType, Variant
from oralite.protocol.messages.execute import Declared
from oralite.protocol.messages.fetch import EncodeColumn
from oralite.protocol.messages.types import COLUMN_TYPES, LOBS, TypeNumber
from oralite.scan import scan

#: The most that are open in one session, as clients learn at log-in.
MOST_OPEN = 300
_LAST_ID = 60000


@dataclass
class Cursor:
    """One statement that a client may run again by number, unless that is 0.

    rows from position on are yet to be fetched, and then the rest.
    """

    id: int
    sql: str
    scan: Scan
    binds: tuple[Declared, ...] = ()
    types: tuple[BindType, ...] = ()
    unsupported: str | None = None
    columns: tuple[Column, ...] | None = None
    defines: tuple[Declared, ...] = ()
    encoders: Sequence[EncodeColumn] | None = None
    rows: Sequence[Row] = field(default=(), repr=False)
    rest: Rest | None = None
    position: int = 0
    fetched: int = 0
    is_executed: bool = False
    wants_row_counts: bool = False

    def declare(self, binds: tuple[Declared, ...]) -> None:
        self.binds = binds
        self.unsupported = next((str(bind) for bind in binds if not bind.is_supported), None)
        if self.unsupported:
            self.types = ()
        else:
            self.types = tuple(bind.bind_type for bind in binds)

    def define(self, defines: tuple[Declared, ...]) -> None:
        self.defines = defines
        self.encoders = None

    @property
    def needs_defines(self) -> bool:
        """Return whether the client must say first how it wants the LOBs of a row."""
        return not self.defines and any(column.type in _LOB_TYPES for column in self.columns or ())

    @property
    def has_lob_binds(self) -> bool:
        for bind in self.binds:
            if bind.type in LOBS:
                return True
        return False

    def take_shape(self, columns: tuple[Column, ...]) -> bool:
        """Note the columns of a result. Returns whether the client knows them differently."""
        known, self.columns = self.columns, columns
        if known is not None and _shape(known) == _shape(columns):
            return False
        self.define(_defines_unasked(known or (), columns))
        return True

    def keep(self, rows: Sequence[Row], rest: Rest | None) -> None:
        self.release()
        self.rows, self.rest = rows, rest
        self.is_executed = True

    def release(self) -> None:
        """Forget the rows that were not fetched."""
        rest, self.rest = self.rest, None
        if rest is not None:
            rest.close()
        self.rows = ()
        self.position = self.fetched = 0
        self.is_executed = False

    def take(self, count: int) -> Sequence[Row]:
        """Return the next rows, and forget those taken last. After an error there are none."""
        rows = self.rows[self.position : self.position + count]
        self.position += len(rows)
        if self.position >= len(self.rows):
            self.rows, self.position = (), 0
        if len(rows) < count and self.rest is not None:
            try:
                rows = [*rows, *self.rest.take(count - len(rows))]
            except BaseException:
                self.release()
                raise
        self.fetched += len(rows)
        return rows

    @property
    def is_exhausted(self) -> bool:
        return self.position >= len(self.rows) and (self.rest is None or self.rest.is_exhausted)


_LOB_TYPES = (SqlType.CLOB, SqlType.BLOB)


def _defines_unasked(before: Sequence[Column], now: Sequence[Column]) -> tuple[Declared, ...]:
    """Return the forms that a client expects of columns that became LOBs since it learned of them.

    A text or a RAW that became a LOB goes on as text or bytes. Nothing, where a LOB is among them
    that the client must define first.
    """
    defines = []
    for column, known_column in zip_longest(now, before[: len(now)]):
        if known_column:
            known = known_column.type
        else:
            known = None
        number = COLUMN_TYPES[column.type]
        if column.type in _LOB_TYPES:
            if known not in _BECAME_LONG[column.type]:
                return ()
            if column.type is SqlType.CLOB:
                number = TypeNumber.LONG
            else:
                number = TypeNumber.LONG_RAW
        defines.append(
            Declared(number, 0, is_national=bool(known_column and known_column.variant.is_national))
        )
    return tuple(defines)


_BECAME_LONG = {SqlType.CLOB: (SqlType.VARCHAR2, SqlType.CHAR), SqlType.BLOB: (SqlType.RAW,)}


def _shape(columns: Iterable[Column]) -> list[tuple[str, SqlType, Variant]]:
    found = []
    for column in columns:
        found.append((column.name, column.type, column.variant))
    return found


class Cursors:
    """All that are open in one session, by their numbers."""

    def __init__(self) -> None:
        self._cursors: dict[int, Cursor] = {}
        self._last_id = 0

    def get(self, cursor_id: int) -> Cursor | None:
        return self._cursors.get(cursor_id)

    def new(self, sql: str) -> Cursor:
        """Make a cursor with a number that is free. It is known once it is opened."""
        while True:
            self._last_id = self._last_id % _LAST_ID + 1
            if self._last_id not in self._cursors:
                return Cursor(self._last_id, sql, scan(sql))

    def open(self, cursor: Cursor) -> None:
        """Make the cursor known by its number, in place of another that had it.

        One without a number is not kept.
        """
        if not cursor.id:
            return
        if cursor.id not in self._cursors and len(self._cursors) >= MOST_OPEN:
            raise OraError(1000, "maximum open cursors exceeded")
        replaced = self._cursors.get(cursor.id, cursor)
        if replaced is not cursor:
            replaced.release()
        self._cursors[cursor.id] = cursor

    def close(self, cursor_ids: Iterable[int]) -> None:
        for cursor_id in cursor_ids:
            if (cursor := self._cursors.pop(cursor_id, None)) is not None:
                cursor.release()
