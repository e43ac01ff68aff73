"""How far work on a stretch of the source's time is: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from oracle_cdc.running.terminal import Terminal, say

#: Where there is no terminal, the seconds from one line to the next.
LINE_SECONDS = 5.0


@dataclass(frozen=True)
class Shown:
    """How far it is, as it is shown.

    Parameters:
        at: everything before it is done.
        fraction: how much of the stretch is done, 0 to 1.
        counted: what was done, such as `20 sent`.
        waiting: what keeps it there, or a finished stretch from being done. Empty: nothing.
    """

    at: datetime
    fraction: float
    counted: str
    waiting: str = ""

    @property
    def is_at_end(self) -> bool:
        return self.fraction >= 1.0


class View(Protocol):
    """Shows how far it is."""

    def show(self, shown: Shown) -> None: ...

    def close(self) -> None: ...


def open_view(beginning: Shown) -> View:
    """Return a bar where the terminal can draw one, else lines."""
    console = Terminal(highlight=False)
    if console.is_terminal and not console.is_dumb_terminal:
        return Bar(console, beginning)
    return Lines(beginning)


class Bar:
    """A bar over the stretch's time, with what remains at this pace."""

    def __init__(self, console: Console, beginning: Shown) -> None:
        self.progress = Progress(
            TextColumn("{task.fields[at]}"),
            BarColumn(),
            TextColumn("{task.percentage:5.1f} %  {task.fields[counted]}"),
            TimeRemainingColumn(),
            console=console,
        )
        at = beginning.at.isoformat()
        self.task = self.progress.add_task("", total=1.0, at=at, counted=beginning.counted)
        self.progress.start()

    def show(self, shown: Shown) -> None:
        at = shown.waiting or shown.at.isoformat(timespec="seconds")
        self.progress.update(self.task, completed=shown.fraction, at=at, counted=shown.counted)

    def close(self) -> None:
        self.progress.stop()


class Lines:
    """A line now and then."""

    def __init__(self, beginning: Shown) -> None:
        self.began_at = monotonic()
        self.began_with = beginning.fraction
        self.shown_at = 0.0
        self.is_end_shown = False

    def show(self, shown: Shown) -> None:
        now = monotonic()
        is_end = shown.is_at_end and not self.is_end_shown
        if now - self.shown_at < LINE_SECONDS and not is_end:
            return
        self.is_end_shown |= is_end
        self.shown_at = now
        rest = shown.waiting or self.remaining(shown.fraction)
        at = shown.at.isoformat(timespec="seconds")
        say(f"{at}  {shown.fraction * 100:5.1f} %  {shown.counted}  {rest}".rstrip())

    def remaining(self, fraction: float) -> str:
        """Return the time that is left at this pace, empty while nothing is done yet."""
        done = fraction - self.began_with
        if done <= 0:
            return ""
        seconds = round((monotonic() - self.began_at) * (1 - fraction) / done)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} left"

    def close(self) -> None:
        sys.stdout.flush()
