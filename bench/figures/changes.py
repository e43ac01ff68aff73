"""How fast row changes are carried, beside bare loops, and beside one after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import add

from bench.changestage import AWS_MS, RECORDS_A_READ, SHARDS, ChangeStage, open_change_stage
from bench.computed import CPU_TARGET, compare
from bench.computed import seconds_each as cpu_each
from bench.figure import Bench, Figure, alternate, divide, listed, median
from bench.figures.events import cpu_seconds_each, per_row, seconds_each
from bench.workplace import Run

TARGET, PROCESS_TARGET, SINGLE_TARGET = 1.3, 1.1, 20
FAR = f"{AWS_MS:g} ms to AWS and back"

Runs = Mapping[str, Sequence[Run]]
Seconds = Mapping[str, Sequence[float]]


def measure(bench: Bench) -> list[Figure]:
    """Measure the shipper, the processor and the loops over the same changes, run after run."""
    count, singles = bench.sizes.changes, bench.sizes.single_changes
    with open_change_stage(bench.directory) as stage:
        stage.keep(count, count)
        records, events = prepare(stage, count)
        ways: dict[str, Callable[[], Run]] = {
            "fetch": partial(fetch, stage),
            "put": partial(run_checked, stage, count, "changes-put", records),
            "ship": partial(ship_checked, stage, count),
            "get": partial(run_checked, stage, count, "changes-get", str(RECORDS_A_READ)),
            "publish": partial(run_checked, stage, count, "changes-publish", events),
            "process": partial(process_checked, stage, count),
            "single": partial(
                run_checked, stage, singles, "changes-single", records, events, str(singles)
            ),
        }
        found = take_turns(stage, count, bench.sizes.runs, ways)
    seconds, computed = seconds_each(found), cpu_seconds_each(found)
    # An update has two rows, of which the bare cursor counts each.
    for each in (seconds, computed):
        each["fetch"] = [value * 2 for value in each["fetch"]]
    return [
        ship_figure(count, seconds, computed),
        process_figure(count, seconds, computed),
        single_figure(singles, seconds, computed),
    ]


def take_turns(
    stage: ChangeStage, count: int, runs: int, ways: Mapping[str, Callable[[], Run]]
) -> dict[str, list[Run]]:
    """Return what each way gave. What the loops put into the stream is not the processor's."""
    found: dict[str, list[Run]] = {}
    for names in (("get", "publish", "process"), ("fetch", "put", "ship", "single")):
        found |= alternate(runs, {name: ways[name] for name in names})
    return found


def ship_figure(count: int, seconds: Seconds, computed: Seconds) -> Figure:
    slower = list(map(max, seconds["fetch"], seconds["put"]))
    ratios = divide(seconds["ship"], slower)
    cpu = compare("change", computed["ship"], computed["fetch"], computed["put"])
    return Figure(
        "ship",
        f"{count:,} updates from a change table to a stream, {FAR}",
        f"the slower of a cursor over the same rows ({speed(seconds['fetch'])}) "
        f"and put_records, 500 a request, serial ({speed(seconds['put'])})",
        f"<= {TARGET} x",
        f"{median(ratios):.2f} x ({speed(seconds['ship'])})",
        median(ratios) <= TARGET,
        {**numbers(ratios, seconds, computed), **cpu.numbers},
        cpu.text,
    )


def process_figure(count: int, seconds: Seconds, computed: Seconds) -> Figure:
    slower = list(map(max, seconds["get"], seconds["publish"]))
    ratios = divide(seconds["process"], slower)
    cpu = compare("event", computed["process"], computed["get"], computed["publish"])
    return Figure(
        "process",
        f"{count:,} records of {SHARDS} shards to a bus, {FAR}, {RECORDS_A_READ:,} a read",
        f"the slower of get_records, one shard after another ({speed(seconds['get'])}), "
        f"and put_events, 10 a request, 10 threads ({speed(seconds['publish'])})",
        f"<= {PROCESS_TARGET} x, CPU <= {CPU_TARGET} x",
        f"{median(ratios):.2f} x ({speed(seconds['process'])})",
        median(ratios) <= PROCESS_TARGET and cpu.is_reached,
        {**numbers(ratios, seconds, computed), **cpu.numbers},
        cpu.text,
    )


