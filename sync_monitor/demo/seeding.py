"""What `seed` writes: tables of the stand-in with sample rows, and the same rows as Parquet."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import oracledb

from oracle_cdc.errors import SettingsError
from sync_monitor.demo.samples import (
    Sample,
    columns_of,
    in_lake_time,
    key_of_row,
    names_of,
    newest_judged_day,
)
from sync_monitor.demo.standin import MONITOR_USER, StandIn
from sync_monitor.model import Engine, Sync
from sync_monitor.rows.dialects import Dialect, quote_name, quote_path, quote_text

SEEDED = "seeded.json"
ROWS_AT_ONCE = 10_000
#: What Oracle says of something that is there, or not, already.
EXISTS, USER_EXISTS, NO_TABLE, NO_USER = 955, 1920, 942, 1918
AWAY = ".away"


def make_samples(syncs: Sequence[Sync], count: int, now: datetime) -> list[Sample]:
    """Return what is written into the tables of some syncs. Raises SettingsError."""
    found: list[Sample] = []
    for sync in syncs:
        if sync.engine is not Engine.DUCKDB:
            raise SettingsError(
                f"monitor seed: {sync.name} is read by {sync.engine.value}; "
                "allowed: syncs of the embedded lake (engine duckdb)"
            )
        found.append(Sample(sync, count, newest_judged_day(sync, now)))
    return found


def remember(directory: Path, samples: Sequence[Sample]) -> None:
    """Keep what is written, and where."""
    kept: dict[str, dict[str, object]] = {}
    for sample in samples:
        kept[sample.sync.name] = {
            "count": sample.count,
            "last_day": sample.last_day.isoformat(),
            "target": sample.sync.target,
        }
    (directory / SEEDED).write_text(json.dumps(kept), encoding="utf-8")


def remembered(directory: Path) -> dict[str, dict[str, Any]]:
    """Return what was written, by the names of syncs."""
    try:
        found: dict[str, dict[str, Any]] = json.loads((directory / SEEDED).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def require_own_lake(directory: Path, samples: Sequence[Sample]) -> None:
    """Raise SettingsError where a directory of the lake holds what no seed wrote.

    Whoever forgot USE_REAL_ORACLE has the lake of his own in the settings, and no other copy of it.
    """
    own = {each.get("target") for each in remembered(directory).values()}
    for sample in samples:
        if sample.sync.target in own:
            continue
        for place in places_of(sample):
            if place.exists() and (not place.is_dir() or any(place.iterdir())):
                raise SettingsError(
                    f"monitor seed: {str(place)!r} holds what no seed wrote, and it would be "
                    "removed; allowed: a directory that is empty or absent. For an Oracle and a "
                    "lake of your own set USE_REAL_ORACLE=true"
                )


def places_of(sample: Sample) -> tuple[Path, Path]:
    """Return the directory of a sample in the lake, and where an injection moves it."""
    target = Path(sample.sync.target)
    return target, target.with_name(target.name + AWAY)


def require_seeds(directory: Path) -> None:
    """Raise SettingsError where nothing was ever written: no look would get its log-in."""
    if not (directory / SEEDED).exists():
        raise SettingsError(
            "USE_REAL_ORACLE: given false, and nothing is seeded in the stand-in of Oracle; set "
            "true for your own, or first: cdc_service.py monitor seed"
        )


def recall(directory: Path, syncs: Sequence[Sync]) -> list[Sample]:
    """Return what was written where the lake is now. Raises SettingsError where nothing was."""
    kept = remembered(directory)
    found: list[Sample] = []
    for sync in syncs:
        each = kept.get(sync.name, {})
        if each.get("target") == sync.target:
            found.append(Sample(sync, each["count"], date.fromisoformat(each["last_day"])))
    if not found:
        raise SettingsError("nothing is seeded yet; first: cdc_service.py monitor seed")
    return found


def write_samples(place: StandIn, samples: Sequence[Sample]) -> None:
    """Write tables and lake as if nothing had ever been there, and end what was injected.

    What is written is remembered, so that it can be written again. Raises SettingsError, before
    anything is written, as require_own_lake does.
    """
    require_own_lake(place.directory, samples)
    place.misbehave("")
    with place.dba() as connection:
        make_user(connection, MONITOR_USER, place.monitor_password)
        run(connection, f"GRANT CREATE SESSION TO {MONITOR_USER}")
        for sample in samples:
            write_table(connection, sample)
    remember(place.directory, samples)
    for sample in samples:
        write_lake(sample)


def make_user(connection: oracledb.Connection, name: str, password: str) -> None:
    """Make a user, unless it is there."""
    user = quote_name(name, Dialect.ORACLE)
    run(connection, f'CREATE USER {user} IDENTIFIED BY "{password}"', USER_EXISTS)


def write_table(connection: oracledb.Connection, sample: Sample) -> None:
    """Make the table anew, with its rows, for the monitor to read."""
    owner = sample.sync.source.split(".")[0]
    table = quote_path(sample.sync.source, Dialect.ORACLE)
    make_user(connection, owner, "not_used_1")
    run(connection, f"DROP TABLE {table}", NO_TABLE)
    columns: list[str] = []
    for name, kind, _ in columns_of(sample):
        columns.append(f"{quote_name(name, Dialect.ORACLE)} {kind}")
    key = quote_name(sample.key, Dialect.ORACLE)
    run(connection, f"CREATE TABLE {table} ({', '.join(columns)}, PRIMARY KEY ({key}))")
    time = quote_name(sample.sync.time_column, Dialect.ORACLE)
    run(connection, f"CREATE INDEX {index_of(sample)} ON {table} ({time})", EXISTS)
    insert_rows(connection, sample, table)
    run(connection, f"GRANT SELECT ON {table} TO {MONITOR_USER}")


def index_of(sample: Sample) -> str:
    """Return the name of the index on the time column."""
    owner, name = sample.sync.source.split(".")
    return f"{quote_name(owner, Dialect.ORACLE)}.{quote_name(f'{name[:100]}_TIME', Dialect.ORACLE)}"


def insert_rows(connection: oracledb.Connection, sample: Sample, table: str) -> None:
    """Insert the rows of a sample."""
    binds = ", ".join(f":{place}" for place in range(1, len(columns_of(sample)) + 1))
    batch: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for row in sample.rows():
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE:
                cursor.executemany(f"INSERT INTO {table} VALUES ({binds})", batch)
                batch = []
        if batch:
            cursor.executemany(f"INSERT INTO {table} VALUES ({binds})", batch)
    connection.commit()


def write_lake(sample: Sample) -> None:
    """Write the rows of a sample as Parquet, in the place of what was there.

    Raises SettingsError where that can't be done.
    """
    try:
        for place in places_of(sample):
            if place.exists():
                shutil.rmtree(place)
        add_to_lake(sample, sample.rows())
    except OSError as error:
        raise SettingsError(
            f"monitor seed: {sample.sync.target!r} can't be written: {error.strerror or error}"
        ) from error


def add_to_lake(sample: Sample, rows: Iterable[Sequence[object]]) -> None:
    """Write rows of a sample as Parquet, a directory for each partition."""
    target = Path(sample.sync.target)
    target.mkdir(parents=True, exist_ok=True)
    columns = columns_of(sample)
    kinds: list[str] = []
    for name, _, kind in columns:
        kinds.append(f"{quote_text(name.lower(), Dialect.DUCKDB)}: '{kind}'")
    partition = sample.sync.partition_column
    kinds.append(f"{quote_text(partition, Dialect.DUCKDB)}: 'VARCHAR'")
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        write_csv(file, sample, rows)
        with duckdb.connect() as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_csv({quote_text(file.name, Dialect.DUCKDB)}, "
                f"header = false, columns = {{{', '.join(kinds)}}})) "
                f"TO {quote_text(str(target), Dialect.DUCKDB)} (FORMAT parquet, PARTITION_BY "
                f"({quote_name(partition, Dialect.DUCKDB)}), OVERWRITE_OR_IGNORE)"
            )


def write_csv(
    file: tempfile._TemporaryFileWrapper[str], sample: Sample, rows: Iterable[Sequence[object]]
) -> None:
    """Write rows of a sample with their partitions."""
    writer = csv.writer(file)
    place = names_of(columns_of(sample)).index(sample.sync.time_column)
    for row in rows:
        moment = row[place]
        assert isinstance(moment, datetime)
        there = list(row)
        there[place] = in_lake_time(sample.sync, moment).isoformat(sep=" ")
        writer.writerow([*there, key_of_row(sample.sync, moment)])
    file.flush()


def run(connection: oracledb.Connection, statement: str, passed_over: int = 0) -> None:
    """Run a statement of the DBA, whose one error is passed over."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except oracledb.DatabaseError as error:
            if getattr(error.args[0], "code", 0) != passed_over:
                raise
