"""What looks leave behind goes into the history, at once or once it takes something again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence

from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.remembered import Entry

logger = logging.getLogger(__name__)

#: Of looks that wait for the history: at 1,000 syncs, five rounds.
MOST_WAITING = 5000


class Recorder:
    """Writes what looks leave behind, and keeps it in memory while the history takes nothing.

    So a full disk never stops a look, and leaves no hole in the audit trail unless it stays full:
    then the oldest go, and are counted.

    Parameters:
        most_waiting: of looks in memory.
    """

    def __init__(self, store: Store, most_waiting: int = MOST_WAITING) -> None:
        self.lost = 0
        self._store = store
        self._most_waiting = most_waiting
        self._waiting: deque[Entry] = deque()
        self._limiter = RepeatLimiter()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Return how many looks are in memory alone."""
        return len(self._waiting)

    def record(self, entries: Sequence[Entry] = ()) -> list[int]:
        """Write these and what waits, in one transaction, and return all of their run ids.

        Returns nothing where the history takes nothing now. It raises nothing of that.
        """
        with self._lock:
            self._waiting.extend(entries)
            waiting = tuple(self._waiting)
            if not waiting:
                return []
            try:
                run_ids = self._store.write(lambda connection: write_entries(connection, waiting))
            except HistoryUnavailable as error:
                self._drop_oldest()
                self._limiter.failure(
                    "history",
                    logger,
                    "%s. Looking goes on, and what it finds waits in memory",
                    error,
                    level=logging.ERROR,
                )
                return []
            self._waiting.clear()
            self._limiter.recovered("history")
            return run_ids

    def _drop_oldest(self) -> None:
        while len(self._waiting) > self._most_waiting:
            self._waiting.popleft()
            self.lost += 1
