"""The table, as a terminal shows it and as bench/README.md quotes it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone

from bench.figure import Figure

HEADINGS = ("figure", "beside", "must reach", "measured", "CPU", "reached", "alone")


def render(figures: Sequence[Figure], command: str) -> str:
    """Return Markdown, with a first line that says when and where it was measured."""
    lines = [heading(command), "", row(HEADINGS), row(["---"] * len(HEADINGS))]
    for figure in figures:
        lines.append(row(cells(figure)))
    return "\n".join(lines)


def heading(command: str) -> str:
    now = datetime.now(timezone.utc).astimezone()
    return f"{now:%Y-%m-%d %H:%M %Z}, {describe_machine()}: `{command}`"


def describe_machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {system}"


def cells(figure: Figure) -> list[str]:
    """Return what stands in a figure's row."""
    reached = "**no**"
    if figure.is_reached:
        reached = "yes"
    return [
        figure.what,
        figure.beside,
        figure.target,
        figure.measured,
        figure.computed,
        reached,
        f"`make bench ONLY={figure.name}`",
    ]


def row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
