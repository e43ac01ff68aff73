"""A snapshot: all rows of a table written down as they are, beside the changes that go on.

Rows are visited in the order of their keys, some in each transaction. Those that somebody else has
locked are visited again: what a transaction did that began before the triggers were made is seen
only once it has ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from oracle_cdc.changes.capture.snapshot_steps import Standing, Steps
from oracle_cdc.changes.capture.survey import read_clock
from oracle_cdc.oracle.database import Database

#: Between two visits to rows that others have locked.
PAUSE_SECONDS = 2.0


class Snapshot:
    """Writes down one table.

    Parameters:
        make_room: called between transactions, with the rows written. It returns once there is room
            for more in the change table.
        report: called with the rows written, and those that others have locked.
    """

    def __init__(
        self,
        database: Database,
        steps: Steps,
        stop: threading.Event,
        *,
        make_room: Callable[[int], None] = lambda rows: None,
        report: Callable[[int, int], None] = lambda rows, locked: None,
    ) -> None:
        self.database = database
        self.steps = steps
        self.stop = stop
        self.make_room = make_room
        self.report = report

    def run(self) -> Standing:
        """Go on until it is whole or is stopped. Raises what Oracle raises."""
        with self.database.session() as session:
            standing = self.steps.begin(session)
        while not standing.is_passed and not self.stop.is_set():
            with self.database.session() as session:
                standing = self.steps.advance(session)
            self.report(standing.rows, 0)
            self.make_room(standing.rows)
        while not standing.is_ended and not self.stop.is_set():
            standing = self.visit_again()
        return standing

    def visit_again(self) -> Standing:
        """Visit the rows once that others had locked, and pause where some still are."""
        with self.database.session() as session:
            since = read_clock(session)
        visited = 1
        while visited and not self.stop.is_set():
            with self.database.session() as session:
                visited = self.steps.visit(session, since)
        with self.database.session() as session:
            standing, locked = self.steps.end(session)
        self.report(standing.rows, locked)
        if locked:
            self.stop.wait(PAUSE_SECONDS)
        return standing
