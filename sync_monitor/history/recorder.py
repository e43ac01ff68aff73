"""What looks leave behind goes into the history, at once or once it takes something again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.repeats import RepeatLimiter
from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.records import Entry

logger = logging.getLogger(__name__)

#: Of looks that wait for the history: at 1,000 syncs, five rounds.
MOST_WAITING = 5000


class Written(NamedTuple):
    """What a look left behind, and the run id that the history gave it."""

    entry: Entry
    run_id: int


class Recorder:
    """Writes what looks leave behind, and keeps it in memory while the history takes nothing.

    So a full disk never stops a look, and leaves no hole in the audit trail unless it stays full:
    then the oldest go, and are counted. A look that alone can't be written is set aside, and
    counted too.

    Parameters:
        most_waiting: of looks in memory.
    """

    def __init__(self, store: Store, most_waiting: int = MOST_WAITING) -> None:
        self.lost = 0
        self.set_aside = 0
        self._store = store
        self._most_waiting = most_waiting
        self._waiting: deque[Entry] = deque()
        self._evidence: Evidence[Entry] = Evidence(name_of)
        self._limiter = RepeatLimiter()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Return how many looks are in memory alone."""
        return len(self._waiting)

    def record(self, entries: Sequence[Entry] = ()) -> list[Written]:
        """Write these and what waits, in one transaction, and return all that was written.

        Returns nothing where the history takes nothing now. It raises nothing of that.
        """
        with self._lock:
            self._waiting.extend(entries)
            written: list[Written] = []
            if not self._waiting:
                return written
            try:
                self._write_waiting(written)
            except HistoryUnavailable as error:
                self._limiter.failure(
                    "history",
                    logger,
                    "%s. Looking goes on, and what it finds waits in memory",
                    error,
                    level=logging.ERROR,
                )
            else:
                self._limiter.recovered("history")
            self._forget([each.entry for each in written])
            self._drop_oldest()
            return written

    def finish(self) -> int:
        """Write what waits, at the end, and return how many looks are lost."""
        self.record()
        if self.waiting:
            logger.error(
                "looks lost, because the history took nothing until the end: %d", self.waiting
            )
        return self.waiting

    def _write_waiting(self, written: list[Written]) -> None:
        """Write what waits, together, or one by one where one of them can't be written.

        Raises HistoryUnavailable.
        """
        waiting = tuple(self._waiting)
        try:
            written += self._write(waiting)
        except HistoryUnavailable:
            raise
        except Exception:
            self._write_each(waiting, written)

    def _write(self, entries: Sequence[Entry]) -> list[Written]:
        run_ids = self._store.write(lambda connection: write_entries(connection, entries))
        return list(map(Written, entries, run_ids))

    def _write_each(self, entries: Sequence[Entry], written: list[Written]) -> None:
        """Write looks one by one, in their order, and set aside those that fail by themselves."""
        failed: list[tuple[Entry, Exception]] = []
        for entry in entries:
            try:
                written += self._write([entry])
            except HistoryUnavailable:
                raise
            except Exception as error:
                failed.append((entry, error))
        self._evidence.note_passed([each.entry for each in written])
        for entry, reason in failed:
            is_own = self._evidence.note_failure(
                entry, passed_beside=len(written), failed_beside=len(failed) - 1
            )
            self._refuse(entry, reason, is_own=is_own)

    def _refuse(self, entry: Entry, error: Exception, *, is_own: bool) -> None:
        """Set a look aside that alone can't be written, or let it wait. It is a bug."""
        what = "it waits"
        if is_own:
            self._forget([entry])
            self.set_aside += 1
            what = f"it is set aside, {self.set_aside} since the start"
        self._limiter.failure(
            f"history {entry.look.sync}",
            logger,
            "%s: a look can't be written, %s: a bug: %s",
            entry.look.sync,
            what,
            type(error).__name__,
            level=logging.CRITICAL,
            exc_info=error,
        )

    def _forget(self, entries: Sequence[Entry]) -> None:
        gone = set(map(id, entries))
        self._waiting = deque(each for each in self._waiting if id(each) not in gone)

    def _drop_oldest(self) -> None:
        while len(self._waiting) > self._most_waiting:
            self._waiting.popleft()
            self.lost += 1


def name_of(entry: Entry) -> str:
    """Return what names a look among those that wait."""
    return f"{entry.look.sync} {entry.look.began.isoformat()}"
