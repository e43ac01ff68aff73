"""Rows of any table by their time: counted in slices, read as a stream, late ones picked out.

A stretch of time has its begin and not its end. Python's times have six digits of a second and
Oracle's up to nine: a time that is cut off lies in a stretch exactly if the whole time does, since
a stretch begins and ends at six digits. A DATE has none: `RowSql.binds` says how it is compared.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime

from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.row_reading import Batch, RowReader, refusals_as_unavailable
from oracle_cdc.oracle.row_shape import RowShape
from oracle_cdc.oracle.row_sql import LENGTHS, Range, RowSql, Share, count_some, list_length
from oracle_cdc.oracle.session import ROWS_PER_FETCH, Session, fetch_made
from oracle_cdc.relay.values import Look, Slice


class TableSource:
    """Reads the rows of one table, or of one copy's share of them.

    Parameters:
        batch_size: rows of one round trip, and of a batch.
        time_zone: the zone in which the time column is written. None: the database's.
    """

    def __init__(
        self,
        database: Database,
        shape: RowShape,
        *,
        batch_size: int = ROWS_PER_FETCH,
        share: Share | None = None,
        time_zone: str | None = None,
    ) -> None:
        self.database = database
        self.shape = shape
        self.sql = RowSql(shape, share or Share(), time_zone)
        self.reader = RowReader(self.sql, batch_size)

    def look(self, slices: Sequence[Slice]) -> Look:
        """Return Oracle's clock, as the time column has it, and the count of rows of each slice.

        It is one round trip for each 400 slices.
        """
        ranges = [(each.begin, each.end) for each in slices]
        with refusals_as_unavailable(), self.database.session() as session:
            now, counts = self.count(session, ranges[: LENGTHS[-1]])
            for start in range(LENGTHS[-1], len(ranges), LENGTHS[-1]):
                counts += self.count(session, ranges[start : start + LENGTHS[-1]])[1]
        if self.sql.is_date:
            now = now.replace(microsecond=0)
        return Look(now, tuple(counts))

    def count(self, session: Session, ranges: Sequence[Range]) -> tuple[datetime, list[int]]:
        """Return the clock and the count of rows of each range, in one round trip."""
        length = list_length(len(ranges))
        binds: Mapping[str, datetime] = {}
        if length:
            binds = self.sql.list_binds(ranges, length)
        with closing(fetch_made(session, self.sql.look(length), binds)) as fetched:
            ((now, *counts),) = next(fetched)
        return now, counts[: len(ranges)]

    def count_some(self, stretch: Slice, most: int) -> int:
        """Return how many rows a stretch has. Where there are more, it is this many."""
        binds = self.sql.binds("", stretch.begin, stretch.end)
        with (
            refusals_as_unavailable(),
            self.database.session() as session,
            closing(fetch_made(session, count_some(self.sql, most), binds)) as fetched,
        ):
            ((count,),) = next(fetched)
        return int(count)

    @contextmanager
    def read(self, stretch: Slice) -> Iterator[Iterator[Batch]]:
        """Read the rows of a stretch by time and key, of one snapshot, in batches as they come."""
        with (
            self.database.session() as session,
            closing(self.reader.rows(session, stretch)) as batches,
        ):
            yield batches

    @contextmanager
    def read_others(self, stretch: Slice, known: Container[str]) -> Iterator[Iterator[Batch]]:
        """Read the rows of a stretch whose keys are not known.

        Keys come first, from the index. What is missing is picked by its time, so that a few late
        rows cost no reading of the whole stretch.
        """
        with (
            self.database.session() as session,
            closing(self.reader.others(session, stretch, known)) as batches,
        ):
            yield batches
