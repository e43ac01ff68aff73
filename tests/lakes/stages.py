"""What the contract of lakes is tested on: one stage for each edge.

A new edge is one class with these methods, and its name in STAGES.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import duckdb
import pytest
from impala import dbapi as hive_dbapi

from oracle_cdc.settings.lake_kinds import trino_server
from standins.hiveserver import HOME, HiveServer
from sync_monitor.lake.duck import DuckLake
from sync_monitor.lake.hive import HiveLake, HivePlace
from sync_monitor.lake.seam import Lake
from sync_monitor.lake.trino import TrinoLake, TrinoPlace
from sync_monitor.model import Engine, Sync
from trinolite.server import Trino, serve
from trinolite.warehouse import Table

#: id, name, pay, changed at (a plain timestamp). NULL is None.
Row = tuple[int, str | None, str, str]
#: Where a Trino server is, if one is: http://user@host:8080/catalog/schema.
TRINO_URL = "TRINO_TEST_URL"
COLUMNS = "id BIGINT, name VARCHAR, pay DECIMAL(9,2), changed TIMESTAMP"

#: The same with times as fine as Parquet has them.
FINE = "id BIGINT, name VARCHAR, pay DECIMAL(9,2), changed TIMESTAMP_NS"


class LakeStage(Protocol):
    """A table of a lake that a test fills: id, name, pay, changed, and the partition dt."""

    lake: Lake
    sync: Sync
    listing_statements: int

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        """Add a file of rows to a partition, which is registered."""

    def remove(self, key: str) -> None:
        """Remove a partition."""

    def remove_table(self) -> None:
        """Remove the table as a whole."""


class DuckStage:
    """A directory of Parquet."""

    #: What a look asks for when it lists partitions.
    listing_statements = 0

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "t"
        self.directory.mkdir()
        self.lake: Lake = DuckLake(10.0)
        self.sync = Sync("S", "A.T", str(self.directory), "CHANGED", Engine.DUCKDB, keys=("ID",))
        self.files = 0

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        place = self.directory / f"dt={key}"
        place.mkdir(exist_ok=True)
        self.files += 1
        write_file(place / f"part-{self.files}.parquet", rows, columns)

    def remove(self, key: str) -> None:
        shutil.rmtree(self.directory / f"dt={key}")

    def remove_table(self) -> None:
        shutil.rmtree(self.directory)


class TrinoStage(DuckStage):
    """The same directory, as trinolite's metastore knows it."""

    #: One for the type of the partition's column, once, and one for each list.
    listing_statements = 2

    def __init__(self, directory: Path, trino: Trino) -> None:
        super().__init__(directory)
        self.trino = trino
        kinds = {"id": "bigint", "name": "varchar", "pay": "decimal(9,2)"}
        kinds = {**kinds, "changed": "timestamp(6)", "dt": "varchar"}
        self.table = trino.warehouse.add("hive.a.t", Table(kinds, self.directory, "dt"))
        # A schema is there without the table as well.
        trino.warehouse.add("hive.a.other", Table(kinds, self.directory / "other", "dt"))
        self.lake.close()
        self.lake = TrinoLake(TrinoPlace("127.0.0.1", trino.port, "tests"), 10.0)
        self.sync = Sync("S", "A.T", "hive.a.t", "CHANGED", Engine.TRINO, keys=("ID",))

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        super().write(key, rows, columns=columns)
        self.table.registered.add(key)

    def remove(self, key: str) -> None:
        super().remove(key)
        self.table.registered.discard(key)

    def remove_table(self) -> None:
        super().remove_table()
        del self.trino.warehouse.tables[("hive", "a", "t")]


