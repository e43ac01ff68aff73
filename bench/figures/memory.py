"""The most memory that a drain holds, for a small backlog and a large one."""

from __future__ import annotations

from bench.figure import Bench, Figure
from bench.stage import open_stage
from bench.workplace import Run

RATIO_TARGET, MEBIBYTES_TARGET = 1.1, 200


def measure(bench: Bench) -> list[Figure]:
    """Drain both backlogs, and compare."""
    small_calls, large_calls = bench.sizes.memory_calls
    small = drain(bench, small_calls)
    large = drain(bench, large_calls)
    ratio, mebibytes = large.peak_bytes / small.peak_bytes, large.peak_bytes / 2**20
    return [
        Figure(
            "memory",
            f"peak memory draining {large.count:,} conversations",
            f"draining {small.count:,}: {small.peak_bytes / 2**20:.0f} MiB",
            f"<= {RATIO_TARGET} x, < {MEBIBYTES_TARGET} MB at defaults",
            f"{ratio:.2f} x, {mebibytes:.0f} MiB",
            ratio <= RATIO_TARGET and large.peak_bytes < MEBIBYTES_TARGET * 1e6,
            {"ratio": ratio, "small_bytes": small.peak_bytes, "large_bytes": large.peak_bytes},
        )
    ]


def drain(bench: Bench, calls: int) -> Run:
    with open_stage(bench.directory, bench.backlogs.copy(calls)) as stage:
        return stage.run("service-drain")
