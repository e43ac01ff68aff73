"""Trino on tables of the Hive connector, by its own client.

Partitions are listed by `"table$partitions"`, and a statement about rows always names one. The
client repeats nothing: the next look does.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
import trino.auth
import trino.dbapi
from trino.exceptions import Error as TrinoError
from trino.exceptions import (
    HttpError,
    TrinoAuthError,
    TrinoConnectionError,
    TrinoQueryError,
)

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.seam import NULL_PARTITION, Listing
from sync_monitor.lake.sql_tables import SqlTable
from sync_monitor.lake.trino_words import code_of_http, code_of_name, column_of
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Sync
from sync_monitor.rows.dialects import Dialect, quote_name, quote_text

#: A table's name: catalog, schema, table.
PARTS = 3
#: How Trino calls the monitor in its list of statements.
SOURCE = "sync_monitor"
FINISHED = "FINISHED"
#: The Hive connector rounds times to as many digits as a session says, in comparisons too: three
#: where it says nothing.
#: Source: https://trino.io/docs/current/connector/hive.html, hive.timestamp-precision
PRECISION = "timestamp_precision"
NANOSECONDS = "NANOSECONDS"
#: A request is given up later than its statement, so that this can still be cancelled.
GRACE_SECONDS = 1.0
#: Between two attempts to cancel: before its first answer a statement has no address for that.
CANCEL_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class TrinoPlace:
    """Where a coordinator is, and as whom it is asked. A password needs TLS."""

    host: str
    port: int
    user: str
    is_tls: bool = False
    password: str = ""


class TrinoLake:
    """The tables of a coordinator.

    Parameters:
        statement_seconds: after which a statement is cancelled, and without an answer given up.
    """

    dialect = Dialect.TRINO

    def __init__(self, place: TrinoPlace, statement_seconds: float) -> None:
        self.place = place
        self.statement_seconds = statement_seconds
        self.lock = threading.Lock()
        self.running: set[trino.dbapi.Cursor] = set()
        self.cancelled = False
        #: The type of each table's partition column, asked for once.
        self.partition_types: dict[str, str] = {}

    def open(self, sync: Sync, meter: Meter) -> TrinoTable:
        """Return a table for one look. Raises LakeUnusable for a name that is none."""
        return TrinoTable(self, sync, meter)

    def connect(self, catalog: str) -> trino.dbapi.Connection:
        """Return a connection, which asks nothing yet, for tables of a catalog."""
        place = self.place
        authentication = None
        if place.password:
            authentication = trino.auth.BasicAuthentication(place.user, place.password)
        connection: trino.dbapi.Connection = trino.dbapi.connect(
            host=place.host,
            port=place.port,
            user=place.user,
            auth=authentication,
            http_scheme="https" if place.is_tls else "http",
            source=SOURCE,
            session_properties={f"{catalog}.{PRECISION}": NANOSECONDS},
            max_attempts=1,
            request_timeout=self.statement_seconds + GRACE_SECONDS,
            legacy_prepared_statements=False,
        )
        return connection

    def name_of(self, sync: Sync) -> str:
        """Return the table's name."""
        return sync.target

    def cancel(self) -> None:
        """Cancel what runs now. What comes later is refused too."""
        self.cancelled = True
        with self.lock:
            running = list(self.running)
        for cursor in running:
            cancel(cursor)

    def close(self) -> None:
        """Cancel everything. Connections are closed by their looks."""
        self.cancel()


