"""What `status` says: a part of each pipeline, put together for people or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import Line, Report, readiness_lines, say


@dataclass(frozen=True)
class Part:
    """A pipeline's part.

    Parameters:
        reasons: why it is not ready.
        keys: what stands at the top of the JSON.
        below: what stands below its name.
        lines: the same for people.
        code: what the command exits with for its sake.
    """

    reasons: Sequence[str]
    keys: Report
    below: Report
    lines: Sequence[Line]
    code: ExitCode


def put_together(parts: Mapping[str, Part]) -> Report:
    """Return the JSON of all parts by the names of their pipelines."""
    reasons: list[str] = []
    report: Report = {}
    pipelines: Report = {}
    for name, part in parts.items():
        report |= part.keys
        pipelines[name] = {"ready": not part.reasons, "reasons": list(part.reasons), **part.below}
        for reason in part.reasons:
            reasons.append(said_of(name, reason, parts))
    return report | {"ready": not reasons, "reasons": reasons, "pipelines": pipelines}


def said_of(name: str, reason: str, parts: Mapping[str, Part]) -> str:
    """Return a reason, with whose it is where there are several pipelines."""
    if len(parts) > 1:
        return f"{name}: {reason}"
    return reason


def show_lines(report: Report, parts: Mapping[str, Part]) -> None:
    """Print a report for people."""
    lines = list(readiness_lines(report))
    for part in parts.values():
        lines += part.lines
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        say(f"{name:<{width}}  {value}")


def seconds_in_words(seconds: float | None) -> str:
    """Return how far something is behind a clock, or ahead of it."""
    if seconds is None:
        return "not known"
    if seconds < 0:
        return f"not at all: {-seconds:.0f} s ahead of it"
    return f"{seconds:.0f} s"


def in_words(number: int | None, what: str, one: str = "") -> str:
    """Return a number that may not be known, with what it counts unless that is nothing.

    Parameters:
        one: what it counts where that is 1 of it, if it differs.
    """
    if number is None:
        return "not known"
    if number == 0:
        return "0"
    return counted(number, one or what, what)
