"""Room in a change table: a snapshot waits while more rows are in it than are shipped at once."""

from __future__ import annotations

import threading

from oracle_cdc.changes.capture.model import Place
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import make_query
from oracle_cdc.oracle.session import fetch_made

#: Rows that a change table may have while a snapshot goes on. A tablespace that it filled would
#: fail the application.
MOST_ROWS = 200_000
#: Rows between two looks.
LOOK_EVERY = 20_000
WAIT_SECONDS = 1.0


class Room:
    """Waits until a change table has room."""

    def __init__(
        self,
        database: Database,
        log: Place,
        stop: threading.Event,
        *,
        most_rows: int = MOST_ROWS,
        look_every: int = LOOK_EVERY,
    ) -> None:
        self.database = database
        self.stop = stop
        self.most_rows = most_rows
        self.look_every = look_every
        self.looked_at = 0
        text = (
            f"SELECT COUNT(*) FROM {log.quoted} "  # noqa: S608 - a name in quotes
            "WHERE ROWNUM <= :most /*number*/"
        )
        self.query = make_query(f"count {log.shown}", text)

    def make(self, rows: int) -> None:
        """Return once there is room. rows: written so far. Raises what Oracle raises."""
        if rows - self.looked_at < self.look_every:
            return
        self.looked_at = rows
        while self.count() > self.most_rows and not self.stop.wait(WAIT_SECONDS):
            pass

    def count(self) -> int:
        """Return how many rows are there, at most one more than there may be."""
        with self.database.session() as session:
            for found in fetch_made(session, self.query, {"most": self.most_rows + 1}):
                return int(found[0][0])
        return 0