class TrinoTable(SqlTable):
    """A table during one look."""

    dialect = Dialect.TRINO
    timestamp = "TIMESTAMP(6)"

    def __init__(self, lake: TrinoLake, sync: Sync, meter: Meter) -> None:
        super().__init__(sync, meter)
        self.lake = lake
        parts = sync.target.lower().split(".")
        if len(parts) != PARTS:
            raise LakeUnusable(
                "LAKE-NAME", f"look at {sync.name}: a target is catalog.schema.table for Trino"
            )
        self.catalog, self.schema, self.name = parts
        names = (self.catalog, self.schema, f"{self.name}$partitions")
        self.listed = ".".join(quote_name(name, self.dialect) for name in names)
        self.connection = lake.connect(self.catalog)

    def describe(self, listing: Listing) -> tuple[Column, ...] | None:
        """Return the columns, as the catalog has them."""
        columns = self.columns()
        if not listing.keys:
            return None
        found: list[Column] = []
        for name, kind in columns.items():
            if name != self.sync.partition_column.lower():
                found.append(column_of(name, kind))
        return tuple(found)

    def columns(self) -> dict[str, str]:
        """Return the type of each column. Raises LakeUnusable where there is no such table."""
        schema, name = quote_text(self.schema, self.dialect), quote_text(self.name, self.dialect)
        origin = f"{quote_name(self.catalog, self.dialect)}.information_schema.columns"
        rows = self.ask(
            f"SELECT column_name, data_type FROM {origin} "
            f"WHERE table_schema = {schema} AND table_name = {name} ORDER BY ordinal_position"
        )
        if not rows:
            raise LakeUnusable("LAKE-ABSENT", f"look at {self.sync.name}")
        found = dict(rows)
        kind = found.get(self.sync.partition_column.lower(), "")
        if kind != "date" and not kind.startswith("varchar"):
            raise LakeUnusable(
                "LAKE-SCHEMA",
                f"look at {self.sync.name}: its partition column is of type {kind or 'none'}; "
                "allowed: varchar, date",
            )
        self.lake.partition_types[self.sync.target] = kind
        return found

    @property
    def partition_type(self) -> str:
        """Return the type of the partition's column."""
        if self.sync.target not in self.lake.partition_types:
            self.columns()
        return self.lake.partition_types[self.sync.target]

    def value(self, key: str) -> str:
        """Return the key of a partition as a literal of its column's type."""
        text = quote_text(key, self.dialect)
        if self.partition_type == "date":
            return f"DATE {text}"
        return text

    def partitions(self, begin: str, end: str) -> Listing:
        """Return the partitions that the metastore has, by the table of them: one statement."""
        rows = self.ask(
            f"SELECT {self.column} FROM {self.listed} "
            f"WHERE {self.column} BETWEEN {self.value(begin)} AND {self.value(end)} "
            f"OR {self.column} IS NULL"
        )
        keys: set[str] = set()
        others: set[str] = set()
        for (key,) in rows:
            if key is None:
                others.add(f"{self.sync.partition_column}={NULL_PARTITION}")
            else:
                keys.add(str(key))
        is_text = self.partition_type != "date"
        return Listing(tuple(sorted(keys)), None, tuple(others), is_text=is_text)

    def has(self, key: str) -> bool:
        """Return whether the metastore knows a partition."""
        where = f"WHERE {self.column} = {self.value(key)}"
        return bool(self.ask(f"SELECT {self.column} FROM {self.listed} {where}"))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, which is cancelled at its deadline."""
        late, ended = threading.Event(), threading.Event()
        cursor = self.connection.cursor()
        timer = threading.Timer(self.lake.statement_seconds, interrupt, (cursor, late, ended))
        timer.daemon = True
        self.meter.count(0)
        with self.lake.lock:
            self.lake.running.add(cursor)
        timer.start()
        try:
            if self.lake.cancelled:
                raise LakeUnusable("LAKE-CANCELLED", f"look at {self.sync.name}")
            cursor.execute(sql)
            found = [tuple(row) for row in cursor.fetchall()]
        except (TrinoError, HttpError, requests.RequestException) as error:
            raise self.translate(error, is_late=late.is_set()) from error
        finally:
            ended.set()
            timer.cancel()
            with self.lake.lock:
                self.lake.running.discard(cursor)
        if cursor.stats.get("state") != FINISHED:
            # It was cancelled, or an answer lost the address of the next: rows are missing.
            raise LakeUnusable(self.code_of_end(late), f"look at {self.sync.name}")
        self.meter.rows += len(found)
        return found

    def code_of_end(self, late: threading.Event) -> str:
        """Return why a statement ended before its last row."""
        if late.is_set():
            return "LAKE-TIMEOUT"
        if self.lake.cancelled:
            return "LAKE-CANCELLED"
        return "LAKE-FAILED"

    def translate(self, error: Exception, *, is_late: bool) -> LakeUnusable:
        """Return what an error means, without its text, which may quote values."""
        code = code_of(error)
        if code == "LAKE-CANCELLED" and is_late:
            code = "LAKE-TIMEOUT"
        if code == "LAKE-SCHEMA":
            # The type of its partition column may be another by now.
            self.lake.partition_types.pop(self.sync.target, None)
        return LakeUnusable(code, f"look at {self.sync.name}")

    def close(self) -> None:
        """Close the connection."""
        with suppress(TrinoError, HttpError, requests.RequestException):
            self.connection.close()


def code_of(error: Exception) -> str:
    """Return the code of what the client raises."""
    if isinstance(error, TrinoQueryError):
        return code_of_name(error.error_name or "")
    if isinstance(error, TrinoAuthError):
        return "LAKE-LOGIN"
    if isinstance(error, HttpError):
        return code_of_http(str(error))
    if isinstance(error.__context__, requests.Timeout):
        return "LAKE-TIMEOUT"
    if isinstance(error, (TrinoConnectionError, requests.RequestException)):
        return "LAKE-UNREACHABLE"
    return "LAKE-FAILED"


def interrupt(cursor: trino.dbapi.Cursor, late: threading.Event, ended: threading.Event) -> None:
    """Cancel a statement, because its time is over, until it has ended."""
    late.set()
    while not ended.is_set():
        cancel(cursor)
        ended.wait(CANCEL_PAUSE_SECONDS)


def cancel(cursor: trino.dbapi.Cursor) -> None:
    """Cancel a statement. Where that fails its requests have their own deadline."""
    with suppress(TrinoError, HttpError, requests.RequestException):
        cursor.cancel()