class RealTrinoStage:
    """A table of a Trino server, in a catalog of the Hive connector."""

    listing_statements = 2
    numbers = itertools.count(1)

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        catalog, self.schema = parts.path.strip("/").split("/")
        server = trino_server(f"{parts.scheme}://{parts.netloc}")
        is_tls = server.scheme == "https"
        place = TrinoPlace(server.host, server.port, server.user, is_tls, server.password)
        self.lake = TrinoLake(place, 60.0)
        self.connection = self.lake.connect(catalog)
        self.name = f"contract_{os.getpid()}_{next(self.numbers)}"
        self.table = f"{catalog}.{self.schema}.{self.name}"
        self.call = f"CALL {catalog}.system.create_empty_partition"
        self.sync = Sync("S", "A.T", self.table, "CHANGED", Engine.TRINO, keys=("ID",))
        self.run(
            f"CREATE TABLE {self.table} (id BIGINT, name VARCHAR, pay DECIMAL(9,2), "
            "changed TIMESTAMP(9), dt VARCHAR) "
            "WITH (format = 'PARQUET', partitioned_by = ARRAY['dt'])"
        )

    def run(self, sql: str) -> None:
        self.connection.cursor().execute(sql).fetchall()

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        if columns not in (COLUMNS, FINE):
            pytest.skip("a server writes its own files")
        if not rows:
            self.run(f"{self.call}('{self.schema}', '{self.name}', ARRAY['dt'], ARRAY['{key}'])")
        for number, name, pay, changed in rows:
            text = "NULL" if name is None else f"FROM_UTF8(X'{name.encode().hex()}')"
            self.run(
                f"INSERT INTO {self.table} (id, name, pay, changed, dt) VALUES ({number}, {text}, "
                f"DECIMAL '{pay}', TIMESTAMP '{changed}', '{key}')"
            )

    def remove(self, key: str) -> None:
        self.run(f"DELETE FROM {self.table} WHERE dt = '{key}'")

    def remove_table(self) -> None:
        self.run(f"DROP TABLE IF EXISTS {self.table}")


@contextmanager
def real_trino(_: Path) -> Iterator[LakeStage]:
    stage = RealTrinoStage(os.environ[TRINO_URL])
    try:
        yield stage
    finally:
        stage.remove_table()
        stage.lake.close()
        stage.connection.close()


class HiveStage(DuckStage):
    """The same directory, as a genuine HiveServer2 knows it."""

    listing_statements = 1
    numbers = itertools.count(1)

    def __init__(self, directory: Path, port: int) -> None:
        super().__init__(directory)
        self.name = f"default.t{next(self.numbers)}"
        self.admin = hive_dbapi.connect(
            "127.0.0.1", port, auth_mechanism="PLAIN", user="tests", password="tests"
        )
        self.cursor = self.admin.cursor()
        self.run(
            f"CREATE TABLE {self.name} (id BIGINT, name STRING, pay DECIMAL(9,2), "
            "changed TIMESTAMP) PARTITIONED BY (dt STRING) "
            f"STORED AS PARQUET LOCATION '{self.directory}'"
        )
        self.lake.close()
        self.lake = HiveLake(HivePlace("127.0.0.1", port, "tests"), 60.0)
        self.sync = Sync("S", "A.T", self.name, "CHANGED", Engine.HIVE, keys=("ID",))

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        self.cursor.execute(sql)

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        if columns == FINE:
            pytest.skip("Spark reads no files with times so fine")
        super().write(key, rows, columns=columns)
        self.run(f"ALTER TABLE {self.name} ADD IF NOT EXISTS PARTITION (dt = '{key}')")
        self.run(f"REFRESH TABLE {self.name}")

    def remove(self, key: str) -> None:
        self.run(f"ALTER TABLE {self.name} DROP PARTITION (dt = '{key}')")
        shutil.rmtree(self.directory / f"dt={key}", ignore_errors=True)

    def remove_table(self) -> None:
        self.run(f"DROP TABLE {self.name}")


@cache
def hive_server() -> HiveServer:
    """Return the server of this process, which takes ten seconds to start."""
    server = HiveServer(Path(tempfile.mkdtemp(prefix="hive-")))
    server.start()
    atexit.register(shutil.rmtree, server.directory, ignore_errors=True)
    atexit.register(server.stop)
    return server


@contextmanager
def hive(directory: Path) -> Iterator[LakeStage]:
    stage = HiveStage(directory, hive_server().port)
    try:
        yield stage
    finally:
        stage.lake.close()
        stage.cursor.close()
        stage.admin.close()


def write_file(file: Path, rows: Sequence[Row], columns: str) -> None:
    """Write a file of Parquet."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        for row in rows:
            binds = ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO t VALUES ({binds})", list(row))
        connection.execute(f"COPY t TO '{file}' (FORMAT parquet)")


@contextmanager
def trino(directory: Path) -> Iterator[LakeStage]:
    with serve() as served:
        stage = TrinoStage(directory, served)
        try:
            yield stage
        finally:
            stage.lake.close()


@contextmanager
def duck(directory: Path) -> Iterator[LakeStage]:
    stage = DuckStage(directory)
    try:
        yield stage
    finally:
        stage.lake.close()


#: The edges, by their names.
STAGES: dict[str, Callable[[Path], AbstractContextManager[LakeStage]]] = {
    "duckdb": duck,
    "trinolite": trino,
}
if HOME in os.environ:
    STAGES["hive"] = hive
if TRINO_URL in os.environ:
    STAGES["trino"] = real_trino
