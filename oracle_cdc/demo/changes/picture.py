"""How changes stand at one moment, as counts."""

from __future__ import annotations

from dataclasses import dataclass

from rich.panel import Panel

from oracle_cdc.demo.changes.watch import Standing
from oracle_cdc.demo.view import draw_counts


@dataclass(frozen=True)
class ChangesPicture:
    """What is shown of the changes."""

    standing: Standing

    def describe(self) -> str:
        """Return it as one line."""
        standing = self.standing
        return (
            f"committed {standing.committed}/{standing.change_count}, {standing.late} late  "
            f"in change tables {standing.waiting}  published {standing.published}, again "
            f"{standing.repeats}  dead letters {standing.dead}  received {standing.received}"
        )

    def draw(self, elapsed_seconds: float) -> Panel:
        """Return it as a panel."""
        standing = self.standing
        counts = {
            "committed": f"{standing.committed}/{standing.change_count}",
            "of them late": str(standing.late),
            "in change tables": str(standing.waiting),
            "published": str(standing.published),
            "published again": str(standing.repeats),
            "dead letters": str(standing.dead),
            "received": str(standing.received),
        }
        done = (standing.published + standing.dead) / standing.change_count
        title = f"Oracle → Kinesis → EventBridge → consumer   {done:.0%}   {elapsed_seconds:.0f} s"
        return Panel(draw_counts(counts), title=title)
