"""How far an extraction is: a bar on the terminal, where there is one."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from oracle_cdc.extraction.names import TableName
from oracle_cdc.extraction.sample import Advance


def nothing(rows: int) -> None:
    """Show nothing of the rows that were written."""


class Bar:
    """A bar for the table at hand, on standard error, and nothing where that is no terminal."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.progress: Progress | None = None

    def begin(self, table: TableName, rows: int | None) -> Advance:
        """Show the bar of a table. rows: as many are expected, None where nobody knows."""
        self.end()
        if not self.console.is_terminal or self.console.is_dumb_terminal:
            return nothing
        progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            TextColumn("rows"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        task = progress.add_task(table.shown, total=rows)
        progress.start()
        self.progress = progress

        def advance(count: int) -> None:
            progress.advance(task, count)

        return advance

    def end(self) -> None:
        """Take the bar away."""
        if self.progress is not None:
            self.progress.stop()
            self.progress = None
