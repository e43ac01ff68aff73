"""What one sees while the demo works: a live picture on a terminal, plain lines elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from oracle_cdc.demo.recorder import Recorded
from oracle_cdc.demo.watch import Standing
from oracle_cdc.model import Segment
from oracle_cdc.running.terminal import Terminal

#: Where nobody says how wide a line may be.
PLAIN_WIDTH = 140
SPOKEN_CHARACTERS = 70
#: Characters whose width terminals disagree about: joiners, variation selectors, skin tones, the
#: halves of flags. One wrong guess wraps a line, and leaves a line of the old picture.
UNSURE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"
)
SPEAKERS = {"A": "agent", "C": "customer"}


class View(Protocol):
    """Shows how things stand, until closed."""

    def show(self, standing: Standing, recorded: Recorded) -> None: ...

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


def open_view(console: Console, call_count: int) -> View:
    """Return a live picture where the terminal can draw one, else lines."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LivePicture(console, call_count)
    return Lines(console, call_count)


class Lines:
    """One line whenever something has changed."""

    def __init__(self, console: Console, call_count: int) -> None:
        self.console = console
        self.call_count = call_count
        self.started_at = monotonic()
        self.shown: Standing | None = None

    def show(self, standing: Standing, recorded: Recorded) -> None:
        if standing != self.shown:
            self.shown = standing
            elapsed = monotonic() - self.started_at
            self.console.print(f"{elapsed:5.1f} s  {describe(standing, self.call_count)}")

    def close(self) -> None:
        pass


class LivePicture:
    """Counts, queues and the last turns, drawn anew in place."""

    def __init__(self, console: Console, call_count: int) -> None:
        self.call_count = call_count
        self.started_at = monotonic()
        self.live = Live(console=console, transient=True, auto_refresh=False)
        self.live.start()

    def show(self, standing: Standing, recorded: Recorded) -> None:
        elapsed = monotonic() - self.started_at
        self.live.update(
            draw(standing, list(recorded.latest), self.call_count, elapsed), refresh=True
        )

    def close(self) -> None:
        self.live.stop()


def describe(standing: Standing, call_count: int) -> str:
    return (
        f"arrived {standing.arrived}/{call_count}  open {standing.open}  sent {standing.sent}  "
        f"summarized {standing.summarized}  rejected {standing.rejected}  "
        f"failed {standing.failed}  "
        f"queues: {standing.to_ml} to the ML service, {standing.from_ml} back"
    )


def draw(
    standing: Standing, latest: Sequence[Segment], call_count: int, elapsed_seconds: float
) -> Panel:
    """Return the whole picture: counts above, the last turns below."""
    counts = Table.grid(padding=(0, 3), expand=True)
    cells = {
        "arrived": f"{standing.arrived}/{call_count}",
        "open": str(standing.open),
        "sent": str(standing.sent),
        "summarized": str(standing.summarized),
        "rejected": str(standing.rejected),
        "failed": str(standing.failed),
        "to the ML service": str(standing.to_ml),
        "back": str(standing.from_ml),
    }
    values = []
    names = []
    for name, value in cells.items():
        counts.add_column(justify="center")
        values.append(Text(value, style="bold"))
        names.append(Text(name, style="dim"))
    counts.add_row(*values)
    counts.add_row(*names)
    done = standing.accounted / call_count
    title = f"Oracle → SQS → ML service → DICTA_CALL_SUMMARY   {done:.0%}   {elapsed_seconds:.0f} s"
    return Panel(Group(counts, Text(), draw_turns(latest)), title=title)


def draw_turns(latest: Sequence[Segment]) -> Table:
    """Return the last turns, cut to one line each."""
    turns = Table.grid(padding=(0, 2), expand=True)
    turns.add_column(width=20)
    turns.add_column(width=8)
    turns.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for segment in latest:
        words = " ".join(UNSURE.sub("", segment.text or "")[:SPOKEN_CHARACTERS].split())
        turns.add_row(
            Text(segment.call_id),
            Text(SPEAKERS.get(segment.owner, segment.owner), style="dim"),
            Text(words),
        )
    return turns
