"""A source, a destination and a store in memory, which fail when a test wants it."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from oracle_cdc.errors import (
    CdcError,
    DestinationUnavailable,
    EventRefused,
    HeldElsewhere,
    OracleUnavailable,
    StoreUnavailable,
)
from oracle_cdc.relay.values import (
    Event,
    Facts,
    Look,
    Outcome,
    Progress,
    Row,
    SetAside,
    Slice,
    Tally,
)

NOTHING_YET = Progress(None)
NOON = datetime(2026, 11, 26, 12)


def at(seconds: float) -> datetime:
    """Return a time of the source, in seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def encode(row: Row) -> Event:
    """Make an event of a row, unless its value says that none can be made."""
    if row.values == ("no event",):
        raise EventRefused("no event can be made of it")
    return Event(f"test:{row.key}", row, "rows", row.key.encode(), {})


class MemorySource:
    """Rows that are committed, by their keys, and the clock.

    breaks_after: batches after which reading fails.
    """

    def __init__(self, batch_size: int = 3) -> None:
        self.batch_size = batch_size
        self.rows: dict[str, Row] = {}
        self.now = NOON
        self.breaks_after: int | None = None
        self.rows_read = 0
        self.looks = 0

    def commit(self, key: str, seconds: float, value: str = "") -> None:
        self.rows[key] = Row(at(seconds), key, (value,))

    def within(self, stretch: Slice) -> list[Row]:
        found = [row for row in self.rows.values() if stretch.begin <= row.time < stretch.end]
        return sorted(found, key=lambda row: (row.time, row.key))

    def look(self, slices: Sequence[Slice]) -> Look:
        self.looks += 1
        return Look(self.now, tuple(len(self.within(each)) for each in slices))

    def read(self, stretch: Slice) -> Reading:
        return Reading(self, self.within(stretch))

    def read_others(self, stretch: Slice, known: Container[str]) -> Reading:
        return Reading(self, [row for row in self.within(stretch) if row.key not in known])


class Reading:
    """An open cursor over rows."""

    def __init__(self, source: MemorySource, rows: Sequence[Row]) -> None:
        self.source = source
        self.rows = rows

    def __enter__(self) -> Iterator[Sequence[Row]]:
        return self.batches()

    def __exit__(self, *error: object) -> None:
        return None

    def batches(self) -> Iterator[Sequence[Row]]:
        size = self.source.batch_size
        for number, start in enumerate(range(0, len(self.rows), size)):
            if number == self.source.breaks_after:
                self.source.breaks_after = None
                raise OracleUnavailable("ORA-01555: snapshot too old")
            batch = self.rows[start : start + size]
            self.source.rows_read += len(batch)
            yield batch


@dataclass
class MemoryDestination:
    """Keeps events by their ids.

    refuses: keys that are refused, each with the number of times left, -1 for ever.
    loses: keys of which one answer is lost, stored or not.
    is_mute: keeps what is sent, and answers nothing.
    is_patient: waits for answers until it is closed.
    """

    kept: dict[str, Event] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    loses: dict[str, bool] = field(default_factory=dict)
    max_event_bytes: int = 1_000_000
    is_down: bool = False
    is_mute: bool = False
    is_patient: bool = False
    closed: threading.Event = field(default_factory=threading.Event)
    sent: int = 0

    def facts(self) -> Facts:
        return Facts(self.max_event_bytes, 120.0)

    def send(self, events: Sequence[Event]) -> Sequence[Outcome]:
        if not events:
            return []
        if self.is_down or self.closed.is_set():
            raise DestinationUnavailable("down")
        outcomes = [self.send_one(event) for event in events]
        if not self.is_mute:
            return outcomes
        if self.is_patient:
            self.closed.wait()
        return [unanswered(event) for event in events]

    def send_one(self, event: Event) -> Outcome:
        self.sent += 1
        key = event.row.key
        left = self.refuses.get(key, 0)
        if left:
            self.refuses[key] = left - 1
        if left or len(event.body) > self.max_event_bytes:
            return Outcome(event, error=EventRefused("too large"))
        if key in self.loses:
            if self.loses.pop(key):
                self.keep(event)
            return unanswered(event)
        is_repeat = event.id in self.kept
        self.keep(event)
        receipt = str(list(self.kept).index(event.id) + 1)
        return Outcome(event, receipt=receipt, is_repeat=is_repeat)

    def keep(self, event: Event) -> None:
        if event.id not in self.kept:
            self.kept[event.id] = event
            self.order.append(event.row.key)

    def close(self) -> None:
        self.closed.set()

    @property
    def keys(self) -> set[str]:
        return {event.row.key for event in self.kept.values()}


def unanswered(event: Event) -> Outcome:
    """Return what becomes of an event whose answer is lost."""
    return Outcome(event, error=DestinationUnavailable("no answer"), is_unknown=True)


@dataclass
class MemoryTracking:
    """Keeps progress as a store does, and lets a person change it.

    fails: saves to come that fail, each with whether they are written all the same.
    is_full: nothing can be set aside.
    """

    progress: Progress = NOTHING_YET
    tallies: dict[datetime, int] = field(default_factory=dict)
    aside: dict[str, SetAside] = field(default_factory=dict)
    fails: list[bool] = field(default_factory=list)
    is_held: bool = False
    moved_from: datetime | None = None
    is_moved: bool = False
    is_closed: bool = False
    is_full: bool = False
    saves: int = 0

    def begin(self, program: str) -> Progress:
        if self.is_held:
            raise HeldElsewhere(f"{program} runs elsewhere")
        self.is_moved = False
        moved_from, self.moved_from = self.moved_from, None
        return replace(self.progress, tallies=dict(self.tallies), moved_from=moved_from)

    def save(self, reached: Progress, tallies: Sequence[Tally], *, forget: datetime) -> bool:
        is_written = True
        fails = bool(self.fails)
        if fails:
            is_written = self.fails.pop(0)
        if self.is_moved:
            return False
        if is_written:
            self.write(reached, tallies, forget)
        if fails:
            raise StoreUnavailable("lost connection")
        return True

    def write(self, reached: Progress, tallies: Sequence[Tally], forget: datetime) -> None:
        self.saves += 1
        self.progress = reached
        for tally in tallies:
            self.tallies[tally.slice.begin] = tally.published
        for begin in [begin for begin in self.tallies if begin < forget]:
            del self.tallies[begin]

    def move(self, watermark: datetime) -> None:
        """Put the watermark elsewhere, as a person does."""
        self.moved_from = self.progress.watermark
        self.progress = replace(self.progress, watermark=watermark)
        self.is_moved = True

    def pause(self, is_paused: bool) -> None:
        """Stop the program, or let it go on, as a person does."""
        self.progress = replace(self.progress, is_paused=is_paused)
        self.is_moved = True

    def fail(self, error: CdcError) -> None:
        return None

    def set_aside(self, items: Sequence[SetAside]) -> None:
        if self.is_full:
            raise StoreUnavailable("lost connection")
        for item in items:
            self.aside[item.key] = item

    def close(self) -> None:
        self.is_closed = True
