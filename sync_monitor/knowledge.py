"""What is known of each sync before a look: of the history, whose cells are read and kept once.

Of a thousand syncs with a month of cells each, reading them anew would be half of what a look
computes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sync_monitor.history import queries
from sync_monitor.history.recorder import Written
from sync_monitor.history.store import Store
from sync_monitor.measurements import Cell
from sync_monitor.model import Sync
from sync_monitor.records import Entry
from sync_monitor.rules.compliance import WEEKS
from sync_monitor.rules.conclusion import Before

#: How far back spans count for what a look concludes.
SPANS_OF = timedelta(days=30)
#: Behind the window cells count only as the same weekdays of earlier weeks.
CELLS_BEHIND = timedelta(weeks=WEEKS, days=1)


class Kept(NamedTuple):
    """The cells of a sync, and the look that left them so in the history."""

    run_id: int
    cells: Mapping[str, Cell]


class Knowledge:
    """Keeps the cells of each sync. Several threads may ask, each about another sync."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.kept: dict[str, Kept] = {}
        #: The cells of each sync as they were before its newest look.
        self.before_look: dict[str, Mapping[str, Cell]] = {}

    def before(self, sync: Sync, now: datetime) -> Before:
        """Return what is known of a sync before a look."""
        found = self.store.read(lambda connection: self.read(connection, sync, now))
        self.before_look[sync.name] = found.cells
        return found

    def read(self, connection: sqlite3.Connection, sync: Sync, now: datetime) -> Before:
        """Return it.

        Cells are read where the history has another last look than the one that left those which
        are kept.
        """
        known = queries.known_sync(connection, sync.name)
        begin = now - timedelta(days=sync.window_days) - CELLS_BEHIND
        kept = self.kept.get(sync.name)
        if kept is None or known is None or known.last_run != kept.run_id:
            cells: Mapping[str, Cell] = queries.cells(connection, sync.name, begin)
        else:
            cells = since(kept.cells, begin)
        return Before(
            known.standing if known is not None else None,
            cells,
            queries.open_issues(connection, sync.name),
            queries.spans(connection, sync.name, now - SPANS_OF),
        )

    def keep(self, entries: Sequence[Entry], written: Sequence[Written]) -> None:
        """Keep the cells as looks left them that were written, each by its run id.

        Where others were written with them, or some of them were not, what came of that is read
        with the next looks.
        """
        if list(map(id, entries)) != [id(each.entry) for each in written]:
            self.kept.clear()
            return
        for entry, run_id in written:
            cells = self.before_look[entry.look.sync]
            if entry.cells:
                cells = {**cells, **{cell.partition.key: cell for cell in entry.cells}}
            self.kept[entry.look.sync] = Kept(run_id, cells)


def since(cells: Mapping[str, Cell], begin: datetime) -> Mapping[str, Cell]:
    """Return the cells that end behind a moment, the same mapping where all of them do."""
    if all(cell.partition.end > begin for cell in cells.values()):
        return cells
    return {key: cell for key, cell in cells.items() if cell.partition.end > begin}
