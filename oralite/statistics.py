"""Counts of what clients asked for, per server.

Each session counts alone, so that nothing waits for a lock.
"""

from __future__ import annotations

import threading
from collections import Counter

#: Always present, so that a reader finds a zero and not a gap.
NAMES = (
    "round_trips",
    "executes",
    "executes_query",
    "executes_dml",
    "executes_block",
    "executes_other",
    "parses",
    "fetches",
    "rows_sent",
    "rows_changed",
    "commits",
    "rollbacks",
    "pings",
    "lob_operations",
    "logins",
    "logins_failed",
    "logoffs",
    "other_calls",
    "errors",
    "breaks",
    "bytes_received",
    "bytes_sent",
    "sessions_open",
)


class Statistics:
    """The counts of one server, of open and of ended connections.

    A round trip is one request of a logged-in session that waits for an answer.

    The log-in itself is not one.

    Who reads them through V$ORALITE_STATS reads them inside an execute, which is counted already
    (round_trips, executes and executes_query, parses when the text is new to the session). The
    fetches that follow are not yet.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: Counter[str] = Counter()
        self._open: list[Counter[str]] = []

    def open(self) -> Counter[str]:
        """Return the counts of a new connection."""
        counts: Counter[str] = Counter()
        with self._lock:
            self._open.append(counts)
        return counts

    def close(self, counts: Counter[str]) -> None:
        """Keep what a connection counted. It is not open any more."""
        with self._lock:
            self._open = [other for other in self._open if other is not counts]
            counts["sessions_open"] = 0
            self._ended.update(counts)

    def totals(self) -> dict[str, int]:
        with self._lock:
            found = {}
            for name in NAMES:
                found[name] = self._ended[name] + sum(counts[name] for counts in self._open)
            return found
