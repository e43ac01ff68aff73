"""How fast a table comes into a CSV file, beside a bare fetch of it, and in how much memory."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import oracledb

from bench import computed
from bench.backlog import ROWS_AT_ONCE
from bench.figure import Bench, Figure, alternate, divide, listed, listed_by_name, median
from bench.stage import Stage, open_stage
from bench.ways.extraction import TABLE
from bench.workplace import Run
from standins.oracle import USER

TARGET, MEMORY_TARGET = 0.25, 1.1
DDL = (
    f"CREATE TABLE {TABLE} (ID NUMBER(12) PRIMARY KEY, ACCOUNT VARCHAR2(20), NAME VARCHAR2(100), "
    "AMOUNT NUMBER(12, 2), STATUS VARCHAR2(10), CREATED TIMESTAMP, DAY DATE, NOTE VARCHAR2(200))"
)
INSERT = f"INSERT INTO {TABLE} VALUES (:1, :2, :3, :4, :5, :6, :7, :8)"
NAMES = ("ישראל כהן", "John Smith", "=SUM(A1)", "Levi, Dana")
NOTES = (None, "a note about the customer", 'a note with "quotes" now and then', "-5", "שתי מילים")
START = datetime(2024, 1, 1)


def measure(bench: Bench) -> list[Figure]:
    """Measure both ways over the same rows, run after run."""
    rows = bench.sizes.extracted_rows[0]
    with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
        fill(stage, rows)
        found = alternate(
            bench.sizes.runs,
            {
                "fetch": lambda: run_checked(stage, rows, "bare-table"),
                "extract": lambda: extract(bench, stage, rows),
            },
        )
    seconds = {}
    for name, runs in found.items():
        seconds[name] = computed.clock_seconds(runs)
    ratios = divide(seconds["fetch"], seconds["extract"])
    ratio, speed = median(ratios), rows / median(seconds["extract"])
    cpu = computed.compare(
        "row", computed.seconds_each(found["extract"]), computed.seconds_each(found["fetch"])
    )
    return [
        Figure(
            "extract",
            f"extract {rows:,} rows of 8 columns to CSV",
            "bare fetch loop over the same rows",
            f">= {TARGET} x its speed",
            f"{ratio:.2f} x ({speed:,.0f} rows/s beside {rows / median(seconds['fetch']):,.0f})",
            ratio >= TARGET,
            {"ratio": ratio, "ratios": listed(ratios), **cpu.numbers, **listed_by_name(seconds)},
            cpu.text,
        )
    ]


def measure_memory(bench: Bench) -> list[Figure]:
    """Extract a small table and a large one, and compare the most memory that each took."""
    peaks = []
    for rows in bench.sizes.extracted_rows:
        with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
            fill(stage, rows)
            peaks.append(extract(bench, stage, rows).peak_bytes)
    small_rows, large_rows = bench.sizes.extracted_rows
    small, large = peaks
    ratio = large / small
    return [
        Figure(
            "extract-memory",
            f"peak memory extracting {large_rows:,} rows",
            f"extracting {small_rows:,}: {small / 2**20:.0f} MiB",
            f"<= {MEMORY_TARGET} x",
            f"{ratio:.2f} x, {large / 2**20:.0f} MiB",
            ratio <= MEMORY_TARGET,
            {"ratio": ratio, "small_bytes": small, "large_bytes": large},
        )
    ]


def extract(bench: Bench, stage: Stage, rows: int) -> Run:
    """Extract the table into a folder of its own, which goes again."""
    folder = bench.directory / "samples"
    run = run_checked(stage, rows, "extract", str(folder))
    empty(folder)
    return run


def run_checked(stage: Stage, rows: int, way: str, *arguments: str) -> Run:
    """Run one way. Raises AssertionError when it had other rows than there are."""
    run = stage.run(way, *arguments)
    assert run.count == rows, f"{way}: {run.count} of {rows} rows"
    return run


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def fill(stage: Stage, rows: int) -> None:
    """Make the table with this number of rows."""
    stage.execute(DDL)
    stage.execute(f"GRANT SELECT ON {TABLE} TO {USER}")
    made = make_rows(rows)
    with stage.dba.cursor() as cursor:
        cursor.setinputsizes(*[None] * 5, oracledb.DB_TYPE_TIMESTAMP, None, None)
        while batch := list(itertools.islice(made, ROWS_AT_ONCE)):
            cursor.executemany(INSERT, batch)
            stage.dba.commit()


def make_rows(rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows that look like a business's."""
    chance = random.Random(7)
    for number in range(rows):
        yield (
            number,
            f"AC-{number % 977:06}",
            NAMES[number % len(NAMES)],
            chance.randint(-1_000_000, 1_000_000) / 100,
            "OPEN",
            START + timedelta(microseconds=number * 7_123_457),
            START + timedelta(days=number % 365),
            NOTES[number % len(NOTES)],
        )
