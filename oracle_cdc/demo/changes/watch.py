"""What can be seen from outside meanwhile: Oracle, the bus, dead letters, the consumer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from oracle_cdc.demo.changes.cloud import row_changes
from oracle_cdc.demo.changes.stack import Stack
from oracle_cdc.demo.changes.writers import Writers

Detail = Mapping[str, Any]


class Delivery(NamedTuple):
    """An event as the consumer got it, and whether it was newer than what it had of the row."""

    event_id: str
    is_new: bool


@dataclass(frozen=True)
class Standing:
    """Counts of changes by where they are.

    waiting: rows of change tables. published: different events. dead: letters in the queue.
    deliveries: to the consumer, of which some come twice. received: different events of them.
    """

    change_count: int
    committed: int = 0
    late: int = 0
    rolled_back: int = 0
    waiting: int = 0
    published: int = 0
    repeats: int = 0
    dead: int = 0
    deliveries: int = 0
    received: int = 0


class Observer:
    """Looks at everything again and again, and keeps the events that the bus took, in its order.

    snapshot_count: rows that a snapshot wrote down.
    """

    def __init__(self, stack: Stack, writers: Writers) -> None:
        self.stack = stack
        self.writers = writers
        self.database = stack.connect()
        self.details: list[Detail] = []
        self.ids: set[str] = set()
        self.after = 0
        self.snapshot_count = 0

    @property
    def change_count(self) -> int:
        """Return how many events are to come."""
        return self.writers.change_count + self.snapshot_count

    def look(self) -> Standing:
        """Count everything once."""
        self.read_events()
        written = self.writers.written
        received = read_received(self.stack.received)
        return Standing(
            self.change_count,
            committed=written.changes,
            late=written.late,
            rolled_back=written.rolled_back,
            waiting=self.database.count_waiting(self.stack.tables),
            published=len(self.ids),
            repeats=len(self.details) - len(self.ids),
            dead=self.stack.letters.count(),
            deliveries=len(received),
            received=len({delivery.event_id for delivery in received}),
        )

    def read_events(self) -> None:
        """Read what the bus has taken since the last time."""
        while True:
            page, self.after = self.stack.pages.read_events(self.after)
            for detail in row_changes(page):
                self.details.append(detail)
                self.ids.add(detail["metadata"]["eventId"])
            if not page:
                return

    def is_settled(self, standing: Standing) -> bool:
        """Return whether each change is an event or a dead letter."""
        is_written = self.writers.is_finished and standing.waiting == 0
        return is_written and standing.published + standing.dead >= self.change_count

    def is_cured(self, standing: Standing) -> bool:
        """Return whether each change is an event, and has come to the consumer."""
        is_published = standing.published >= self.change_count and standing.dead == 0
        return is_published and standing.received == standing.published

    def close(self) -> None:
        self.database.close()


def read_received(path: Path) -> Sequence[Delivery]:
    """Return what the consumer wrote down so far."""
    deliveries = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            # The last line may still be written.
            if line.endswith("\n"):
                delivery = json.loads(line)
                deliveries.append(Delivery(delivery["eventId"], delivery["isNew"]))
    return deliveries
