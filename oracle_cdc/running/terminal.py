"""What commands print: lines on standard output that also an old terminal can show."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console

from oracle_cdc.errors import SettingsError

#: What a command says, as JSON.
Report = dict[str, Any]
#: What stands left and right.
Line = tuple[str, str]


def say(line: str) -> None:
    """Print a line, with a question mark for what the terminal's encoding lacks."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def show_json(report: Report) -> None:
    """Print a report as one JSON object."""
    say(json.dumps(report, ensure_ascii=False))


def readiness_lines(report: Report) -> Iterator[Line]:
    """Yield whether all is ready, and why it is not, by the keys `ready` and `reasons`."""
    if report["ready"]:
        yield "ready", "yes"
    else:
        yield "ready", "no"
    for reason in report["reasons"]:
        yield "", reason


class Terminal(Console):
    """Standard output for tables and bars, which raises an error when its reader has gone away."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def complain(what: str, remedy: object) -> None:
    """Print what is wrong, and what to do about it."""
    say(f"❌ {what}: {remedy}")


def warn(text: str) -> None:
    say(f"⚠️  {text}")


def time_text(time: datetime | None) -> str | None:
    """Return a time of the source as text, None where there is none."""
    if time is None:
        return None
    return time.isoformat()


def utc_text(time: datetime | None) -> str | None:
    """Return a time that a database has in UTC as text, None where there is none."""
    if time is None:
        return None
    return f"{time.isoformat()}Z"


def choose_level(configured: str, usual: str) -> str:
    """Return the level of a command's log lines: its usual one, unless DEBUG is configured."""
    if configured == "DEBUG":
        return configured
    return usual


def confirm(what: str, is_agreed: bool) -> bool:
    """Say what will be done, and return whether to go on: after --yes, or after asking.

    Raises SettingsError when there is nobody to ask.
    """
    say(what)
    if is_agreed:
        return True
    if not sys.stdin.isatty():
        raise SettingsError("not done: nobody can be asked here; give --yes")
    sys.stdout.write("Go on? [y/N] ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say("nothing was changed")
    return False
