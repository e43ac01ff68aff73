"""A file of a lake, which others write, as DuckDB reads it for the monitor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from sync_monitor.errors import LakeUnusable
from sync_monitor.lake.duck import DuckLake
from sync_monitor.lake.files import list_partitions
from sync_monitor.metering import Meter
from sync_monitor.model import Engine
from tests.fuzz.decoders import Take
from tests.monitor.stories import make_sync

WORDS = (b"PAR1", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x15\x04\x15")
KEY = "2026-11-20"
ROWS = "SELECT i AS id, 'name ' || i AS name, TIMESTAMP '2026-11-20' AS changed FROM range({}) t(i)"


def seeds() -> Sequence[bytes]:
    found = []
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        for rows, codec in ((0, "uncompressed"), (3, "uncompressed"), (3, "zstd"), (3, "snappy")):
            file = Path(folder) / f"{rows}{codec}.parquet"
            copy = f"COPY ({ROWS.format(rows)}) TO '{file}' (FORMAT parquet, COMPRESSION {codec})"
            connection.execute(copy)
            found.append(file.read_bytes())
    return found


@contextmanager
def opened() -> Iterator[Take]:
    with TemporaryDirectory() as folder:
        table = Path(folder) / "table"
        place = table / f"dt={KEY}"
        place.mkdir(parents=True)
        lake = DuckLake(statement_seconds=5.0, threads=1)
        sync = replace(
            make_sync("HR.EMPLOYEES", Engine.DUCKDB),
            target=str(table),
            partition_column="dt",
            time_column="CHANGED",
        )

        def take(data: bytes) -> None:
            (place / "part.parquet").write_bytes(data)
            opened = lake.open(sync, Meter())
            listing = list_partitions(table, "dt", KEY, KEY)
            with suppress(LakeUnusable):
                opened.describe(listing)
            with suppress(LakeUnusable):
                opened.newest(listing)
            with suppress(LakeUnusable):
                opened.measure(KEY, None)
            opened.close()

        yield take
        lake.close()
