"""What commands print: lines on standard output that also an old terminal can show."""

from __future__ import annotations

import sys

from rich.console import Console

from oracle_cdc.errors import SettingsError


def say(line: str) -> None:
    """Print a line; what the terminal's encoding lacks becomes a question mark instead of an error."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


class Terminal(Console):
    """Standard output for tables and bars; a reader that has gone away is told to the caller."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def complain(what: str, remedy: object) -> None:
    """One thing that is wrong, and what to do about it."""
    say(f"❌ {what}: {remedy}")


def warn(text: str) -> None:
    say(f"⚠️  {text}")


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 call, 2 calls."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def confirm(what: str, is_agreed: bool) -> bool:
    """Say what will be done, and ask unless --yes was given. Raises SettingsError when there is nobody to ask."""
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
