"""How rows stand at one moment, as counts."""

from __future__ import annotations

from dataclasses import dataclass

from rich.panel import Panel

from oracle_cdc.demo.events.watch import Standing
from oracle_cdc.demo.view import draw_counts


@dataclass(frozen=True)
class RowsPicture:
    """What is shown of the rows."""

    standing: Standing

    def describe(self) -> str:
        """Return it as one line."""
        standing = self.standing
        return (
            f"committed {standing.committed}/{standing.row_count}, {standing.late} of them late  "
            f"in open transactions {standing.waiting}  in the stream {standing.stored}  "
            f"received {standing.received}  set aside {standing.set_aside}"
        )

    def draw(self, elapsed_seconds: float) -> Panel:
        """Return it as a panel."""
        standing = self.standing
        counts = {
            "committed": f"{standing.committed}/{standing.row_count}",
            "of them late": str(standing.late),
            "in open transactions": str(standing.waiting),
            "in the stream": str(standing.stored),
            "received": str(standing.received),
            "set aside": str(standing.set_aside),
        }
        done = (standing.stored + standing.set_aside) / standing.row_count
        title = f"Oracle → NATS JetStream → consumer   {done:.0%}   {elapsed_seconds:.0f} s"
        return Panel(draw_counts(counts), title=title)
