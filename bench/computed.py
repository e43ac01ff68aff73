"""What each side computed: CPU time, which a busy machine changes less than the clock's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figure import divide, listed, median
from bench.workplace import Run

#: What the service may compute beside the bare loops together.
CPU_TARGET = 1.3

Seconds = Sequence[float]


@dataclass(frozen=True)
class Computed:
    """CPU of the service beside that of bare loops.

    ratio: the median of the runs.
    numbers: for JSON.
    """

    ratio: float
    text: str
    numbers: Mapping[str, object]

    @property
    def is_reached(self) -> bool:
        return self.ratio <= CPU_TARGET


def compare(item: str, service: Seconds, *loops: Seconds) -> Computed:
    """Compare the CPU seconds of an item, run after run.

    Parameters:
        item: such as call.
        loops: of each bare loop, whose seconds are added up.
    """
    together = list(map(sum, zip(*loops, strict=True)))
    ratios = divide(service, together)
    beside = " + ".join(map(micros, loops))
    return Computed(
        median(ratios),
        f"{median(ratios):.2f} x ({micros(service)} µs a {item} beside {beside})",
        {"cpu_ratio": median(ratios), "cpu_ratios": listed(ratios)},
    )


def seconds_each(runs: Sequence[Run], items: int = 0) -> list[float]:
    """Return the CPU seconds of an item, run after run.

    Parameters:
        items: how many each run did, where that is not what it counted.
    """
    return [run.cpu_seconds / (items or run.count) for run in runs]


def clock_seconds(runs: Sequence[Run]) -> list[float]:
    """Return the seconds that passed in each run."""
    return [run.seconds for run in runs]


def micros(seconds: Seconds) -> str:
    """Return millionths of a second, in words."""
    return f"{median(seconds) * 1e6:,.0f}"
