"""Streams over a month as looks have seen them, beside the stories of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_monitor.model import Limits, Sync
from sync_monitor.records import Entry
from sync_monitor.rules.conclusion import Before, Taken, conclude_failure
from sync_monitor.rules.stream_counts import Counts, conclude_counts
from tests.monitor.building import NOW
from tests.monitor.scene import INTERVAL
from tests.monitor.stories import EARLIER, moments

#: What a stream says at a moment, or the code of why it says nothing.
Says = Callable[[datetime], Counts | str]


@dataclass
class StreamStory:
    """A stream and what it says."""

    sync: Sync
    says: Says
    is_short: bool = False

    def entries(self) -> Iterator[Entry]:
        """Yield what its looks leave behind."""
        before = Before()
        for moment in moments(self.is_short):
            interval = EARLIER if moment < NOW - timedelta(days=1) else INTERVAL
            taken = Taken(moment, timedelta(milliseconds=40), interval)
            said = self.says(moment)
            if isinstance(said, str):
                entry = conclude_failure(self.sync, before, said, taken)
            else:
                entry = conclude_counts(self.sync, before, said, taken)
            spans = {span.begin: span for span in (*before.spans, *entry.spans)}
            issues = [issue for issue in entry.issues if issue.closed_at is None]
            ordered = tuple(spans[begin] for begin in sorted(spans))
            before = Before(entry.standing, {}, issues, ordered)
            yield entry


def make_stream(name: str, kind: str) -> Sync:
    """Return the sync of a stream, as settings make it."""
    limits = Limits()
    if kind == "extracts":
        limits = Limits(warning_lag=timedelta(hours=26), critical_lag=timedelta(hours=30))
    return Sync(name, kind, "", "", limits=limits, may_be_empty=True, stream=kind)


def calls(moment: datetime) -> Counts:
    """Say that answers to some calls are overdue, of late."""
    missing = 16 if moment > NOW - timedelta(hours=2) else 0
    day = (moment.day * 37) % 200
    return Counts(moment, 1_184 + day, missing, timedelta(seconds=24), timedelta(minutes=9))


def heartbeat(moment: datetime) -> Counts:
    """Say that all changes are carried within seconds."""
    return Counts(moment, 2, None, timedelta(seconds=5.8), timedelta(seconds=34))


def stopped(moment: datetime) -> Counts | str:
    """Say that the heartbeat has stopped, of late."""
    if moment > NOW - timedelta(minutes=40):
        return "STREAM-HEARTBEAT"
    return Counts(moment, 48_211, None, timedelta(seconds=2), timedelta(seconds=50))


def manifest(moment: datetime) -> Counts:
    """Say that all files are there, of a manifest that comes at three."""
    age = timedelta(hours=(moment.hour - 3) % 24, minutes=moment.minute)
    return Counts(moment, 12, 0, age, age)


def streams(*, is_short: bool = False) -> list[StreamStory]:
    """Return a stream with a fault, one that says nothing, and two that are well."""
    return [
        StreamStory(make_stream("Conversations", "conversations"), calls, is_short),
        StreamStory(make_stream("GoldenGate ETPC → RTPC", "goldengate"), heartbeat, is_short),
        StreamStory(make_stream("Fusion extracts", "extracts"), manifest, is_short),
        StreamStory(make_stream("Row changes", "changes"), stopped, is_short),
    ]
