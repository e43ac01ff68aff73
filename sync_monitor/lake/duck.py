"""DuckDB on partitioned Parquet: the lake that is embedded. Nothing is written, nothing is loaded
from elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.deadlines import Deadlines
from sync_monitor.lake.duck_words import code_of, column_of, listed, moment, read_parquet
from sync_monitor.lake.files import list_partitions, partition_files
from sync_monitor.lake.naming import of_partition
from sync_monitor.lake.seam import LakeRows, Listing
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Sync
from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.dialects import Dialect, quote_name, quote_text
from sync_monitor.rows.sides import AskedSide
from sync_monitor.rows.statements import Rows, count_rows, sum_rows


class DuckLake:
    """Directories of Parquet, read by DuckDB.

    Parameters:
        statement_seconds: after which a statement is interrupted.
        threads: of DuckDB, for all looks together.
    """

    dialect = Dialect.DUCKDB

    def __init__(self, statement_seconds: float, threads: int = 2) -> None:
        self.deadlines = Deadlines(statement_seconds)
        self.connection = duckdb.connect(
            config={
                "threads": threads,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        self.lock = threading.Lock()
        self.cancelled = False

    def open(self, sync: Sync, meter: Meter) -> DuckTable:
        """Return a table for one look."""
        with self.lock:
            connection = self.connection.cursor()
        # By its clocks times with a zone are shown, and not by those of this host.
        connection.execute(f"SET TimeZone = {quote_text(sync.lake_zone.key, self.dialect)}")
        return DuckTable(self, connection, sync, meter)

    def name_of(self, sync: Sync) -> str:
        """Return the directory."""
        return sync.target

    def cancel(self) -> None:
        """Interrupt what runs now. What comes later is refused too."""
        self.cancelled = True
        self.deadlines.interrupt_all()

    def close(self) -> None:
        """Close everything."""
        self.cancel()
        self.deadlines.close()
        self.connection.close()


class DuckTable:
    """A directory during one look."""

    def __init__(
        self, lake: DuckLake, connection: duckdb.DuckDBPyConnection, sync: Sync, meter: Meter
    ) -> None:
        self.lake = lake
        self.connection = connection
        self.sync = sync
        self.meter = meter
        self.directory = Path(sync.target)
        #: The type of each column, by its name in lower case, as DuckDB says it.
        self.types: dict[str, tuple[str, str]] = {}

    def describe(self, listing: Listing) -> tuple[Column, ...] | None:
        """Return the columns of the newest partition that has files."""
        key, files = self.newest_files(listing)
        if not files:
            return None
        with of_partition(self.sync, key):
            rows = self.ask(f"DESCRIBE SELECT * FROM {read_parquet(files)}")
        columns: list[Column] = []
        for name, kind, *_ in rows:
            self.types[name.lower()] = (name, kind)
            if name.lower() != self.sync.partition_column.lower():
                columns.append(column_of(name, kind))
        return tuple(columns)

    def partitions(self, begin: str, end: str) -> Listing:
        """Return the partitions by the names of directories: no statement."""
        return list_partitions(self.directory, self.sync.partition_column, begin, end)

    def newest(self, listing: Listing) -> datetime | None:
        """Return the newest row time, by the statistics of the newest partition's row groups.

        Where files have none its column is read.
        """
        for key in listing.newest_keys():
            files = self.files(key)
            if not files:
                continue
            with of_partition(self.sync, key):
                found = moment(self.newest_of(files))
            if found is not None:
                return found
        return None

    def newest_of(self, files: Sequence[str]) -> Any:
        """Return the newest row time of some files, None where they have none."""
        column = self.sync.time_column.lower()
        newest, known, groups = self.ask(
            "SELECT CAST(MAX(TRY_CAST(stats_max_value AS TIMESTAMPTZ)) AS TIMESTAMP), "
            "COUNT(TRY_CAST(stats_max_value AS TIMESTAMPTZ)), COUNT(*) "
            f"FROM parquet_metadata({listed(files)}) "
            f"WHERE LOWER(path_in_schema) = {quote_text(column, Dialect.DUCKDB)} "
            "AND row_group_num_rows > 0"
        )[0]
        if groups and known < groups:
            name = quote_name(column, Dialect.DUCKDB)
            newest = self.ask(
                f"SELECT CAST(MAX(CAST({name} AS TIMESTAMPTZ)) AS TIMESTAMP) "
                f"FROM {read_parquet(files)}"
            )[0][0]
        return newest

    def measure(self, key: str, texts: Expressions | None) -> LakeRows:
        """Return the rows of a partition.

        A file that vanished since the directory was read is looked for once more.
        """
        try:
            return self.measure_once(key, texts)
        except LakeUnusable as error:
            if error.state_code != "LAKE-VANISHED":
                raise
        return self.measure_once(key, texts)

    def measure_once(self, key: str, texts: Expressions | None) -> LakeRows:
        """Return the rows of a partition, of the files that are there now."""
        files = self.files(key)
        if not files:
            return LakeRows(0, None, files is not None)
        if texts is None:
            rows = Rows(Dialect.DUCKDB, read_parquet(files), "TRUE")
            return LakeRows(int(self.ask(count_rows(rows))[0][0]), None, has_partition=True)
        count, checksum = self.ask(sum_rows(self.rows(files), texts))[0]
        return LakeRows(int(count), None if checksum is None else int(checksum), True)

    def side(self, key: str, texts: Expressions) -> AskedSide:
        """Return the rows of a partition, as a comparison asks for them."""
        return AskedSide(self.ask, self.rows(self.files(key) or ()), texts)

    def close(self) -> None:
        """Close the cursor."""
        self.connection.close()

    def files(self, key: str) -> tuple[str, ...] | None:
        """Return the files of a partition. Raises LakeUnusable."""
        return partition_files(self.directory, self.sync.partition_column, key)

    def newest_files(self, listing: Listing) -> tuple[str, tuple[str, ...]]:
        """Return the newest partition that has files, and these."""
        for key in reversed(listing.keys):
            files = self.files(key)
            if files:
                return key, files
        return "", ()

    def rows(self, files: Sequence[str]) -> Rows:
        """Return the rows of some files, with NULL in columns that they were written without."""
        known: list[str] = []
        for name, kind in self.types.values():
            known.append(f"CAST(NULL AS {kind}) AS {quote_name(name, Dialect.DUCKDB)}")
        if not known:
            return Rows(Dialect.DUCKDB, read_parquet(files), "TRUE")
        origin = (
            f"(SELECT {', '.join(known)} WHERE FALSE "
            f"UNION ALL BY NAME SELECT * FROM {read_parquet(files)})"
        )
        return Rows(Dialect.DUCKDB, origin, "TRUE")

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query, which is interrupted at its deadline. Raises LakeUnusable."""
        self.meter.count(0)
        with self.lake.deadlines.of(self.connection) as running:
            try:
                if self.lake.cancelled:
                    raise LakeUnusable("LAKE-CANCELLED", f"look at {self.sync.name}")
                found = self.connection.execute(sql).fetchall()
            except duckdb.Error as error:
                raise self.translate(error, is_late=running.is_late) from error
        self.meter.rows += len(found)
        return found

    def translate(self, error: duckdb.Error, *, is_late: bool) -> LakeUnusable:
        """Return what an error of DuckDB means, without its text, which may quote values."""
        return LakeUnusable(code_of(error, is_late=is_late), f"look at {self.sync.name}")
