"""The monitor: what a look costs whatever the size, and a round of syncs beside a bare loop."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import duckdb

from bench.figure import Bench, Figure, alternate, median
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.parts import measuring, seeded_stand_in, writing_history
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.lake.duck import DuckLake
from sync_monitor.look_parts import Asked, asked_range
from sync_monitor.metering import Meter
from sync_monitor.model import Column, Engine, Kind, Sync
from sync_monitor.rounds import Rounds
from sync_monitor.rows.canonical import expressions
from sync_monitor.rules.periods import window
from sync_monitor.source.tables import Source
from sync_monitor.wiring import make_syncs, pace_of

DAYS = 400
RATIO_TARGET = 1.3
LAST_DAY = "2026-11-30"
COLUMNS = (Column("ID", Kind.INTEGER), Column("AT", Kind.TIMESTAMP))
NAME = "monitor"


def measure(bench: Bench) -> list[Figure]:
    """Measure statements by size, and a round of syncs."""
    return [measure_sizes(bench), measure_round(bench)]


def measure_sizes(bench: Bench) -> Figure:
    """Count the statements and rows of a day of the lake, in a small and in a large table."""
    costs: list[Meter] = []
    seconds: list[float] = []
    for rows in bench.sizes.lake_rows:
        directory = bench.directory / f"lake-{rows}"
        write_days(directory, rows)
        meter = Meter()
        seconds.append(look_at_a_day(directory, meter))
        costs.append(meter)
        shutil.rmtree(directory)
    small, large = costs
    sizes = " and ".join(f"{rows:,}" for rows in bench.sizes.lake_rows)
    return Figure(
        NAME,
        f"newest row and checksum of a day, {DAYS} days of {sizes} rows of Parquet",
        "the smaller one",
        "the same statements and rows",
        f"{small.statements} and {large.statements} statements, {small.rows} and {large.rows} rows "
        f"({seconds[0] * 1000:.0f} and {seconds[1] * 1000:.0f} ms)",
        (small.statements, small.rows) == (large.statements, large.rows),
        {"seconds": seconds},
    )


def write_days(directory: Path, rows: int) -> None:
    """Write a table of that many rows, the same number a day."""
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT i AS id, TIMESTAMP '{LAST_DAY}' - to_days(CAST(i % {DAYS} AS INTEGER)) "
            f"+ to_seconds(i % 86400) AS at, strftime(TIMESTAMP '{LAST_DAY}' - "
            f"to_days(CAST(i % {DAYS} AS INTEGER)), '%Y-%m-%d') AS dt FROM range({rows}) t(i)) "
            f"TO '{directory}' (FORMAT parquet, PARTITION_BY (dt))"
        )


def look_at_a_day(directory: Path, meter: Meter) -> float:
    """Ask the lake what a look asks that measures a day, and return the seconds that it took."""
    sync = Sync("S", "A.T", str(directory), "AT", Engine.DUCKDB, keys=("ID",))
    lake = DuckLake(600.0)
    with closing(lake), closing(lake.open(sync, meter)) as table:
        texts = expressions(COLUMNS, ("ID",), lake.dialect)
        began = perf_counter()
        listing = table.partitions("2026-11-01", LAST_DAY)
        table.newest(listing)
        table.describe(listing)
        table.measure(LAST_DAY, texts)
        return perf_counter() - began


def measure_round(bench: Bench) -> Figure:
    """Compare a round of looks with a bare loop of the same statements."""
    with tempfile.TemporaryDirectory(dir=bench.directory) as directory:
        ways = run_rounds(Path(directory), bench)
    ratios: list[float] = []
    for whole, bare in zip(*ways, strict=True):
        ratios.append(whole / bare)
    ratio = median(ratios)
    count = bench.sizes.syncs
    return Figure(
        NAME,
        f"a round of {count:,} syncs in which nothing changed, written to the history",
        "a bare loop of the same statements",
        f"<= {RATIO_TARGET} x",
        f"{ratio:.2f} x ({median(ways[0]):.1f} s beside {median(ways[1]):.1f} s)",
        ratio <= RATIO_TARGET,
        {"ratio": ratio, "seconds": ways},
    )


def run_rounds(directory: Path, bench: Bench) -> tuple[list[float], list[float]]:
    """Return the seconds of whole rounds and of bare loops, by turns."""
    settings = MonitorSettings()
    monitor = settings.monitor.model_copy(update={"directory": directory})
    settings = settings.model_copy(update={"monitor": monitor})
    declared = make_syncs(settings)
    samples = make_samples(declared, settings.oracle_mock_count, utc_now())
    syncs: list[Sync] = []
    for number in range(bench.sizes.syncs):
        syncs.append(replace(declared[0], name=f"s{number}"))
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
        with writing_history(settings, syncs) as store, measuring(settings) as parts:
            rounds = Rounds(store, parts.looker, pace_of(settings, declared))

            def look() -> float:
                return timed(lambda: look_at_all(rounds, syncs))

            def ask() -> float:
                return timed(lambda: ask_all(rounds, syncs))

            look()
            found = alternate(bench.sizes.runs, {"look": look, "ask": ask})
    return found["look"], found["ask"]


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that something takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def look_at_all(rounds: Rounds, syncs: Sequence[Sync]) -> None:
    """Take a look at each sync, and write all of them."""
    for sync in syncs:
        rounds.look(sync, Asked())
    rounds.record(syncs)


def ask_all(rounds: Rounds, syncs: Sequence[Sync]) -> None:
    """Ask both sides what a look asks, and do nothing with it."""
    looker = rounds.looker
    for sync in syncs:
        pulse = Source(looker.sessions, sync, Meter()).pulse()
        with closing(looker.lakes[sync.engine].open(sync, Meter())) as table:
            table.newest(table.partitions(*asked_range(sync, window(pulse.now, sync), pulse.now)))
