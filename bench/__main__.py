"""python -m bench: measure what the table of bench/README.md says, all of it or one row."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.backlog import Backlogs
from bench.conversations import read_conversations
from bench.figure import QUICK, Bench, Figure, Missing, Sizes
from bench.figures import (
    changecosts,
    changelive,
    changes,
    copies,
    counts,
    drain,
    eventgrowth,
    eventidle,
    eventlive,
    events,
    extraction,
    growth,
    idle,
    largecall,
    live,
    memory,
    monitor,
    redaction,
    results,
    starting,
)
from bench.table import render

logger = logging.getLogger(__name__)

Measure = Callable[[Bench], list[Figure]]

#: What measures the rows of these names. Some come of the same runs.
ROWS: tuple[tuple[tuple[str, ...], Measure], ...] = (
    (("drain",), drain.measure_near),
    (("drain-far", "per-call"), drain.measure_far),
    (("results",), results.measure),
    (("trips", "requests"), counts.measure),
    (("idle",), idle.measure),
    (("growth",), growth.measure),
    (("memory",), memory.measure),
    (("large-call",), largecall.measure),
    (("settled", "result"), live.measure),
    (("copies",), copies.measure),
    (("start",), starting.measure),
    (("extract",), extraction.measure),
    (("extract-memory",), extraction.measure_memory),
    (("monitor-size",), monitor.measure_sizes),
    (("monitor-round",), monitor.measure_round),
    (("monitor-page",), monitor.measure_page),
    (("redaction",), redaction.measure),
    (("events-drain", "events-former", "events-single"), events.measure),
    (("events-far",), events.measure_far),
    (("events-idle",), eventidle.measure),
    (("events-late", "events-live"), eventlive.measure),
    (("events-growth",), eventgrowth.measure),
    (("events-memory",), eventgrowth.measure_memory),
    (("ship", "process", "changes-single"), changes.measure),
    (("hotkey",), changes.measure_hot_key),
    (("latency",), changelive.measure),
    (("changes-trips", "changes-idle"), changecosts.measure),
    (("changes-memory",), changecosts.measure_memory),
)

#: A name for several rows: all whose own begin with it, and these.
GROUPS = {"events": (), "monitor": (), "changes": ("ship", "process", "hotkey", "latency")}


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, and return 1 when a row is missed."""
    options = make_parser().parse_args(arguments)
    sizes = Sizes()
    if options.quick:
        sizes = QUICK
    if options.runs:
        sizes = dataclasses.replace(sizes, runs=options.runs)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        backlogs = Backlogs(Path(directory), read_conversations(options.transcripts))
        figures = measure(Bench(Path(directory), backlogs, sizes), named(options.only))
    command = " ".join(["python -m bench", *arguments])
    shown = render(figures, command)
    if options.json:
        shown = as_json(figures)
    print(shown)  # noqa: T201 - what the command is for
    if all(figure.is_reached for figure in figures):
        return 0
    return 1


def named(only: Sequence[str]) -> list[str]:
    """Return the names of rows, where some may stand for several."""
    names: list[str] = []
    for name in only:
        if name in GROUPS:
            names += GROUPS[name]
            names += [row for row in all_names() if row.startswith(f"{name}-")]
        else:
            names.append(name)
    return names


def all_names() -> list[str]:
    """Return the names of all rows."""
    names: list[str] = []
    for row, _ in ROWS:
        names += row
    return names


def read_names(text: str) -> list[str]:
    """Read names with commas between them. Raises ArgumentTypeError for one that is none."""
    names = text.split(",")
    known = (*all_names(), *GROUPS)
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is no row: {', '.join(known)}")
    return names


def measure(bench: Bench, only: Sequence[str]) -> list[Figure]:
    """Measure all rows, or only some."""
    figures: list[Figure] = []
    for names, measure_rows in ROWS:
        if only and not set(only) & set(names):
            continue
        report(f"measuring {', '.join(names)} ...")
        for figure in measure_safely(bench, names, measure_rows):
            report(f"{figure.name}: {figure.measured}")
            if not only or figure.name in only:
                figures.append(figure)
    return figures


def report(line: str) -> None:
    """Print how far it has come, beside the standard output, which is the table's alone.

    The whole takes half an hour, and what is measured already shall not be lost with it.
    """
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits


def measure_safely(bench: Bench, names: Sequence[str], measure_rows: Measure) -> list[Figure]:
    """Measure rows. What failed is a row too: the others took minutes."""
    try:
        return measure_rows(bench)
    except Missing as error:
        report(f"not measured: {error}")
        return [Figure(name, name, "", "", f"not measured: {error}", False) for name in names]
    except Exception as error:
        logger.exception("measuring %s failed", ", ".join(names))
        measured = f"failed: {type(error).__name__}"
        return [Figure(name, name, "", "", measured, False) for name in names]


def as_json(figures: Sequence[Figure]) -> str:
    return json.dumps([dataclasses.asdict(figure) for figure in figures], indent=2)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measures the service beside the limit."
    )
    parser.add_argument(
        "--only",
        action="extend",
        type=read_names,
        default=[],
        metavar="ROW",
        help="rows, with commas between them; may be given again; `events` is all rows of events, "
        "`changes` all of row changes",
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer runs")
    parser.add_argument(
        "--runs", type=int, default=0, help="alternating runs of a ratio (default 5, quick 3)"
    )
    parser.add_argument("--json", action="store_true", help="figures as JSON instead of a table")
    parser.add_argument(
        "--transcripts",
        type=Path,
        metavar="FILE",
        help="conversations to use, as `demo` reads them",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
