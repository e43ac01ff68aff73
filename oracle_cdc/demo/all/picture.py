"""How everything stands at one moment, as counts."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from oracle_cdc.demo.all.monitor import UNSEEN
from oracle_cdc.demo.all.work import Standings
from oracle_cdc.demo.changes.picture import ChangesPicture
from oracle_cdc.demo.conversations.picture import CallsPicture
from oracle_cdc.demo.events.picture import RowsPicture


@dataclass(frozen=True)
class WholePicture:
    """What is shown of all pipelines and of the monitor. url: of its page."""

    standings: Standings
    call_count: int
    url: str

    def describe(self) -> str:
        """Return it as one line."""
        calls, rows, changes = self.standings.calls, self.standings.rows, self.standings.changes
        return (
            f"calls {calls.accounted}/{self.call_count}  "
            f"rows {rows.stored + rows.set_aside}/{rows.row_count}  "
            f"changes {changes.published + changes.dead}/{changes.change_count}, "
            f"dead {changes.dead}  days in the lake {self.standings.loaded}  {self.page_line()}"
        )

    def page_line(self) -> str:
        """Return what the page says of each sync."""
        words = [f"{name} {severity}" for name, severity in self.standings.pages.items()]
        return f"page: {', '.join(words) or UNSEEN}"

    def draw(self, elapsed_seconds: float) -> Group:
        """Return a panel for each pipeline, and one for the page."""
        standings = self.standings
        page = Text(f"{self.page_line()}; days in the lake {standings.loaded}")
        return Group(
            CallsPicture(standings.calls, (), self.call_count).draw(elapsed_seconds),
            RowsPicture(standings.rows).draw(elapsed_seconds),
            ChangesPicture(standings.changes).draw(elapsed_seconds),
            Panel(page, title=f"Monitor   {self.url}"),
        )
