"""Streams in the words of the page: what is counted of each kind, and which figures it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sync_monitor.measurements import Figures
from sync_monitor.model import Sync
from sync_monitor.web.words import HOUR, count, hours, length, many

#: Of figures that a stream of its kind does not have.
NONE_OF_IT = "n/a"


@dataclass(frozen=True)
class StreamWords:
    """A kind of stream.

    Parameters:
        title: what it is.
        target: where it goes.
        unit: what is counted, one of it.
        expected: what all of them are.
        arrived, missing: what these parts of them are. Both empty: what is missing is not counted.
        lag: what is how far behind.
        heard: what its age is the age of.
    """

    title: str
    target: str
    unit: str
    expected: str
    lag: str
    heard: str
    arrived: str = ""
    missing: str = ""

    @property
    def has_gap(self) -> bool:
        """Return whether it counts what is missing."""
        return bool(self.missing)


KINDS: Mapping[str, StreamWords] = {
    "conversations": StreamWords(
        title="conversations",
        target="SQS, and back to Oracle",
        unit="call",
        expected="in the source",
        lag="the watermark behind the clock",
        heard="last whole sweep",
        arrived="sent",
        missing="missing or overdue",
    ),
    "events": StreamWords(
        title="events",
        target="NATS",
        unit="row",
        expected="in the source",
        lag="the watermark behind the clock",
        heard="last write of progress",
        arrived="handled",
        missing="missing",
    ),
    "changes": StreamWords(
        "row changes",
        "Kinesis",
        "change",
        "captured",
        "the oldest change that waits",
        "last heartbeat",
    ),
    "processor": StreamWords(
        "row changes",
        "EventBridge",
        "record",
        "processed",
        "the oldest record that waits",
        "last checkpoint",
    ),
    "goldengate": StreamWords(
        "GoldenGate",
        "another database",
        "path",
        "with a heartbeat",
        "the slowest path",
        "last heartbeat",
    ),
    "extracts": StreamWords(
        title="extracts of Fusion",
        target="files in a directory",
        unit="file",
        expected="named",
        lag="the age of the manifest",
        heard="newest manifest",
        arrived="whole",
        missing="absent or damaged",
    ),
}


def stream_words(sync: Sync) -> StreamWords | None:
    """Return the words of a stream, None of what is a table."""
    return KINDS.get(sync.stream)


def target_of(sync: Sync) -> str:
    """Return where a sync goes."""
    words = stream_words(sync)
    if words is None:
        return sync.target
    return words.target


def unit_of(sync: Sync) -> str:
    """Return what is counted, one of it."""
    words = stream_words(sync)
    if words is None:
        return "row"
    return words.unit


def sum_of(words: StreamWords, figures: Figures) -> str:
    """Return what was counted, in one line: 107 calls in the source = 91 sent + 16 missing."""
    text = f"{many(figures.oracle_count, words.unit)} {words.expected}"
    if words.has_gap:
        arrived = f"{count(figures.lake_count)} {words.arrived}"
        return f"{text} = {arrived} + {count(figures.sync_gap)} {words.missing}"
    if figures.age is None:
        return text
    return f"{text}, {words.heard} {short(figures.age)} ago"


def lag_of(sync: Sync, figures: Figures) -> str:
    """Return how far a sync is behind, of a stream by the second."""
    if stream_words(sync) is None or figures.lag is None:
        return hours(figures.lag)
    return short(figures.lag)


def short(duration: timedelta) -> str:
    """Return a duration in its greatest unit, up to hours."""
    if duration < HOUR:
        return length(duration)
    return hours(duration)


def well(words: StreamWords, figures: Figures) -> str:
    """Return in a few words that a stream is well."""
    parts: list[str] = []
    if words.has_gap:
        parts.append("none missing")
    if figures.lag is not None:
        parts.append(f"{short(figures.lag)} behind")
    return ", ".join(parts) or "heard of"
