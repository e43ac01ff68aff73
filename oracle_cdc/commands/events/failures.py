"""What events set aside: rows of ETL_SET_ASIDE, listed, published again, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from oracle_cdc.commands.failures_items import Body, Choice, Item, Tried
from oracle_cdc.errors import EventRefused
from oracle_cdc.events.replay import GONE, Replay, make_replay, open_table
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import make_events
from oracle_cdc.mariadb.set_aside import AsideRow
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.once import Once
from oracle_cdc.running.privacy import escape
from oracle_cdc.running.terminal import time_text, utc_text
from oracle_cdc.settings.service import EVENTS

DIRECTION = "EVENT"


class FailedEvents:
    """Rows that could not be published. The program's lock is left to the service."""

    how = "events are read from their table"

    def __init__(self, settings: EventsSettings) -> None:
        self.events = make_events(settings)
        self.table = open_table(self.events)
        self.again: Once[Replay] = Once(lambda: make_replay(self.events))

    def find(self, choice: Choice) -> Sequence[Item]:
        """Return the chosen rows, the oldest first."""
        older_than = None
        if choice.older_than_days >= 0:
            older_than = timedelta(days=choice.older_than_days)
        items = list(map(as_item, self.table.list(older_than)))
        if choice.ids is None:
            return items
        return [item for item in items if item.failure_id in choice.ids]

    def read_body(self, item: Item) -> Body:
        """Return what would be published, read again from the table."""
        body = self.again.get().read_body(item.origin)
        if isinstance(body, EventRefused):
            return Body(None, f"no body can be made of it: {body}")
        return Body(body, GONE)

    def count(self, items: Sequence[Item]) -> str:
        """Return how many rows these are, in words."""
        return counted(len(items), "event")

    def replay(self, items: Sequence[Item]) -> Iterator[Tried]:
        """Publish rows again."""
        by_id = {item.failure_id: item for item in items}
        for replayed in self.again.get().run([item.origin for item in items]):
            item = by_id[replayed.row.failure_id]
            yield Tried(item, replayed.is_done, replayed.what)

    def discard(self, items: Sequence[Item]) -> int:
        """Give rows up. Their table keeps them."""
        return self.table.discard([item.origin.key for item in items])

    def close(self) -> None:
        """Close what is open."""
        self.events.close()


def as_item(row: AsideRow) -> Item:
    """Return a row as the commands show it."""
    return Item(
        row.failure_id,
        DIRECTION,
        escape(row.key),
        f"event {escape(row.key)}",
        attempts=row.attempts,
        failed_at=row.set_aside_at,
        reason=row.reason,
        shown=as_object(row),
        origin=row,
    )


def as_object(row: AsideRow) -> Mapping[str, object]:
    """Return a row as the JSON outputs name it."""
    return {
        "id": row.failure_id,
        "pipeline": EVENTS,
        "direction": DIRECTION,
        "key": row.key,
        "attempts": row.attempts,
        "failedAt": utc_text(row.set_aside_at),
        "rowTime": time_text(row.time),
        "reason": row.reason,
    }
