"""One lane: the front of a change table read, and the rows that were accepted deleted."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import repeat
from typing import Any

from oracle_cdc.changes.lanes.change_log_sql import OWN, LogSql
from oracle_cdc.changes.lanes.columns import LogColumn
from oracle_cdc.changes.rules.json_values import as_moment, convert_column
from oracle_cdc.changes.rules.pairing import BEFORE, DELETED, LogRow
from oracle_cdc.oracle.exact_rows import Exactly
from oracle_cdc.oracle.session import Session, change_made, fetch_made

#: Bytes that one round trip may bring.
MOST_FETCHED = 64 * 1024 * 1024


#: A row by which it is deleted: its place, and its CDC_CHANGE_ID.
Named = tuple[str, str]


class ChangeLog:
    """Reads one change table, and deletes from it."""

    def __init__(self, sql: LogSql) -> None:
        self.sql = sql
        self.shape = sql.shape
        columns = self.shape.columns
        self.fields = [column.field for column in columns]
        self.lobs = [column.field for column in columns if column.is_lob]
        row_bytes = self.shape.row_bytes + sql.most_lob * len(self.lobs)
        self.most_rows = max(1, MOST_FETCHED // max(1, row_bytes))

    def stream(
        self, session: Session, count: int, rows_per_fetch: int
    ) -> Generator[Sequence[LogRow], None, None]:
        """Yield the first rows, those of each round trip, as of one moment.

        Parameters:
            count: how many there are at most.
            rows_per_fetch: of one round trip, fewer where they may be large.
        """
        with closing(
            fetch_made(
                session,
                self.sql.read,
                {"count": count},
                rows_per_fetch=min(rows_per_fetch, self.most_rows),
                handler=Exactly(),
            )
        ) as chunks:
            for chunk in chunks:
                yield list(self.make_rows(chunk))

    def make_rows(self, chunk: Sequence[tuple[Any, ...]]) -> Iterator[LogRow]:
        """Return the rows of a round trip."""
        columns: list[Sequence[Any]] = list(zip(*chunk, strict=True))
        oddities: dict[int, str] = {}
        converted: list[Sequence[Any]] = []
        place = len(OWN)
        for column in self.shape.columns:
            values = columns[place]
            place += 1
            if column.is_lob:
                values = self.whole(column, values, columns[place], oddities)
                place += 1
            converted.append(self.convert(column, values, oddities))
        places, change_ids, signs, moments, transactions = columns[: len(OWN)]
        rows = zip(*converted, strict=True)
        images = [dict(zip(self.fields, values, strict=True)) for values in rows]
        if self.lobs:
            self.drop_lobs(images, signs)
        # One call for all rows: one for each would take as long as the rest.
        return map(
            LogRow,
            places,
            change_ids,
            signs,
            map(as_moment, moments),
            transactions,
            images,
            map(oddities.get, range(len(chunk)), repeat("")),
        )

    def convert(
        self, column: LogColumn, values: Sequence[Any], oddities: dict[int, str]
    ) -> Sequence[Any]:
        """Return the values of a column as JSON has them."""
        converted, odd = convert_column(column.json_type, values)
        for number in odd:
            oddities[number] = f"a value of {column.field} is no {column.json_type.value}"
        return converted

    def whole(
        self,
        column: LogColumn,
        values: Sequence[Any],
        lengths: Sequence[str | None],
        oddities: dict[int, str],
    ) -> Sequence[Any]:
        """Return large objects whole: one that is empty is none to the driver."""
        found = list(values)
        for number, length in enumerate(lengths):
            if length == "0":
                found[number] = EMPTY[column.column.data_type == "BLOB"]
            elif length is not None and int(length) > self.sql.most_lob:
                oddities[number] = f"{column.field} is longer than a record may be: {length}"
        return found

    def drop_lobs(self, images: Sequence[dict[str, object]], signs: Sequence[str]) -> None:
        """Take large objects from old images, which have none: that is not to say NULL."""
        for image, sign in zip(images, signs, strict=True):
            if sign in (BEFORE, DELETED):
                for field in self.lobs:
                    del image[field]

    def delete(self, session: Session, rows: Sequence[Named], *, commit: bool) -> int:
        """Delete rows that were accepted, and return how many there were. It is one round trip."""
        binds = [{"place": place, "change_id": change_id} for place, change_id in rows]
        return sum(change_made(session, self.sql.delete, binds, commit=commit))


#: By whether it is of bytes.
EMPTY: tuple[str, bytes] = ("", b"")
