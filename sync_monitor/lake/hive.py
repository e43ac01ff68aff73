"""Hive, or Spark's Thrift server, by impyla. A statement about rows always names a partition.

Partitions are listed by SHOW PARTITIONS, which knows no range: where more than one is asked for, it
gives all that there are. Names and keys with $ are refused: a server may replace what follows.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from impala import dbapi
from impala.error import Error as HiveError
from thrift.Thrift import TException

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.hive_words import code_of_text, code_of_transport, columns_of, key_of
from sync_monitor.lake.seam import DATED, MOST_OTHERS, NULL_PARTITION, Listing
from sync_monitor.lake.sql_tables import SqlTable
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Sync
from sync_monitor.rows.dialects import Dialect, quote_text

#: Counts must be of rows. Statistics of the metastore may be old.
SETTINGS = ("SET hive.compute.query.using.stats=false",)
FIRST_POLL_SECONDS = 0.005
LONGEST_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class HivePlace:
    """Where a HiveServer2 is, and as whom it is asked.

    Parameters:
        mechanism: PLAIN, LDAP, or NOSASL.
    """

    host: str
    port: int
    user: str
    password: str = ""
    mechanism: str = "PLAIN"
    is_tls: bool = False


class HiveLake:
    """The tables of a HiveServer2.

    Parameters:
        statement_seconds: after which a statement is cancelled, and without an answer given up.
    """

    dialect = Dialect.HIVE

    def __init__(self, place: HivePlace, statement_seconds: float) -> None:
        self.place = place
        self.statement_seconds = statement_seconds
        self.stopped = threading.Event()

    def open(self, sync: Sync, meter: Meter) -> HiveTable:
        """Return a table for one look. Raises LakeUnusable for a name that is none."""
        return HiveTable(self, sync, meter)

    def connect(self) -> Any:
        """Return a connection. Raises what impyla and thrift raise."""
        place = self.place
        return dbapi.connect(
            host=place.host,
            port=place.port,
            user=place.user,
            # Without a word for a password PLAIN sends none, which servers refuse.
            password=place.password or place.user,
            auth_mechanism=place.mechanism,
            use_ssl=place.is_tls,
            verify_cert=place.is_tls,
            timeout=self.statement_seconds,
            retries=1,
        )

    def name_of(self, sync: Sync) -> str:
        """Return the table's name."""
        return sync.target

    def cancel(self) -> None:
        """Cancel what runs now. What comes later is refused too."""
        self.stopped.set()

    def close(self) -> None:
        """Cancel everything. Connections are closed by their looks."""
        self.cancel()


class HiveTable(SqlTable):
    """A table during one look. It connects with its first statement."""

    dialect = Dialect.HIVE
    timestamp = "TIMESTAMP"

    def __init__(self, lake: HiveLake, sync: Sync, meter: Meter) -> None:
        super().__init__(sync, meter)
        self.lake = lake
        self.connection: Any = None
        #: impyla's cursors have a session each, with settings of its own: there is one.
        self.cursor: Any = None

    def describe(self, listing: Listing) -> tuple[Column, ...] | None:
        """Return the columns, as the metastore has them."""
        if not listing.keys:
            return None
        partition = self.sync.partition_column.lower()
        columns = columns_of(self.ask(f"DESCRIBE {self.origin}"))
        return tuple(column for column in columns if column.name.lower() != partition)

    def value(self, key: str) -> str:
        """Return the key of a partition as a literal, which Hive takes for a DATE as well."""
        return quote_text(key, self.dialect)

    def partitions(self, begin: str, end: str) -> Listing:
        """Return the partitions that the metastore has: one statement."""
        rows = self.ask(f"SHOW PARTITIONS {self.origin}{self.only(begin, end)}")
        keys: set[str] = set()
        others: set[str] = set()
        for (name,) in rows:
            key = key_of(name, self.sync.partition_column)
            if key == NULL_PARTITION or key is None:
                others.add(name)
            elif begin <= key <= end:
                keys.add(key)
            elif not DATED.match(key) and len(others) < MOST_OTHERS:
                others.add(name)
        return Listing(tuple(sorted(keys)), None, tuple(sorted(others)))

    def only(self, begin: str, end: str) -> str:
        """Return what narrows a list to one partition."""
        if begin != end:
            return ""
        return f" PARTITION ({self.rows(begin).condition})"

    def has(self, key: str) -> bool:
        """Return whether the metastore knows a partition."""
        return bool(self.ask(f"SHOW PARTITIONS {self.origin}{self.only(key, key)}"))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement. Raises LakeUnusable.

        A server that knows files which are no longer there is asked to look again, once.
        """
        try:
            return self.ask_once(sql)
        except LakeUnusable as error:
            if error.state_code != "LAKE-VANISHED":
                raise
        self.ask_once(f"REFRESH TABLE {self.origin}", has_rows=False)
        return self.ask_once(sql)

    def ask_once(self, sql: str, *, has_rows: bool = True) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, which is cancelled at its deadline."""
        self.meter.count(0)
        deadline = time.monotonic() + self.lake.statement_seconds
        try:
            if self.cursor is None:
                self.connection = self.lake.connect()
                self.cursor = self.connection.cursor()
                for setting in SETTINGS:
                    self.run(setting, deadline)
            self.run(sql, deadline)
            # Of a command without rows impyla has an IndexError for who asks for them.
            found = self.fetched() if has_rows else []
        except HiveError as error:
            raise self.unusable(code_of_text(str(error))) from error
        except (TException, OSError) as error:
            # What the connection still brings would be taken for the next statement's.
            self.abandon()
            raise self.unusable(code_of_transport(str(error))) from error
        self.meter.rows += len(found)
        return found

    def run(self, sql: str, deadline: float) -> None:
        """Run a statement to its end. Raises what impyla raises."""
        if self.lake.stopped.is_set():
            raise self.unusable("LAKE-CANCELLED")
        self.cursor.execute_async(sql)
        pause = FIRST_POLL_SECONDS
        while self.cursor.is_executing():
            if self.lake.stopped.wait(pause):
                self.cursor.cancel_operation()
                raise self.unusable("LAKE-CANCELLED")
            if time.monotonic() >= deadline:
                self.cursor.cancel_operation()
                raise self.unusable("LAKE-TIMEOUT")
            pause = min(LONGEST_POLL_SECONDS, 2 * pause)

    def fetched(self) -> list[tuple[Any, ...]]:
        """Return the rows of the statement that has ended. Raises what impyla raises."""
        return [tuple(row) for row in self.cursor.fetchall()]

    def unusable(self, code: str) -> LakeUnusable:
        """Return an error without its text, which may quote values."""
        return LakeUnusable(code, f"look at {self.sync.name}")

    def abandon(self) -> None:
        """Drop the connection, and with it the session, without a word to the server."""
        cursor, connection = self.cursor, self.connection
        self.cursor = self.connection = None
        if cursor is not None:
            # impyla would connect again to say goodbye, also when the cursor is collected.
            cursor._closed = True  # noqa: SLF001
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close the session and the connection."""
        opened = [self.cursor, self.connection]
        self.cursor = self.connection = None
        for each in filter(None, opened):
            with suppress(HiveError, TException, OSError):
                each.close()
