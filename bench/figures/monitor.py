"""The monitor: what a look costs whatever the size, a round of many syncs, the page of many."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from bench.figure import Bench, Figure, alternate, divide, listed, median, percentile
from bench.monitorstage import Stage, staged
from oracle_cdc.running.clock import utc_now
from sync_monitor.demo.injecting import inject
from sync_monitor.history.writing import write_entries
from sync_monitor.looks.pace import Asked
from sync_monitor.metering import Meter
from sync_monitor.model import Sync
from sync_monitor.records import Entry
from sync_monitor.rounds import Rounds
from sync_monitor.rules.periods import asked_range, window
from sync_monitor.source.tables import Source
from sync_monitor.verdicts import Cost, Issue, Trigger
from sync_monitor.web.access import Access
from sync_monitor.web.app import make_app
from sync_monitor.web.site import Site
from sync_monitor.web.words import Clock

DAYS = 400
#: Of the table that is looked at: what lies before them is nobody's business.
WINDOW_DAYS = 1
ROUND_DAYS = 30
ROUND_ROWS = 107
RATIO_TARGET = 1.3
PAGE_TARGET_MS = 50.0
PAGE_REQUESTS = 200
PAGE_LOOKS = 30
#: Of this number of syncs one lacks a partition.
FAULTY_OF = 40
INTERVAL = timedelta(minutes=5)
SIZES, ROUND, PAGE = "monitor-size", "monitor-round", "monitor-page"


class Taken(NamedTuple):
    """What something took: on the clock, and of CPU in this process."""

    seconds: float
    cpu_seconds: float


def timed(work: Callable[[], object]) -> Taken:
    """Return what something takes."""
    began, cpu = perf_counter(), process_time()
    work()
    return Taken(perf_counter() - began, process_time() - cpu)


class Sized(NamedTuple):
    """What looks at a table of some size came to: the first of a day, and those that follow."""

    first: Cost
    steady: Cost
    first_seconds: float
    steady_seconds: float


def measure_sizes(bench: Bench) -> list[Figure]:
    """Count the statements and rows of looks at a small and at a large table."""
    small, large = map(partial(look_at_size, bench), bench.sizes.lake_rows)
    sizes = " and ".join(map("{:,}".format, bench.sizes.lake_rows))
    steady = statements(large.steady)
    return [
        Figure(
            SIZES,
            f"a look at {DAYS} days of {sizes} rows of Parquet, and at the same table in Oracle",
            "the smaller one",
            "1 + 1 statements a steady look, both the same",
            f"{statements(small.steady)} and {steady} a steady look "
            f"({in_ms(small.steady_seconds)} and {in_ms(large.steady_seconds)}), "
            f"{statements(small.first)} and {statements(large.first)} with a day measured "
            f"({in_ms(small.first_seconds)} and {in_ms(large.first_seconds)})",
            steady == "1 + 1" and (small.first, small.steady) == (large.first, large.steady),
            {"first": statements(large.first), "steady": steady},
        )
    ]


def statements(cost: Cost) -> str:
    """Return how many statements a look asked of Oracle and of the lake."""
    return f"{cost.oracle_statements} + {cost.lake_statements}"


def in_ms(seconds: float) -> str:
    """Return a time in milliseconds."""
    return f"{seconds * 1000:.0f} ms"


def look_at_size(bench: Bench, rows: int) -> Sized:
    """Look at a table whose days have this number of rows together."""
    directory = bench.directory / f"monitor-{rows}"
    try:
        with staged(directory, rows // DAYS, WINDOW_DAYS) as stage:
            write_older_days(Path(stage.sync.target), stage.sample.days[-1])
            stage.rounds.look(stage.sync, Asked())
            # The catalogs are read once a day, and are not counted.
            first = timed(lambda: stage.rounds.look(stage.sync, Asked()))
            first_cost = cost_of(stage)
            stage.rounds.record([stage.sync])
            look_again(stage)
            seconds = [look_again(stage).seconds for _ in range(bench.sizes.cycles)]
            steady = cost_of(stage)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return Sized(first_cost, steady, first.seconds, median(seconds))


def cost_of(stage: Stage) -> Cost:
    """Return what the newest look asked."""
    return stage.rounds.looked[stage.sync.name].entry.look.cost


def look_again(stage: Stage) -> Taken:
    """Take the next look."""
    return timed(lambda: look_at_all(stage.rounds, [stage.sync]))


def write_older_days(target: Path, day: str) -> None:
    """Write the day's rows into as many days before it as the table has, in the lake alone."""
    files = f"{target}/dt={day}/*.parquet"
    older = f"range({WINDOW_DAYS + 1}, {DAYS + WINDOW_DAYS}) older(d)"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT t.*, strftime(DATE '{day}' - CAST(d AS INTEGER), '%Y-%m-%d') AS dt "
            f"FROM read_parquet('{files}', hive_partitioning = false) t, {older}) "
            f"TO '{target}' (FORMAT parquet, PARTITION_BY (dt), OVERWRITE_OR_IGNORE)"
        )


