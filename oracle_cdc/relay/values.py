"""The frozen values that travel from a source to a destination, whose content no repr shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from oracle_cdc.errors import CdcError


class Row(NamedTuple):
    """One row of the source.

    A tuple, because one is made for each row: a frozen dataclass takes twice as long.

    Parameters:
        time: the source's own, without a zone.
        key: what makes the row the only one of its kind, as text.
        values: the columns in the order that the source names them.
    """

    time: datetime
    key: str
    values: tuple[object, ...]

    def __repr__(self) -> str:
        return f"Row(time={self.time!r})"


class Event(NamedTuple):
    """What is sent for one row.

    Parameters:
        id: the same for each sending of the row, so that a repeat is known as one.
        route: where in the destination: a subject, a partition key, a detail type.
        headers: what goes beside the body.
    """

    id: str
    row: Row
    route: str
    body: bytes
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Event(time={self.row.time!r}, {len(self.body)} bytes)"


class Outcome(NamedTuple):
    """What a destination answered for one event.

    Parameters:
        receipt: where it is kept now, such as a number of the stream. None: it was not accepted.
        error: why not.
        is_repeat: it had been accepted before, and is kept once.
        is_unknown: no answer came, so it may be kept: send it again with the same id.
    """

    event: Event
    receipt: str | None = None
    error: CdcError | None = None
    is_repeat: bool = False
    is_unknown: bool = False


@dataclass(frozen=True)
class Slice:
    """A stretch of the source's time. `end` is not included."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Tally:
    """How many rows of a slice were accepted or set aside, and the time of the last one."""

    slice: Slice
    published: int
    last_time: datetime | None


@dataclass(frozen=True)
class Look:
    """What the source says of itself at one moment.

    Parameters:
        now: its own clock.
        counts: the rows of each slice that was asked for, in the same order.
    """

    now: datetime
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Progress:
    """How far a program has come, as its store has it.

    Parameters:
        watermark: all rows before it that could be seen then are accepted or set aside. None: it
            never began.
        coverage: rows before it are none of ours.
        tallies: rows accepted or set aside, by the begin of their slice.
        records: rows accepted since the first start.
        is_paused: a person stopped it.
        moved_from: where the watermark was before a person put it where it is. None: nobody did.
    """

    watermark: datetime | None
    coverage: datetime | None = None
    tallies: Mapping[datetime, int] = field(default_factory=dict)
    records: int = 0
    is_paused: bool = False
    moved_from: datetime | None = None


@dataclass(frozen=True)
class SetAside:
    """A row that the destination refuses for itself, and why."""

    key: str
    time: datetime
    reason: str
    attempts: int


@dataclass(frozen=True)
class Facts:
    """What a destination says of itself.

    Parameters:
        max_event_bytes: the body and headers of the largest event that it takes.
        repeats_known_seconds: how long it knows the id of an event again.
        endangered: what may lose events there, a sentence each.
    """

    max_event_bytes: int
    repeats_known_seconds: float
    endangered: tuple[str, ...] = ()
