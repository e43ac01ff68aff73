"""What commands print: lines on standard output that also an old terminal can show."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Print a line; what the terminal's encoding lacks becomes a question mark instead of an error."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def complain(what: str, remedy: object) -> None:
    """One thing that is wrong, and what to do about it."""
    say(f"❌ {what}: {remedy}")


def warn(text: str) -> None:
    say(f"⚠️  {text}")
