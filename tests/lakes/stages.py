"""What the contract of lakes is tested on: one stage for each edge.

A new edge is one class with these methods, and its name in STAGES.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb

from sync_monitor.lake.duck import DuckLake
from sync_monitor.lake.seam import Lake
from sync_monitor.lake.trino import TrinoLake, TrinoPlace
from sync_monitor.model import Engine, Sync
from trinolite.server import Trino, serve
from trinolite.warehouse import Table

#: id, name, pay, changed at (a plain timestamp). NULL is None.
Row = tuple[int, str | None, str, str]
COLUMNS = "id BIGINT, name VARCHAR, pay DECIMAL(9,2), changed TIMESTAMP"


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
STAGES = {"duckdb": duck, "trinolite": trino}
