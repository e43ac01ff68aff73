"""The pipeline of row changes: what its change tables hold is captured and not shipped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from oracle_cdc.oracle.queries import Query
from oracle_cdc.oracle.session import Session, fetch_made
from sync_monitor.metering import Meter
from sync_monitor.rows.dialects import Dialect, quote_name
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.source.naming import naming
from sync_monitor.source.tables import Sessions
from sync_monitor.streams.conversations import in_utc
from sync_monitor.streams.seam import WHY_NOT, StreamUnknown

#: Rows of one change table that are counted at most: beyond, a number says nothing more.
MOST_COUNTED = 1_000_000


class Changes:
    """The pipeline of row changes.

    Parameters:
        oldest_beat: an older heartbeat says that nothing of the chain is known.
    """

    def __init__(self, sessions: Sessions, oldest_beat: timedelta) -> None:
        self.sessions = sessions
        self.oldest_beat = oldest_beat

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what waits in all change tables: two statements, and one for each table.

        Raises StreamUnknown where nothing is captured, or the heartbeat has stopped.
        """
        with self.sessions() as session:
            with naming("CDC_CHANGE_TABLES"):
                tables = session.query("change_tables")
            oracle.count(len(tables))
            if not tables:
                raise StreamUnknown(
                    "STREAM-EMPTY", "changes: no table is captured; `changes install` captures one"
                )
            with naming("CDC_HEARTBEAT"):
                beats = session.query("heartbeat_age")
            oracle.count(len(beats))
            now = in_utc(tables[0]["now_time"])
            age = beat_age(beats, now)
            if age is not None and age > self.oldest_beat:
                raise StreamUnknown(
                    "STREAM-HEARTBEAT", f"changes: the heartbeat has stopped; {WHY_NOT}"
                )
            shipped, waiting = 0, 0
            oldest = now
            for table in tables:
                count, first = self.waiting(session, table, oracle)
                shipped += int(table["total_shipped"] or 0)
                waiting += count
                if first is not None:
                    oldest = min(oldest, in_utc(first))
        return Counts(now, shipped + waiting, None, now - oldest, age)

    def waiting(self, session: Session, table: Any, oracle: Meter) -> tuple[int, datetime | None]:
        """Return how many rows a change table holds, and when the oldest was written."""
        # It is the service's, as CDC_CHANGE_TABLES is, and not of the table whose changes it has.
        log = quote_name(table["change_table"], Dialect.ORACLE)
        query = Query(
            "count a change table",
            f"SELECT COUNT(*), MIN(CDC_CHANGED_AT) FROM {log} WHERE ROWNUM <= {MOST_COUNTED}",
            {},
        )
        with naming(str(table["change_table"])):
            for rows in fetch_made(session, query, {}):
                oracle.count(len(rows))
                return int(rows[0][0]), rows[0][1]
        return 0, None


def beat_age(beats: Sequence[Any], now: datetime) -> timedelta | None:
    """Return how old the heartbeat is, None where there never was one."""
    if not beats or beats[0]["beat_at"] is None:
        return None
    return max(timedelta(0), now - in_utc(beats[0]["beat_at"]))
