"""What the witnesses of a round of events saw. Times of the host are seconds of its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from tests.chaos.events.judge.encoding import Values
from tests.chaos.judge.history import Trouble


@dataclass(frozen=True)
class Row:
    """A row of the table as it is there in the end.

    Parameters:
        committed_at: when its commit had been answered.
    """

    values: Values
    committed_at: float

    @property
    def key(self) -> str:
        return self.values.key

    @property
    def at(self) -> float:
        """Return its time as the host's clock has it, if Oracle's goes with that."""
        return seconds_of(self.values.created_at)


@dataclass(frozen=True)
class Stored:
    """A message of the stream, also one that a consumer has taken away since."""

    at: float
    sequence: int
    subject: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.headers.get("Nats-Msg-Id", "")


@dataclass(frozen=True)
class Sent:
    """A message that left the service, whether or not it came to anything.

    Parameters:
        connection: the number of the connection that brought it.
    """

    at: float
    connection: int
    id: str
    subject: str
    digest: str


@dataclass(frozen=True)
class Sample:
    """A row of ETL_PRMREC, as it was at some moment between two."""

    begin: float
    end: float
    program: str
    floored: datetime | None
    exact: datetime | None
    status: str
    records: int

    @property
    def watermark(self) -> datetime | None:
        """Return how far everything is accounted for."""
        if self.floored and self.exact and self.exact.replace(microsecond=0) == self.floored:
            return self.exact
        return self.floored


@dataclass(frozen=True)
class Aside:
    """A row of ETL_SET_ASIDE."""

    key: str
    at: float
    reason: str


@dataclass(frozen=True)
class Quiet:
    """A stretch in which nobody may work: a person paused it, or somebody else has the lock."""

    why: str
    begin: float
    end: float


@dataclass(frozen=True)
class Move:
    """A watermark that a person set.

    Parameters:
        at: just before.
    """

    at: float
    old: datetime
    new: datetime


@dataclass(frozen=True)
class Rules:
    """What the judge must know of a round.

    Parameters:
        is_sound: nothing went wrong, and one copy worked.
        has_steady_clock: Oracle's clock went with that of the host.
        most_offset_seconds: how far Oracle's clock was ever ahead of the host's.
    """

    settle_seconds: float
    is_sound: bool = False
    has_steady_clock: bool = True
    most_offset_seconds: float = 0.0
    ack_seconds: float = 0.7


@dataclass(frozen=True)
class History:
    """One round.

    Parameters:
        complaints: what the service itself did wrong, as an end that nobody asked for.
    """

    rules: Rules
    rows: tuple[Row, ...] = ()
    stored: tuple[Stored, ...] = ()
    sent: tuple[Sent, ...] = ()
    samples: tuple[Sample, ...] = ()
    asides: tuple[Aside, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    quiets: tuple[Quiet, ...] = ()
    moves: tuple[Move, ...] = ()
    leaks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = field(default=())


def seconds_of(time: datetime) -> float:
    """Return a time of UTC as seconds."""
    return time.replace(tzinfo=timezone.utc).timestamp()


def is_skipped(history: History, row: Row) -> bool:
    """Return whether a person set the watermark ahead, beyond a row. It was sent before, or not."""
    for move in history.moves:
        if move.old < move.new and row.values.created_at < move.new:
            return True
    return False


def expected(history: History) -> Iterator[Row]:
    """Yield the rows that must be accounted for."""
    for row in history.rows:
        if not is_skipped(history, row):
            yield row
