"""What events cost behind a long history, and in memory with many of them in the overlap."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

from bench import computed
from bench.events import insert, make_rows, read_clock
from bench.eventstage import EventStage, open_event_stage
from bench.figure import Bench, Figure, listed, median
from bench.workplace import Run

NEW_ROWS = 100
TARGET, MEGABYTES_TARGET = 1.25, 250
HISTORY_DAYS = 365
#: Far from the ids of new rows.
FIRST_ID = 1_000_000_000
#: Where the service begins: all slices of the overlap are counted.
BEGUN = timedelta(hours=1)
#: What the rows of the overlap are spread over, so that all are still in it when the last is sent.
OVERLAP = timedelta(minutes=5)


def measure(bench: Bench) -> list[Figure]:
    """Measure cycles behind both histories, and compare."""
    small_rows, large_rows = bench.sizes.event_history
    few, many = cycles(bench, small_rows), cycles(bench, large_rows)
    small, large = computed.clock_seconds(few), computed.clock_seconds(many)
    ratio = median(large) / median(small)
    return [
        Figure(
            "events-growth",
            f"{NEW_ROWS} new rows behind a history of {large_rows:,}",
            f"the same behind {small_rows:,}",
            f"<= {TARGET} x",
            f"{ratio:.2f} x ({median(large) * 1000:.0f} ms beside {median(small) * 1000:.0f} ms)",
            ratio <= TARGET,
            {"ratio": ratio, "small_seconds": listed(small), "large_seconds": listed(large)},
            computed.compare("row", computed.seconds_each(many), computed.seconds_each(few)).text,
        )
    ]


def cycles(bench: Bench, history: int) -> list[Run]:
    """Publish new rows, time after time."""
    runs = []
    with open_event_stage(bench.directory) as stage:
        write_history(stage, history)
        start = read_clock(stage.dba) - BEGUN
        numbers = itertools.count()
        # It warms up.
        cycle(stage, start.isoformat(timespec="seconds"), numbers)
        for _ in range(bench.sizes.cycles):
            runs.append(cycle(stage, start.isoformat(timespec="seconds"), numbers))
    return runs


def cycle(stage: EventStage, start: str, numbers: Iterator[int]) -> Run:
    """Put new rows into the table, and publish them."""
    now = read_clock(stage.dba)
    first = next(numbers) * NEW_ROWS
    insert(stage.dba, make_rows(NEW_ROWS, now - timedelta(seconds=1), now, first))
    run = stage.run("events-relay", PUBLISHER_START=start, PUBLISHER_SETTLE_SECONDS=0)
    assert run.count == NEW_ROWS, f"{run.count} of {NEW_ROWS} rows published"
    return run


def write_history(stage: EventStage, rows: int) -> None:
    """Write rows that were published long ago."""
    end = read_clock(stage.dba) - timedelta(days=1)
    begin = end - timedelta(days=HISTORY_DAYS)
    insert(stage.dba, make_rows(rows, begin, end, FIRST_ID))


def measure_memory(bench: Bench) -> list[Figure]:
    """Publish many rows that all lie in the overlap, and look at the most memory it took."""
    rows = bench.sizes.overlap_rows
    with open_event_stage(bench.directory) as stage:
        now = read_clock(stage.dba)
        insert(stage.dba, make_rows(rows, now - OVERLAP, now))
        run = stage.run("events-relay")
    assert run.count == rows, f"{run.count} of {rows} rows published"
    megabytes = run.peak_bytes / 1e6
    return [
        Figure(
            "events-memory",
            f"peak memory with {rows:,} rows in the overlap",
            "",
            f"<= {MEGABYTES_TARGET} MB",
            f"{megabytes:.0f} MB",
            megabytes <= MEGABYTES_TARGET,
            {"peak_bytes": run.peak_bytes},
        )
    ]
