"""Counts that only grow, for Prometheus."""

from __future__ import annotations

import sqlite3
import threading
from typing import NamedTuple

from sync_monitor.history.queries import newest_run_id


class Statements(NamedTuple):
    """Statements on either side."""

    oracle: int
    lake: int


class StatementTotals:
    """Counts the statements of looks since it was asked first, reading each look once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_run: int | None = None
        self._total = Statements(0, 0)

    def read(self, connection: sqlite3.Connection) -> Statements:
        """Return how many statements there were until now."""
        with self._lock:
            newest = newest_run_id(connection)
            last = self._last_run
            # A damaged history was moved aside, and runs are numbered anew.
            if last is None or newest < last:
                last = newest
            row = connection.execute(
                "SELECT COALESCE(SUM(oracle_statements), 0), COALESCE(SUM(lake_statements), 0) "
                "FROM look WHERE run_id > ? AND run_id <= ?",
                (last, newest),
            ).fetchone()
            self._last_run = newest
            self._total = Statements(self._total.oracle + row[0], self._total.lake + row[1])
            return self._total
