"""The frozen and the working values of publishing: a record, what became of it, a lot of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from oracle_cdc.aws.eventbridge.limits import BusEntry
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.changes.rules.errors import ChangeRefused, ParseError
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.errors import CdcError


@dataclass(frozen=True, repr=False)
class Received:
    """A record of the stream.

    Parameters:
        data: as it came.
        fault: why it could not be taken out of what carried it.
    """

    place: Place
    data: bytes
    fault: ParseError | None = None

    @property
    def number(self) -> int:
        """Return its sequence number as what it is: texts of it have no order."""
        return int(self.place.sequence_number)

    def __repr__(self) -> str:
        return f"Received({self.place.shard_id} {self.place.sequence_number})"


@dataclass(eq=False, repr=False)
class Item:
    """A record on its way, in the hands of one thread at a time.

    Parameters:
        change: what the record says, as it came and later as it is published.
        key: of the row. Records of one key go one after another.
        entry: the event, once it is made.
        is_redacted: the change is as it is published.
        attempts: how often it was refused for its own sake.
        due_at: before which it is not tried again.
        refused: why it can't be published and must become a dead letter.
        hindered_since: since when the bus has not taken it although it takes others.
    """

    record: Received
    change: Change | None = None
    key: str = ""
    entry: BusEntry | None = None
    is_redacted: bool = False
    attempts: int = 0
    due_at: float = 0.0
    refused: ChangeRefused | None = None
    hindered_since: float | None = None
    is_settled: bool = False


@dataclass(repr=False)
class Lot:
    """Records that came together, in their order, until all of them are settled.

    Parameters:
        queues: by key, what is not settled yet.
        held: keys whose first record waits for what failed: nothing of them goes now.
    """

    items: Sequence[Item]
    queues: dict[str, deque[Item]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Give all that is not settled yet its turn again, also keys that were held back."""
        self.held.clear()
        self.queues.clear()
        for item in self.unsettled():
            self.queues.setdefault(item.key, deque()).append(item)

    def unsettled(self) -> Iterator[Item]:
        return (item for item in self.items if not item.is_settled)

    def next_turn(self, now: float) -> Sequence[Item]:
        """Return the first record of each key that may go now."""
        turn: list[Item] = []
        for key, queue in self.queues.items():
            if key not in self.held and queue[0].due_at <= now:
                turn.append(queue[0])
        return turn

    def next_due(self) -> float | None:
        """Return when the next record may go that is not held. None: there is none."""
        due: list[float] = []
        for key, queue in self.queues.items():
            if key not in self.held:
                due.append(queue[0].due_at)
        return min(due, default=None)

    def settle(self, item: Item) -> None:
        """Note that a record needs nothing more, so that the next one of its key has its turn."""
        item.is_settled = True
        queue = self.queues[item.key]
        queue.popleft()
        if not queue:
            del self.queues[item.key]

    def keep_waiting(self, item: Item) -> None:
        """Note that a record waits, and with it all later ones of its key."""
        self.held.add(item.key)


def make_lot(records: Iterable[Received]) -> Lot:
    return Lot([Item(record) for record in records])


@dataclass(frozen=True)
class Verdict:
    """What became of a lot.

    Settled is what the bus or the queue of dead letters accepted, or what is not wanted.

    Parameters:
        unsettled: in the order in which they came.
        error: why they wait.
    """

    unsettled: Sequence[Received]
    error: CdcError | None = None

    @property
    def first_unsettled(self) -> str | None:
        """Return the lowest sequence number that is not settled, None where all are."""
        if not self.unsettled:
            return None
        return min(self.unsettled, key=lambda record: record.number).place.sequence_number
