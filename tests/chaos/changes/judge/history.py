"""What the witnesses of a round of row changes saw. Times are seconds of the host's clock."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.chaos.changes.journal import Image, Written
from tests.chaos.judge.history import Trouble


@dataclass(frozen=True)
class Record:
    """A record that the stream took.

    Parameters:
        number: rises with all that AWS accepts, whatever service it is of.
        data: in base64, as it came.
    """

    number: int
    at: float
    shard: str
    sequence: int
    key: str
    data: str
    sender: str

    @cached_property
    def bytes(self) -> bytes:
        return base64.b64decode(self.data)


@dataclass(frozen=True)
class Published:
    """An event that the bus took. time: that it says it is of. is_dropped: no bus has it."""

    number: int
    at: float
    bus: str
    source: str
    detail_type: str
    detail: str
    time: float
    sender: str
    is_dropped: bool = False


@dataclass(frozen=True)
class Letter:
    """A message that the queue of dead letters took."""

    number: int
    at: float
    body: str
    attributes: Mapping[str, str]
    sender: str

    @property
    def is_of_processor(self) -> bool:
        """Return whether its change came to the stream."""
        return "shardId" in self.attributes


@dataclass(frozen=True)
class Kept:
    """A lease as it was after a write. sequence: up to which all is settled, 0 for nothing."""

    number: int
    at: float
    shard: str
    sequence: int
    status: str
    owner: str
    sender: str


@dataclass(frozen=True)
class Move:
    """A checkpoint that a person moved, with the numbers of what was accepted before and after."""

    begin: int
    end: int
    at: float


@dataclass(frozen=True)
class Quiet:
    """A table whose changes a person paused."""

    table: str
    begin: float
    end: float


@dataclass(frozen=True)
class Rules:
    """What the judge must know of a round.

    Parameters:
        is_sound: nothing went wrong, and one copy worked.
        parents: of each shard.
        bus, source: where events go, and what they say they come from.
        ack_seconds: how long an answer is waited for.
        is_raw: what is personal stands in the stream.
    """

    is_sound: bool = False
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bus: str = ""
    source: str = "cdc-pipeline"
    ack_seconds: float = 1.5
    is_raw: bool = False


@dataclass(frozen=True)
class History:
    """One round.

    Parameters:
        written: what was committed, in the order of each row's changes.
        undone: what was rolled back.
        rows: what stands in the tables in the end, by table.
        left: rows that are left in the change tables.
        foreign: records that others put into the stream.
        lost: requests whose answers were lost, with whose they were.
        complaints: what the service itself did wrong, as an end that nobody asked for.
    """

    rules: Rules
    written: tuple[Written, ...] = ()
    undone: tuple[Written, ...] = ()
    rows: Mapping[str, tuple[Image, ...]] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    published: tuple[Published, ...] = ()
    letters: tuple[Letter, ...] = ()
    kept: tuple[Kept, ...] = ()
    delivered: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    moves: tuple[Move, ...] = ()
    quiets: tuple[Quiet, ...] = ()
    leaks: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
