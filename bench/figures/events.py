"""How fast rows come into a stream, beside bare loops, the former publisher and one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench import computed
from bench.computed import CPU_TARGET
from bench.events import insert, make_rows, read_clock
from bench.eventstage import EventStage, open_event_stage
from bench.figure import Bench, Figure, alternate, divide, listed, listed_by_name, median
from bench.workplace import Run

NEAR_TARGET, FORMER_TARGET = 1.2, 1.4
SINGLE_TARGET, FAR_SINGLE_TARGET = 4, 50
FAR_SECONDS = 0.02
#: As a busy table has them.
ROWS_A_SECOND = 100
#: Behind what is not read yet.
YOUNGEST = timedelta(minutes=1)

Seconds = Mapping[str, Sequence[float]]


def measure(bench: Bench) -> list[Figure]:
    """Measure all ways over the same rows, run after run."""
    rows, singles = bench.sizes.event_rows, bench.sizes.single_events[0]
    with open_event_stage(bench.directory) as stage:
        bodies = prepare(stage, rows)
        ways: dict[str, Callable[[], Run]] = {
            "fetch": partial(run_checked, stage, rows, "events-fetch"),
            "publish": partial(store_checked, stage, rows, "events-publish", bodies),
            "former": partial(store_checked, stage, rows, "events-original"),
            "single": partial(store_checked, stage, singles, "events-one-by-one", bodies),
            "relay": partial(store_checked, stage, rows, "events-relay"),
        }
        found = alternate(bench.sizes.runs, ways)
    seconds = seconds_each(found)
    slower = list(map(max, seconds["fetch"], seconds["publish"]))
    near = divide(seconds["relay"], slower)
    former = divide(seconds["former"], seconds["relay"])
    cpu_seconds = cpu_seconds_each(found)
    cpu = computed.compare(
        "row", cpu_seconds["relay"], cpu_seconds["fetch"], cpu_seconds["publish"]
    )
    numbers = {
        **per_row("seconds_each", seconds),
        **per_row("cpu_seconds_each", cpu_seconds),
    }
    return [
        Figure(
            "events-drain",
            f"{rows:,} rows of a table to a stream",
            f"the slower of a bare fetch ({speed(seconds['fetch'])}) "
            f"and publish_async in windows of 256 without ids ({speed(seconds['publish'])})",
            f"<= {NEAR_TARGET} x, CPU <= {CPU_TARGET} x",
            f"{median(near):.2f} x ({speed(seconds['relay'])})",
            median(near) <= NEAR_TARGET and cpu.is_reached,
            {"ratio": median(near), "ratios": listed(near), **cpu.numbers, **numbers},
            cpu.text,
        ),
        Figure(
            "events-former",
            "the same",
            f"the former publisher's way: gather(js.publish) ({speed(seconds['former'])})",
            f">= {FORMER_TARGET} x faster",
            f"{median(former):.2f} x faster",
            median(former) >= FORMER_TARGET,
            {"faster": median(former), "ratios": listed(former)},
            computed.compare("row", cpu_seconds["relay"], cpu_seconds["former"]).text,
        ),
        single_figure("events-single", "the same", found, SINGLE_TARGET),
    ]


def measure_far(bench: Bench) -> list[Figure]:
    """Measure the relay and one by one where NATS is 20 ms away."""
    rows, singles = bench.sizes.far_event_rows, bench.sizes.single_events[1]
    with open_event_stage(bench.directory, FAR_SECONDS) as stage:
        bodies = prepare(stage, rows)
        ways: dict[str, Callable[[], Run]] = {
            "single": partial(store_checked, stage, singles, "events-one-by-one", bodies),
            "relay": partial(store_checked, stage, rows, "events-relay"),
        }
        found = alternate(bench.sizes.runs, ways)
    what = f"{rows:,} rows with {FAR_SECONDS * 1000:g} ms to NATS and back"
    return [single_figure("events-far", what, found, FAR_SINGLE_TARGET)]


def single_figure(
    name: str, what: str, found: Mapping[str, Sequence[Run]], target: float
) -> Figure:
    """Return the row of the relay beside one by one."""
    seconds, cpu_seconds = seconds_each(found), cpu_seconds_each(found)
    faster = divide(seconds["single"], seconds["relay"])
    return Figure(
        name,
        what,
        f"one message after the answer to the one before ({speed(seconds['single'])})",
        f">= {target} x faster",
        f"{median(faster):.1f} x faster ({speed(seconds['relay'])})",
        median(faster) >= target,
        {"faster": median(faster), "ratios": listed(faster), **per_row("seconds_each", seconds)},
        computed.compare("row", cpu_seconds["relay"], cpu_seconds["single"]).text,
    )


def prepare(stage: EventStage, rows: int) -> str:
    """Fill the table, publish it once, and return the file of the bodies."""
    end = read_clock(stage.dba) - YOUNGEST
    insert(stage.dba, make_rows(rows, end - timedelta(seconds=rows / ROWS_A_SECOND), end))
    store_checked(stage, rows, "events-relay")
    path = Path(stage.directory) / "bodies"
    path.write_bytes(b"\n".join(message.body for message in stage.streams.read()))
    return str(path)


def store_checked(stage: EventStage, rows: int, way: str, *arguments: str) -> Run:
    """Run one way with an empty stream.

    Raises AssertionError when other messages are there afterwards than there should be.
    """
    stage.reset()
    if way == "events-one-by-one":
        arguments = (*arguments, str(rows))
    run = run_checked(stage, rows, way, *arguments)
    stored = stage.streams.count()
    assert stored == rows, f"{way}: {stored} messages of {rows} rows"
    return run


def run_checked(stage: EventStage, rows: int, way: str, *arguments: str) -> Run:
    """Run one way. Raises AssertionError when it had other rows than there are."""
    run = stage.run(way, *arguments)
    assert run.count == rows, f"{way}: {run.count} of {rows} rows"
    return run


def seconds_each(found: Mapping[str, Sequence[Run]]) -> dict[str, list[float]]:
    """Return the seconds that a row took, by way, run after run."""
    seconds = {}
    for name, runs in found.items():
        seconds[name] = [run.seconds / run.count for run in runs]
    return seconds


def cpu_seconds_each(found: Mapping[str, Sequence[Run]]) -> dict[str, list[float]]:
    """Return what a row took this process to compute, by way, run after run."""
    seconds = {}
    for name, runs in found.items():
        seconds[name] = [run.cpu_seconds / run.count for run in runs]
    return seconds


def per_row(what: str, seconds: Seconds) -> dict[str, object]:
    """Return seconds of each row as JSON shows them, in millionths."""
    millionths = {}
    for name, values in seconds.items():
        millionths[name] = [value * 1e6 for value in values]
    return {f"micro{what}": listed_by_name(millionths)}


def speed(seconds: Sequence[float]) -> str:
    """Return how many rows a second it is, in words."""
    return f"{1 / median(seconds):,.0f} rows/s"