def single_figure(singles: int, seconds: Seconds, computed: Seconds) -> Figure:
    """Return the row of the two together beside one after another."""
    slower = list(map(max, seconds["ship"], seconds["process"]))
    faster = divide(seconds["single"], slower)
    return Figure(
        "changes-single",
        "the slower of the two",
        f"{singles} changes: for each a PutRecord, a PutEvents and an update of DynamoDB "
        f"({speed(seconds['single'])})",
        f">= {SINGLE_TARGET} x faster",
        f"{median(faster):.0f} x faster",
        median(faster) >= SINGLE_TARGET,
        {"faster": median(faster), "ratios": listed(faster)},
        compare(
            "change", list(map(add, computed["ship"], computed["process"])), computed["single"]
        ).text,
    )


def measure_hot_key(bench: Bench) -> list[Figure]:
    """Measure changes of one row, which go one after another."""
    count = bench.sizes.hot_changes
    with open_change_stage(bench.directory) as stage:
        stage.keep(count, 1)
        records, _ = prepare(stage, count)
        process = process_checked(stage, count)
        ways: dict[str, Callable[[], Run]] = {
            "put": partial(run_checked, stage, count, "changes-put-single", records, str(count)),
            "ship": partial(ship_checked, stage, count),
        }
        found = alternate(1, ways)
    ship, put = found["ship"][0], found["put"][0]
    ratio = max(ship.seconds, process.seconds) / put.seconds
    return [
        Figure(
            "hotkey",
            f"{count:,} updates of one row, {FAR}",
            f"put_record, each after the answer to the one before ({put.seconds:.1f} s)",
            f"<= {TARGET} x, shipper and processor each",
            f"{ratio:.2f} x (shipped in {ship.seconds:.1f} s, published in {process.seconds:.1f})",
            ratio <= TARGET,
            {"ratio": ratio, "ship": ship.seconds, "process": process.seconds, "put": put.seconds},
            compare("change", cpu_each([ship]), cpu_each([put])).text,
        )
    ]


def prepare(stage: ChangeStage, count: int) -> tuple[str, str]:
    """Carry all changes once, and return the files of their records and of their events."""
    ship_checked(stage, count)
    process_checked(stage, count)
    records, events = [], []
    for record in stage.records():
        records.append(json.dumps([record["key"], record["data"]]))
    for event in stage.events():
        events.append(json.dumps(event["detail"], ensure_ascii=False, separators=(",", ":")))
    paths = (stage.directory / "records", stage.directory / "events")
    for path, lines in zip(paths, (records, events), strict=True):
        path.write_text("\n".join(lines), encoding="utf-8")
    return str(paths[0]), str(paths[1])


def fetch(stage: ChangeStage) -> Run:
    stage.fill()
    return stage.run("changes-fetch")


def ship_checked(stage: ChangeStage, count: int) -> Run:
    """Run the shipper. Raises AssertionError when it was not each change once."""
    run = stage.ship()
    assert run.count == count, f"{run.count} records of {count} changes"
    return run


def process_checked(stage: ChangeStage, count: int, records_a_read: int = RECORDS_A_READ) -> Run:
    """Publish all records. Raises AssertionError when it was not each once."""
    run = stage.process(count, records_a_read)
    assert run.count == count, f"{run.count} events of {count} records"
    return run


def run_checked(stage: ChangeStage, count: int, way: str, *arguments: str) -> Run:
    """Run one of the loops. Raises AssertionError when it did not all."""
    run = stage.run(way, *arguments)
    assert run.count == count, f"{way}: {run.count} of {count}"
    return run


def numbers(ratios: Sequence[float], seconds: Seconds, computed: Seconds) -> dict[str, object]:
    return {
        "ratio": median(ratios),
        "ratios": listed(ratios),
        **per_row("seconds_each", seconds),
        **per_row("cpu_seconds_each", computed),
    }


def speed(seconds: Sequence[float]) -> str:
    """Return how many changes a second it is, in words."""
    return f"{1 / median(seconds):,.0f}/s"
