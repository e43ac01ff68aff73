"""The pipeline of conversations: did all of the source arrive, and come back? By its own tables.

It reads what the pipeline counts itself: the last whole sweep, the watermark, answers that are
overdue. No call and no id is read.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sync_monitor.metering import Meter
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.source.naming import naming
from sync_monitor.source.tables import Sessions
from sync_monitor.streams.seam import WHY_NOT, StreamUnknown

NORMAL_MODE = "CDC_NORMAL_MODE"
#: One statement asks both, and Oracle does not say which it lacks.
TABLES = "CDC_PROCESSING_STATUS or CDC_PROCESSED_CALLS"
#: A sweep that lies further back says nothing of today.
OLDEST_SWEEP = timedelta(days=1)


class Conversations:
    """The pipeline of conversations.

    Parameters:
        zone: of the source's plain timestamps.
        deadline: after which an answer is overdue.
    """

    def __init__(self, sessions: Sessions, zone: ZoneInfo, deadline: timedelta) -> None:
        self.sessions = sessions
        self.zone = zone
        self.deadline = deadline

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Return what the pipeline's tables say: one statement.

        Raises StreamUnknown where no sweep has ended, or none lately.
        """
        with naming(TABLES), self.sessions() as session:
            found = session.query(
                "conversations",
                mode_name=NORMAL_MODE,
                deadline_minutes=self.deadline.total_seconds() / 60,
            )
        oracle.count(len(found))
        if not found or found[0]["reconciled_at"] is None:
            raise StreamUnknown(
                "STREAM-UNSWEPT",
                "conversations: no sweep has ended yet; `run` ends one within "
                "CDC_RECONCILE_INTERVAL_MINUTES",
            )
        record = found[0]
        now = in_utc(record["now_time"])
        if now - in_utc(record["reconciled_at"]) > OLDEST_SWEEP:
            raise StreamUnknown(
                "STREAM-STALE", f"conversations: the last sweep is over a day old; {WHY_NOT}"
            )
        overdue = int(record["overdue"])
        return Counts(
            now,
            expected=int(record["reconciled_source"] or 0),
            missing=int(record["reconciled_missing"] or 0) + overdue,
            lag=self.lag(record["watermark"], now),
            age=now - in_utc(record["reconciled_at"]),
        )

    def lag(self, watermark: datetime | None, now: datetime) -> timedelta | None:
        """Return how far behind the watermark is, which moves on while the source is idle."""
        if watermark is None:
            return None
        reached = watermark.replace(tzinfo=self.zone).astimezone(timezone.utc)
        return max(timedelta(0), now - reached)


def in_utc(moment: datetime) -> datetime:
    """Return a plain time of the database, which is in UTC."""
    return moment.replace(tzinfo=timezone.utc)
