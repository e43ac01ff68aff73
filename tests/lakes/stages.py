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
from sync_monitor.model import Engine, Sync

#: id, name, pay, changed at (a plain timestamp). NULL is None.
Row = tuple[int, str | None, str, str]
COLUMNS = "id BIGINT, name VARCHAR, pay DECIMAL(9,2), changed TIMESTAMP"


class LakeStage(Protocol):
    """A table of a lake that a test fills: id, name, pay, changed, and the partition dt."""

    lake: Lake
    sync: Sync

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        """Add a file of rows to a partition, which is registered."""

    def remove(self, key: str) -> None:
        """Remove a partition."""

    def remove_table(self) -> None:
        """Remove the table as a whole."""


class DuckStage:
    """A directory of Parquet."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "t"
        self.directory.mkdir()
        self.lake = DuckLake(10.0)
        self.sync = Sync("S", "A.T", str(self.directory), "CHANGED", Engine.DUCKDB, keys=("ID",))
        self.files = 0

    def write(self, key: str, rows: Sequence[Row], *, columns: str = COLUMNS) -> None:
        place = self.directory / f"dt={key}"
        place.mkdir(exist_ok=True)
        self.files += 1
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t ({columns})")
            for row in rows:
                binds = ", ".join("?" for _ in row)
                connection.execute(f"INSERT INTO t VALUES ({binds})", list(row))
            connection.execute(f"COPY t TO '{place}/part-{self.files}.parquet' (FORMAT parquet)")

    def remove(self, key: str) -> None:
        shutil.rmtree(self.directory / f"dt={key}")

    def remove_table(self) -> None:
        shutil.rmtree(self.directory)


@contextmanager
def duck(directory: Path) -> Iterator[LakeStage]:
    stage = DuckStage(directory)
    try:
        yield stage
    finally:
        stage.lake.close()


#: The edges, by their names.
STAGES = {"duckdb": duck}
