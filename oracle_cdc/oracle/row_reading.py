"""Rows of one table as a session brings them: a stretch as a stream, late ones picked out."""

from __future__ import annotations

from collections.abc import Container, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from oracle_cdc.errors import (
    CdcError,
    OracleConfigurationError,
    OracleCredentialsError,
    OracleUnavailable,
)
from oracle_cdc.oracle.exact_rows import Exactly
from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.row_keys import make_keys
from oracle_cdc.oracle.row_sql import MOST_TIMES, RowSql, list_length
from oracle_cdc.oracle.session import Session, fetch_made
from oracle_cdc.relay.values import Row, Slice

#: What a source may raise.
RAISED = (OracleUnavailable, OracleConfigurationError, OracleCredentialsError)
#: Between two times that the driver keeps apart.
MICROSECOND = timedelta(microseconds=1)

Batch = Sequence[Row]


class Reading(NamedTuple):
    """One statement that reads rows, with its binds."""

    query: Query
    binds: Mapping[str, datetime]


class RowReader:
    """Reads the rows of one shape in any session.

    Parameters:
        batch_size: rows of one round trip, and of a batch.
    """

    def __init__(self, sql: RowSql, batch_size: int) -> None:
        self.sql = sql
        self.shape = sql.shape
        self.batch_size = batch_size
        #: Times other than the time column come as texts, since the driver could not bring one.
        self.is_careful = False

    def rows(self, session: Session, stretch: Slice) -> Generator[Batch, None, None]:
        """Yield the rows of a stretch by time and key, of one snapshot."""
        query = self.sql.read(is_careful=self.is_careful)
        binds = self.sql.binds("", stretch.begin, stretch.end)
        yield from self.batches(session, Reading(query, binds))

    def others(
        self, session: Session, stretch: Slice, known: Container[str]
    ) -> Generator[Batch, None, None]:
        """Yield the rows of a stretch whose keys are not known."""
        times = self.unknown_times(session, stretch, known)
        if not times:
            return
        for rows in self.batches(session, self.pick(stretch, times)):
            unknown = [row for row in rows if row.key not in known]
            if unknown:
                yield unknown

    def unknown_times(
        self, session: Session, stretch: Slice, known: Container[str]
    ) -> Sequence[datetime]:
        """Return the times of rows whose keys are not known."""
        # The time stands before them.
        keys = make_keys(self.shape, range(1, 1 + len(self.sql.known_by)))
        binds = self.sql.binds("", stretch.begin, stretch.end)
        query = self.sql.read_keys(is_careful=self.is_careful)
        times: dict[datetime, None] = {}
        for fetched in self.fetch(session, Reading(query, binds)):
            for row in fetched:
                if keys.make(row[0], row) not in known:
                    times[row[0]] = None
        return list(times)

    def pick(self, stretch: Slice, times: Sequence[datetime]) -> Reading:
        """Return what reads the rows of these times, or of all where they are many."""
        length = 0
        binds = self.sql.binds("", stretch.begin, stretch.end)
        if len(times) <= MOST_TIMES:
            length = list_length(len(times))
            ranges = [(time, time + MICROSECOND) for time in times]
            binds.update(self.sql.list_binds(ranges, length))
        return Reading(self.sql.read(length, is_careful=self.is_careful), binds)

    def batches(self, session: Session, reading: Reading) -> Generator[Batch, None, None]:
        """Yield the rows that a statement brings, in batches."""
        make_key = make_keys(self.shape, self.sql.keys_at).make
        width = len(self.shape.columns)
        time_at = self.sql.time_at
        for fetched in self.fetch(session, reading):
            rows = []
            for values in fetched:
                time = values[time_at]
                rows.append(Row(time, make_key(time, values), values[:width]))
            yield rows

    def fetch(
        self, session: Session, reading: Reading
    ) -> Generator[Sequence[tuple[Any, ...]], None, None]:
        """Yield the values of each round trip. Raises only what a source may raise."""
        with (
            refusals_as_unavailable(),
            self.noting_odd_values(reading.query.what),
            closing(
                fetch_made(
                    session,
                    reading.query,
                    reading.binds,
                    rows_per_fetch=self.batch_size,
                    handler=Exactly(),
                )
            ) as fetched,
        ):
            yield from fetched

    @contextmanager
    def noting_odd_values(self, what: str) -> Iterator[None]:
        """Read times as texts from now on where the driver could not bring one."""
        try:
            yield
        except (ValueError, OverflowError) as error:
            if self.is_careful:
                raise OracleUnavailable(
                    f"{what}: the driver can't bring a value: {type(error).__name__}"
                ) from None
            self.is_careful = True
            raise OracleUnavailable(
                f"{what}: a time that Python does not hold, such as of a year before 1: "
                "such times are read as texts from now on"
            ) from None


@contextmanager
def refusals_as_unavailable() -> Iterator[None]:
    """Turn errors of Oracle that nobody foresaw into the one that is tried again."""
    try:
        yield
    except RAISED:
        raise
    except CdcError as error:
        raise OracleUnavailable(str(error)) from error
