"""What one sees while a demo works: a live picture on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import monotonic
from typing import Protocol

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from oracle_cdc.running.terminal import Terminal

#: Where nobody says how wide a line may be.
PLAIN_WIDTH = 140


class Picture(Protocol):
    """How things stand at one moment."""

    def describe(self) -> str:
        """Return it as one line."""

    def draw(self, elapsed_seconds: float) -> RenderableType:
        """Return it as what a terminal can show."""


class View(Protocol):
    """Shows how things stand, until closed."""

    def show(self, picture: Picture) -> None: ...

    def close(self) -> None: ...


def make_console() -> Console:
    """Open standard output, with question marks for characters that it does not know."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    is_terminal = sys.stdout.isatty()
    width = None
    if not is_terminal:
        width = PLAIN_WIDTH
    return Terminal(
        width=width,
        force_terminal=is_terminal,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not is_terminal,
    )


def open_view(console: Console, line_seconds: float = 0.0) -> View:
    """Return a live picture where the terminal can draw one, else lines.

    Parameters:
        line_seconds: between two lines, at least.
    """
    if console.is_terminal and not console.is_dumb_terminal:
        return LivePicture(console)
    return Lines(console, line_seconds)


class Lines:
    """One line whenever something has changed, and a while has passed."""

    def __init__(self, console: Console, line_seconds: float = 0.0) -> None:
        self.console = console
        self.line_seconds = line_seconds
        self.started_at = self.next_at = monotonic()
        self.shown = ""

    def show(self, picture: Picture) -> None:
        line, now = picture.describe(), monotonic()
        if line != self.shown and now >= self.next_at:
            self.shown, self.next_at = line, now + self.line_seconds
            self.console.print(f"{now - self.started_at:5.1f} s  {line}")

    def close(self) -> None:
        pass


class LivePicture:
    """All of it, drawn anew in place."""

    def __init__(self, console: Console) -> None:
        self.started_at = monotonic()
        self.live = Live(console=console, transient=True, auto_refresh=False)
        self.live.start()

    def show(self, picture: Picture) -> None:
        self.live.update(picture.draw(monotonic() - self.started_at), refresh=True)

    def close(self) -> None:
        self.live.stop()


def draw_counts(counts: Mapping[str, str]) -> Table:
    """Return figures side by side, each above its name."""
    table = Table.grid(padding=(0, 3), expand=True)
    values = []
    names = []
    for name, value in counts.items():
        table.add_column(justify="center")
        values.append(Text(value, style="bold"))
        names.append(Text(name, style="dim"))
    table.add_row(*values)
    table.add_row(*names)
    return table
