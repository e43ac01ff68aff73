"""Databases with a backlog in them: made once, then copied for each stage."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import oracledb

from bench.conversations import Row, spread
from oracle_cdc.demo.conversations.transcripts import Turn
from oralite.server import Server
from standins.oracle import (
    DBA,
    DBA_PASSWORD,
    SERVICE,
    SOURCE,
    USER,
    create_source,
    create_tables,
)

ROWS_AT_ONCE = 10_000
#: A busy call centre's rate, 20,000 calls in 10 hours, so that a slice of the source has in it what
#: it would have there.
CALLS_PER_HOUR = 2000
#: The youngest call began this long ago: all are quiet.
YOUNGEST = timedelta(minutes=15)
INSERT = f"INSERT INTO {SOURCE} VALUES (:1, :2, :3, :4, :5, :6, :7)"


class Backlogs:
    """Database files by the number of calls that wait in them."""

    def __init__(self, directory: Path, conversations: Sequence[Sequence[Turn]]) -> None:
        self.directory = directory
        self.conversations = conversations
        self.made: dict[int, Path] = {}
        self.copies = itertools.count(1)

    def copy(self, calls: int) -> Path:
        """Return a fresh copy of the database with this number of calls."""
        if calls not in self.made:
            self.made[calls] = self.make(calls)
        copied = self.directory / f"copy-{next(self.copies)}.db"
        shutil.copy2(self.made[calls], copied)
        return copied

    def make(self, calls: int) -> Path:
        """Make the database with this number of calls."""
        path = self.directory / f"calls-{calls}.db"
        with Server(str(path), DBA, DBA_PASSWORD, SERVICE) as server:
            create_source(server.dsn)
            create_tables(server.dsn)
            if calls:
                end = read_clock(server.dsn) - YOUNGEST
                start = end - timedelta(hours=calls / CALLS_PER_HOUR)
                fill(server.dsn, spread(self.conversations, calls, start, end), start)
        return path


def read_clock(dsn: str) -> datetime:
    with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn) as dba, dba.cursor() as cursor:
        cursor.execute("SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL")
        (clock,) = cursor.fetchone()
        assert isinstance(clock, datetime)
        return clock


def fill(dsn: str, rows: Iterable[Row], start: datetime) -> None:
    """Put rows into the source, and begin the service's coverage where they begin."""
    with oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=dsn) as dba:
        insert(dba, rows)
        begin_coverage(dba, start)
        dba.commit()


def insert(connection: oracledb.Connection, rows: Iterable[Row]) -> None:
    """Put rows into the source. The caller commits."""
    with connection.cursor() as cursor:
        cursor.setinputsizes(None, None, None, None, None, *[oracledb.DB_TYPE_TIMESTAMP] * 2)
        for batch in batches(rows):
            cursor.executemany(INSERT, batch)


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in lists of at most ROWS_AT_ONCE."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, ROWS_AT_ONCE)):
        yield batch


def begin_coverage(connection: oracledb.Connection, start: datetime) -> None:
    """Set the service's watermark and coverage. The caller commits."""
    with connection.cursor() as cursor:
        cursor.setinputsizes(begin_time=oracledb.DB_TYPE_TIMESTAMP)
        cursor.execute(
            f"UPDATE {USER}.CDC_PROCESSING_STATUS "
            "SET LAST_PROCESSED_TIMESTAMP = :begin_time, COVERAGE_START = :begin_time "
            "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'",
            begin_time=start,
        )
