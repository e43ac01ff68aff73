"""Runbooks of streams: commands of this product, for a person to copy. Pure functions.

Each only shows, or sends again what its receivers know by its id: twice is as once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from sync_monitor.rules.stream_counts import Stretch
from sync_monitor.verdicts import Issue, IssueKind

#: What a text of commands is written in, where that of a partition is in a dialect of SQL.
SHELL = "shell"
PROGRAM = "python cdc_service.py"
#: Kind of stream -> what shows how it is, and why.
STATUS = {
    "conversations": ("status", "failures list"),
    "events": ("status", "failures list"),
    "changes": ("status", "changes status"),
    "processor": ("status", "checkpoint status", "dlq status"),
}
#: Kind of stream -> what has sent again what was set aside, once its cause is gone.
REPLAYS = {"events": "failures replay --all", "processor": "dlq process"}


@dataclass(frozen=True)
class Trouble:
    """A confirmed issue of a stream.

    Parameters:
        stream: its kind.
        stretches: where something is missing, in the source's own time.
        run_id: of the look that measured it.
    """

    stream: str
    issue: Issue
    stretches: tuple[Stretch, ...]
    run_id: int
    measured_at: datetime


def write_commands(trouble: Trouble) -> str | None:
    """Return the commands that show and heal an issue of a stream.

    None for one that is not confirmed, or that another product carries.
    """
    if trouble.issue.confirmed_at is None or trouble.stream not in STATUS:
        return None
    measured = trouble.measured_at.astimezone(timezone.utc)
    head = f"# Issue {trouble.issue.number}, measured {measured:%Y-%m-%d %H:%M} UTC by run "
    return "\n".join([f"{head}{trouble.run_id}.", *lines_of(trouble)]) + "\n"


def lines_of(trouble: Trouble) -> Iterator[str]:
    """Yield what is run, in this order, each with what it is for."""
    yield "# First what the pipeline says of itself:"
    for command in STATUS[trouble.stream]:
        yield f"{PROGRAM} {command}"
    if trouble.issue.kind is IssueKind.ROWS_MISSING and trouble.stretches:
        yield "# Then these rows once more. Those that the stream knows by their ids stay once."
        yield "# The service's next sweep counts them, and then the sides agree."
        for stretch in trouble.stretches:
            begin, end = stretch.begin.isoformat(), stretch.end.isoformat()
            yield f"{PROGRAM} backfill --pipeline {trouble.stream} --from {begin} --to {end}"
    if trouble.issue.kind is IssueKind.SET_ASIDE and trouble.stream in REPLAYS:
        yield "# Then, once the cause that it names is gone:"
        yield f"{PROGRAM} {REPLAYS[trouble.stream]}"
    if trouble.issue.kind is IssueKind.STOPPED:
        yield "# Then, if no copy of it runs:"
        yield "systemctl restart oracle-cdc"
