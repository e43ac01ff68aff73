"""The table, as a terminal shows it and as bench/README.md quotes it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone

from bench.figure import Figure

HEADINGS = ("figure", "beside", "must reach", "measured", "reached", "alone")


def render(figures: Sequence[Figure], command: str) -> str:
    """Markdown, with a first line that says when and where it was measured."""
    lines = [heading(command), "", row(HEADINGS), row(["---"] * len(HEADINGS))]
    return "\n".join(lines + [row(cells(figure)) for figure in figures])


def heading(command: str) -> str:
    moment = datetime.now(timezone.utc).astimezone()
    return f"{moment:%Y-%m-%d %H:%M %Z}, {describe_machine()}: `{command}`"


def describe_machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def cells(figure: Figure) -> list[str]:
    reached = "yes" if figure.is_reached else "**no**"
    return [
        figure.what,
        figure.beside,
        figure.target,
        figure.measured,
        reached,
        f"`make bench ONLY={figure.name}`",
    ]


def row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"
