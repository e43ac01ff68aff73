"""How long the command line takes when there is nothing to do."""

from __future__ import annotations

import subprocess
import sys
import time

from bench.figure import Bench, Figure, listed, median
from bench.processes import ROOT
from bench.stage import Stage, open_stage

HELP_TARGET, ONCE_TARGET = 0.3, 1.5


def measure(bench: Bench) -> list[Figure]:
    """Time both commands, some times each."""
    help_seconds = []
    once_seconds = []
    with open_stage(bench.directory, bench.backlogs.copy(0)) as stage:
        for _ in range(bench.sizes.runs):
            help_seconds.append(run(stage, "--help"))
        for _ in range(bench.sizes.runs):
            once_seconds.append(run(stage, "run", "--once"))
    asked, once = median(help_seconds), median(once_seconds)
    return [
        Figure(
            "start",
            "cdc_service.py --help; run --once with nothing to do",
            "",
            f"<= {HELP_TARGET} s; <= {ONCE_TARGET} s",
            f"{asked:.2f} s; {once:.2f} s",
            asked <= HELP_TARGET and once <= ONCE_TARGET,
            {"help_seconds": listed(help_seconds), "once_seconds": listed(once_seconds)},
        )
    ]


def run(stage: Stage, *arguments: str) -> float:
    """Return the seconds of one command, process and all."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "cdc_service.py", *arguments],
        cwd=ROOT,
        env=stage.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started
