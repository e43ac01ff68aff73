"""What is measured: one row of the table, the sizes, and medians of alternating runs."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.backlog import Backlogs

Outcome = TypeVar("Outcome")


class Missing(Exception):
    """Something is not installed that is needed to measure."""


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, beside what, what it must reach, and what came out.

    numbers: for JSON.
    computed: what each side computed, where one stands beside another.
    """

    name: str
    what: str
    beside: str
    target: str
    measured: str
    is_reached: bool
    numbers: Mapping[str, object] = field(default_factory=dict)
    computed: str = ""


@dataclass(frozen=True)
class Sizes:
    """How much of each thing. runs: alternating runs of a ratio."""

    runs: int = 5
    backlog_calls: int = 20_000
    answers: int = 20_000
    large_call_megabytes: int = 60
    per_call_calls: int = 300
    memory_calls: tuple[int, int] = (2000, 50_000)
    small_source: tuple[int, int] = (10_000, 50_000)
    large_source: tuple[int, int] = (1_000_000, 5_000_000)
    cycles: int = 9
    idle_seconds: float = 60.0
    live_calls: int = 500
    settle_seconds: float = 60.0
    poll_seconds: float = 10.0
    copies_calls: int = 2000
    extracted_rows: tuple[int, int] = (300_000, 5_000_000)
    event_rows: int = 100_000
    far_event_rows: int = 50_000
    #: One by one: without and with latency.
    single_events: tuple[int, int] = (5000, 300)
    written_seconds: float = 60.0
    event_history: tuple[int, int] = (20_000, 2_000_000)
    overlap_rows: int = 1_000_000
    changes: int = 20_000
    single_changes: int = 300
    hot_changes: int = 1000
    memory_changes: tuple[int, int] = (5000, 100_000)
    lake_rows: tuple[int, int] = (100_000, 30_000_000)
    syncs: int = 1000


#: What is judged beside a bare loop has its whole size here too: in a few thousand calls the first
#: search and the last answers, which nothing hides, would be a quarter of the time.
QUICK = Sizes(
    runs=3,
    answers=4000,
    per_call_calls=100,
    memory_calls=(2000, 10_000),
    large_source=(200_000, 1_000_000),
    idle_seconds=25.0,
    live_calls=100,
    settle_seconds=5.0,
    poll_seconds=2.0,
    extracted_rows=(50_000, 300_000),
    far_event_rows=10_000,
    single_events=(1000, 100),
    written_seconds=20.0,
    event_history=(2000, 200_000),
    overlap_rows=200_000,
    single_changes=50,
    hot_changes=200,
    memory_changes=(5000, 20_000),
    lake_rows=(100_000, 3_000_000),
    syncs=200,
)


@dataclass(frozen=True)
class Bench:
    """What every measurement is given."""

    directory: Path
    backlogs: Backlogs
    sizes: Sizes


def alternate(runs: int, ways: Mapping[str, Callable[[], Outcome]]) -> dict[str, list[Outcome]]:
    """Return what each way gave, run after run.

    They run A B A B ..., so that a machine that slows down slows all of them.
    """
    found: dict[str, list[Outcome]] = {}
    for _ in range(runs):
        for name, way in ways.items():
            found.setdefault(name, []).append(way())
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that this percentage of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def divide(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return the ratios of one way's figures to another's, run after run."""
    return [one / other for one, other in zip(ones, others, strict=True)]


def listed(values: Sequence[float]) -> list[float]:
    """Return figures as JSON shows them."""
    return [round(value, 3) for value in values]


def listed_by_name(found: Mapping[str, Sequence[float]]) -> dict[str, object]:
    """Return each way's figures as JSON shows them."""
    return {name: listed(values) for name, values in found.items()}
