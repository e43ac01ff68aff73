"""What the end of each demo prints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

SHOWN_MISTAKES = 20
SHOWN_IDS = 10


def print_mistakes(console: Console, mistakes: Sequence[str]) -> None:
    """Name what does not balance."""
    for mistake in mistakes[:SHOWN_MISTAKES]:
        console.print(f"does not balance: {mistake}")
    if len(mistakes) > SHOWN_MISTAKES:
        console.print(f"does not balance: ... and {len(mistakes) - SHOWN_MISTAKES} more")


def print_lines(console: Console, *lines: str) -> None:
    """Print lines that may be copied, so that none is broken."""
    console.print("\n".join(lines), soft_wrap=True)