def measure_round(bench: Bench) -> list[Figure]:
    """Compare a round of looks with a bare loop of the same statements."""
    directory = bench.directory / "monitor-round"
    with staged(directory, ROUND_ROWS, ROUND_DAYS) as stage:
        syncs = known_syncs(stage, bench.sizes.syncs)
        look_at_all(stage.rounds, syncs)
        found = alternate(
            bench.sizes.runs,
            {
                "look": lambda: timed(lambda: look_at_all(stage.rounds, syncs)),
                "ask": lambda: timed(lambda: ask_all(stage.rounds, syncs)),
            },
        )
        memory = resident_megabytes()
    return [round_figure(bench, found, memory)]


def known_syncs(stage: Stage, number: int) -> list[Sync]:
    """Return as many syncs, each with its cells in the history: one is measured, as all are it."""
    entry = look_once(stage)
    syncs = copies_of(stage.sync, number)
    stage.declare(syncs)
    entries: list[Entry] = []
    for sync in syncs:
        entries.append(renamed(entry, sync.name, entry.look.began))
    stage.store.write(lambda connection: write_entries(connection, entries))
    return syncs


def round_figure(bench: Bench, found: dict[str, list[Taken]], memory: int) -> Figure:
    """Return the row of a round."""
    look, ask = Times(found["look"]), Times(found["ask"])
    walls, cpus = divide(look.seconds, ask.seconds), divide(look.cpu, ask.cpu)
    wall, cpu = median(walls), median(cpus)
    return Figure(
        ROUND,
        f"a round of {bench.sizes.syncs:,} syncs in which nothing changed, written to the history",
        "a bare loop of the same statements",
        f"<= {RATIO_TARGET} x, on the clock and of CPU",
        f"{wall:.2f} x ({median(look.seconds):.1f} s beside {median(ask.seconds):.1f} s), "
        f"{cpu:.2f} x of CPU ({median(look.cpu):.2f} s beside {median(ask.cpu):.2f} s); "
        f"{memory} MB resident",
        max(wall, cpu) <= RATIO_TARGET,
        {"wall": listed(walls), "cpu": listed(cpus), "resident_mb": memory},
    )


class Times:
    """What the runs of one way took."""

    def __init__(self, taken: Sequence[Taken]) -> None:
        self.seconds = [each.seconds for each in taken]
        self.cpu = [each.cpu_seconds for each in taken]


def resident_megabytes() -> int:
    """Return what this process holds of memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 10**6


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


def measure_page(bench: Bench) -> list[Figure]:
    """Time the first page of many syncs, as the application answers it."""
    with staged(bench.directory / "monitor-page", ROUND_ROWS, ROUND_DAYS) as stage:
        syncs = remembered_syncs(stage, bench.sizes.syncs)
        site = Site(stage.store, syncs, INTERVAL, Clock(ZoneInfo("UTC")), Access())
        client = make_app(site).test_client()
        client.get("/")
        taken: list[Taken] = []
        for _ in range(PAGE_REQUESTS):
            taken.append(timed(lambda: client.get("/")))
    times = Times(taken)
    clock = percentile(times.seconds, 99) * 1000
    cpu, usual = percentile(times.cpu, 99) * 1000, median(times.cpu) * 1000
    return [
        Figure(
            PAGE,
            f"`/` of {bench.sizes.syncs:,} syncs, {PAGE_REQUESTS} requests, p99",
            "",
            f"<= {PAGE_TARGET_MS:.0f} ms",
            f"{clock:.0f} ms on the clock, {cpu:.0f} ms of CPU (half of them {usual:.0f} ms)",
            clock <= PAGE_TARGET_MS,
            {"clock_ms": clock, "cpu_ms": cpu},
        )
    ]


def remembered_syncs(stage: Stage, number: int) -> list[Sync]:
    """Return as many syncs with looks of hours, of which some lack a partition."""
    well = look_once(stage)
    inject("missing_partition", stage.place, [stage.sample])
    faulty = look_once(stage)
    syncs = copies_of(stage.sync, number)
    stage.declare(syncs)
    now = utc_now()
    entries: list[Entry] = []
    for back in range(PAGE_LOOKS, 0, -1):
        for place, sync in enumerate(syncs):
            entry = well
            if place % FAULTY_OF == 0:
                entry = faulty
            entries.append(renamed(entry, sync.name, now - INTERVAL * back))
    stage.store.write(lambda connection: write_entries(connection, entries))
    return syncs


def renamed(entry: Entry, name: str, began: datetime) -> Entry:
    """Return a look as one at another sync and another time."""
    issues: list[Issue] = []
    for issue in entry.issues:
        issues.append(replace(issue, sync=name))
    look = replace(entry.look, sync=name, began=began)
    return replace(entry, look=look, issues=tuple(issues))


def look_once(stage: Stage) -> Entry:
    """Take a look, and return what it leaves behind."""
    return stage.rounds.look(stage.sync, Asked(Trigger.PERSON)).entry


def copies_of(sync: Sync, number: int) -> list[Sync]:
    """Return as many syncs of the same table."""
    return [replace(sync, name=f"s{each}") for each in range(number)]
