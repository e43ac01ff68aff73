"""Oracle's side of a look: dictionary, pulse, counts, checksums, buckets and rows.

Everything is a SELECT, by bounds on the time column as it is, so that its index serves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta, timezone
from types import NoneType
from typing import Any, NamedTuple

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.session import Session, fetch_made
from sync_monitor.errors import code_of
from sync_monitor.measurements import Partition
from sync_monitor.metering import Meter
from sync_monitor.model import Sync
from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.dialects import (
    Dialect,
    oracle_time,
    quote_name,
    quote_path,
    quote_text,
)
from sync_monitor.rows.sides import AskedSide
from sync_monitor.rows.statements import Rows, count_rows, sum_rows
from sync_monitor.rules.periods import bounds, plain
from sync_monitor.source.catalog import SourceTable, read_table
from sync_monitor.source.naming import naming

Sessions = Callable[[], AbstractContextManager[Session]]
#: How far ahead of the database's clock a row may be before it counts for nothing.
MOST_AHEAD = timedelta(minutes=90)
#: What Oracle says of a column that is not there, or has no greatest value.
OF_COLUMNS = ("ORA-00904", "ORA-00932")


class Pulse(NamedTuple):
    """What one statement says of a table, whatever its size.

    Parameters:
        now: the database's clock, in UTC.
        newest: of the rows that are not ahead of it, in UTC. None: there is none.
        shape: what changes when the table's columns do.
    """

    now: datetime
    newest: datetime | None
    has_future_rows: bool
    shape: tuple[int, datetime | None]


class Tallied(NamedTuple):
    """The rows of a partition on one side: how many, and the sum of their checksums, if asked."""

    rows: int
    checksum: int | None


class Source:
    """A table of Oracle during one look.

    A session is borrowed for each statement and given back at once, so that a lake that hangs keeps
    none from the other syncs. Raises what sessions raise, and SourceUnusable.
    """

    def __init__(self, sessions: Sessions, sync: Sync, meter: Meter) -> None:
        self.sessions = sessions
        self.sync = sync
        self.meter = meter
        self.table = quote_path(sync.source, Dialect.ORACLE)
        self.time = quote_name(sync.time_column, Dialect.ORACLE)

    def describe(self) -> SourceTable:
        """Return the columns, the key and the character set: three statements."""
        with self.sessions() as session:
            return read_table(session, self.sync, self.meter)

    def pulse(self) -> Pulse:
        """Return the clock and the newest row: one statement, two where rows are of the future.

        What is wrong with the time column is said in the words of the dictionary.
        """
        try:
            clock, newest, columns, changed = self.beat()
        except CdcError as error:
            if code_of(error) in OF_COLUMNS:
                self.describe()
            raise
        if not isinstance(newest, (datetime, NoneType)):
            self.describe()
        now = clock.replace(tzinfo=timezone.utc)
        limit = plain(now + MOST_AHEAD, self.sync.source_zone).replace(microsecond=0)
        is_future = newest is not None and newest > limit
        if is_future:
            newest = self.ask(
                f"SELECT MAX({self.time}) FROM {self.table} "
                f"WHERE {self.time} <= {oracle_time(limit)}"
            )[0][0]
        return Pulse(now, self.in_utc(newest, now), is_future, (int(columns), changed))

    def beat(self) -> tuple[Any, ...]:
        """Return the clock, the newest time, how many columns there are, the last DDL."""
        owner, name = self.sync.source.split(".", 1)
        is_table = (
            f"OWNER = {quote_text(owner, Dialect.ORACLE)} AND "
            f"{{}} = {quote_text(name, Dialect.ORACLE)}"
        )
        (found,) = self.ask(
            f"SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP), "
            f"(SELECT MAX({self.time}) FROM {self.table}), "
            f"(SELECT COUNT(*) FROM ALL_TAB_COLUMNS WHERE {is_table.format('TABLE_NAME')}), "
            f"(SELECT MAX(LAST_DDL_TIME) FROM ALL_OBJECTS WHERE {is_table.format('OBJECT_NAME')}) "
            "FROM DUAL"
        )
        return found

    def in_utc(self, moment: datetime | None, now: datetime) -> datetime | None:
        """Return a row's time in UTC, no later than the clock."""
        if moment is None:
            return None
        return min(moment.replace(tzinfo=self.sync.source_zone).astimezone(timezone.utc), now)

    def measure(self, partition: Partition, texts: Expressions | None) -> Tallied:
        """Return how many rows a partition has, and their checksum where texts are given."""
        if texts is None:
            return Tallied(int(self.ask(count_rows(self.rows(partition)))[0][0]), None)
        count, checksum = self.ask(sum_rows(self.rows(partition), texts))[0]
        return Tallied(int(count), None if checksum is None else int(checksum))

    def side(self, partition: Partition, texts: Expressions) -> AskedSide:
        """Return the rows of a partition, as a comparison asks for them."""
        return AskedSide(self.ask, self.rows(partition), texts)

    def rows(self, partition: Partition) -> Rows:
        """Return which rows are the partition's: half-open, by the source's own clocks."""
        limits = bounds(partition, self.sync.source_zone)
        begin, end = oracle_time(limits.begin), oracle_time(limits.end)
        condition = f"{self.time} >= {begin} AND {self.time} < {end}"
        return Rows(Dialect.ORACLE, self.table, condition)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, which are counted."""
        found: list[tuple[Any, ...]] = []
        self.meter.count(0)
        query = Query(f"look at {self.sync.name}", sql, {})
        with naming(self.sync.source), self.sessions() as session:
            for rows in fetch_made(session, query, {}):
                found.extend(rows)
        self.meter.rows += len(found)
        return found
