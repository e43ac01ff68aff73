"""Rows that were set aside, read again from their table and published once more.

It takes no lock and touches no count: for the service that may run beside it they are handled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from oracle_cdc.errors import EventRefused
from oracle_cdc.events.wiring import Events, make_flow, name_program
from oracle_cdc.mariadb.names import name_key
from oracle_cdc.mariadb.set_aside import AsideRow, SetAsideTable
from oracle_cdc.oracle.row_reading import MICROSECOND
from oracle_cdc.relay.delivery import Delivery
from oracle_cdc.relay.seams import Source
from oracle_cdc.relay.values import Row, Slice

GONE = "it is not in its table any more, with this key and time"
TIMELESS = "its ROW_TIME is no time, so that it can't be found"


@dataclass(frozen=True)
class Replayed:
    """How the replay of one row ended. What is done is not set aside any more."""

    row: AsideRow
    is_done: bool
    what: str


class Replay:
    """Publishes rows again, under the ids that they always had."""

    def __init__(self, source: Source, delivery: Delivery, table: SetAsideTable) -> None:
        self.source = source
        self.delivery = delivery
        self.table = table

    def run(self, rows: Sequence[AsideRow]) -> Iterator[Replayed]:
        """Publish rows again, and yield what became of each. Raises why the others wait."""
        for time, chosen in by_time(rows).items():
            if time is None:
                for row in chosen:
                    yield Replayed(row, False, TIMELESS)
            else:
                yield from self.run_time(time, chosen)

    def run_time(self, time: datetime, rows: Sequence[AsideRow]) -> Iterator[Replayed]:
        """Publish rows of one time again."""
        # A former version wrote keys that end in a blank as they are.
        waiting = {name_key(row.key): row for row in rows}
        with self.source.read(moment(time)) as batches:
            for found in batches:
                wanted = [row for row in found if name_key(row.key) in waiting]
                yield from self.publish(wanted, waiting)
                if not waiting:
                    break
        for row in waiting.values():
            yield Replayed(row, False, GONE)

    def publish(self, found: Sequence[Row], waiting: dict[str, AsideRow]) -> Iterator[Replayed]:
        """Publish rows, and delete those that the stream has from what is set aside.

        Parameters:
            waiting: those that are looked for by the names of their keys, without these in the end.
        """
        delivered = self.delivery.deliver(found)
        refused = {item.key for item in delivered.aside}
        published = []
        for row in found:
            if row.key in delivered.handled - refused:
                published.append(name_key(row.key))
        self.table.remove([waiting[key].key for key in published])
        for key in published:
            yield Replayed(waiting.pop(key), True, "published")
        for item in delivered.aside:
            key = name_key(item.key)
            self.table.keep(waiting[key].key, item.reason, max(1, item.attempts))
            yield Replayed(waiting.pop(key), False, item.reason)
        if delivered.error is not None:
            raise delivered.error

    def read_body(self, row: AsideRow) -> str | EventRefused | None:
        """Return the body that would be published, or why none can be made.

        It is None where the row is gone.
        """
        if row.time is None:
            return None
        with self.source.read(moment(row.time)) as batches:
            for found in chain.from_iterable(batches):
                if name_key(found.key) == name_key(row.key):
                    return self.encode(found)
        return None

    def encode(self, row: Row) -> str | EventRefused:
        """Return the body of a row, or why none can be made."""
        try:
            return self.delivery.encode(row).body.decode()
        except EventRefused as error:
            return error


def by_time(rows: Sequence[AsideRow]) -> dict[datetime | None, list[AsideRow]]:
    """Return rows by their times."""
    found: dict[datetime | None, list[AsideRow]] = {}
    for row in rows:
        found.setdefault(row.time, []).append(row)
    return found


def moment(time: datetime) -> Slice:
    """Return the shortest stretch that a time lies in. Of a DATE it is a second."""
    return Slice(time, time + MICROSECOND)


def open_table(events: Events) -> SetAsideTable:
    """Return what events set aside."""
    return SetAsideTable(events.tracking.database, name_program(events.settings.publisher))


def make_replay(events: Events) -> Replay:
    """Make a replay of the table as it is now. Raises what keeps it from being read.

    Who asks for it tries again by asking again: what is refused is not repeated meanwhile.
    """
    rules = events.settings.publisher.model_copy(update={"max_retries": 0})
    flow = make_flow(events.settings, rules, events.oracle, events.publisher, rest=events.stop.wait)
    return Replay(flow.source, flow.delivery, open_table(events))
