"""How calls stand at one moment: counts, queues and the last turns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from oracle_cdc.demo.conversations.watch import Standing
from oracle_cdc.demo.view import draw_counts
from oracle_cdc.model import Segment

SPOKEN_CHARACTERS = 70
#: Characters whose width terminals disagree about: joiners, variation selectors, skin tones, the
#: halves of flags. One wrong guess wraps a line, and leaves a line of the old picture.
UNSURE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"
)
SPEAKERS = {"A": "agent", "C": "customer"}


@dataclass(frozen=True)
class CallsPicture:
    """What is shown of the calls, and what was said last."""

    standing: Standing
    latest: Sequence[Segment]
    call_count: int

    def describe(self) -> str:
        """Return it as one line."""
        standing = self.standing
        return (
            f"arrived {standing.arrived}/{self.call_count}  open {standing.open}  "
            f"sent {standing.sent}  summarized {standing.summarized}  "
            f"rejected {standing.rejected}  failed {standing.failed}  "
            f"queues: {standing.to_ml} to the ML service, {standing.from_ml} back"
        )

    def draw(self, elapsed_seconds: float) -> Panel:
        """Return the whole picture: counts above, the last turns below."""
        standing = self.standing
        counts = {
            "arrived": f"{standing.arrived}/{self.call_count}",
            "open": str(standing.open),
            "sent": str(standing.sent),
            "summarized": str(standing.summarized),
            "rejected": str(standing.rejected),
            "failed": str(standing.failed),
            "to the ML service": str(standing.to_ml),
            "back": str(standing.from_ml),
        }
        done = standing.accounted / self.call_count
        title = (
            f"Oracle → SQS → ML service → DICTA_CALL_SUMMARY   {done:.0%}   {elapsed_seconds:.0f} s"
        )
        return Panel(Group(draw_counts(counts), Text(), draw_turns(self.latest)), title=title)


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
