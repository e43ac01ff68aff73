"""python -m bench.profile: what the service computes while it drains a backlog, part by part."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.backlog import Backlogs
from bench.conversations import read_conversations
from bench.figures.drain import FAR
from bench.stage import BATCH, Latency, open_stage
from bench.workplace import Run


def main(arguments: Sequence[str]) -> None:
    """Profile one drain, and print its parts."""
    options = make_parser().parse_args(arguments)
    latency = Latency()
    if options.far:
        latency = FAR
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        run, parts = profile(Path(directory), options.calls, latency)
    print(render(run, parts))  # noqa: T201 - what the command is for


def profile(directory: Path, calls: int, latency: Latency) -> tuple[Run, Mapping[str, float]]:
    """Drain a backlog once, and return what it took, and the CPU seconds of each part."""
    path = directory / "parts.json"
    backlog = Backlogs(directory, read_conversations(None)).copy(calls)
    with open_stage(directory, backlog, latency) as stage:
        run = stage.run("profiled-drain", str(path), CDC_MAX_BATCH_SIZE=BATCH)
    return run, json.loads(path.read_text(encoding="utf-8"))


def render(run: Run, parts: Mapping[str, float]) -> str:
    """Return the parts, the largest first, and the rest, which stands in none."""
    rest = run.cpu_seconds - sum(parts.values())
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    lines = [
        f"{run.count:,} conversations in {run.seconds:.2f} s, "
        f"of which this process computed {run.cpu_seconds:.2f} s"
    ]
    for name, seconds in [*ordered, ("rest", rest)]:
        lines.append(f"{seconds:6.2f} s {name}")
    return "\n".join(lines)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.profile", description="Where a drain's CPU goes."
    )
    parser.add_argument(
        "--calls", type=int, default=20_000, help="conversations that wait (default 20000)"
    )
    parser.add_argument(
        "--far", action="store_true", help="with 2 ms for each answer of Oracle, 20 ms for SQS"
    )
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
