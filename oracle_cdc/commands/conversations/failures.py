"""What conversations set aside: SQS_PERMANENT_FAILURES, listed, tried again, deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from oracle_cdc.commands.failures_items import Body, Choice, Item, Tried
from oracle_cdc.conversations.chores.uncounted_sendings import count_rest
from oracle_cdc.conversations.replay import Replayed, replay_calls
from oracle_cdc.conversations.replay_results import replay_results
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.failures import (
    Failure,
    list_failures,
    read_body,
    read_failure,
    remove_failures,
)
from oracle_cdc.conversations.wiring import make_delivery
from oracle_cdc.conversations.wiring_parts import Parts, make_parts, open_database
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.once import Once
from oracle_cdc.running.terminal import time_text
from oracle_cdc.settings.service import CONVERSATIONS

#: Rows deleted in one round trip.
DELETE_ROWS = 1000


class FailedCalls:
    """Calls that could not be sent, and results that could not be written.

    Parameters:
        sends: it will try them again, and has what that needs.
    """

    how = "calls are read from the source, results from their bodies"

    def __init__(self, settings: Settings, *, sends: bool) -> None:
        self.settings = settings
        self.sends = sends
        self.parts = Once(lambda: make_parts(settings))
        self.database: Once[Database] = Once(self.open)

    def open(self) -> Database:
        """Open Oracle, with the tables that are needed to send."""
        if not self.sends:
            return open_database(self.settings, sessions=1)
        parts = self.parts.get()
        parts.startup.ensure_database()
        return parts.database

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a session."""
        with self.database.get().session() as session:
            yield session

    def find(self, choice: Choice) -> Sequence[Item]:
        """Return the chosen rows, the oldest first, or those of these ids that are there."""
        found: list[Failure] = []
        with self.session() as session:
            if choice.ids is None:
                found = list_failures(
                    session, call_id=choice.call, older_than_days=choice.older_than_days
                )
            for failure_id in choice.ids or ():
                failure = read_failure(session, failure_id)
                if failure is not None:
                    found.append(failure)
        return list(map(as_item, found))

    def read_body(self, item: Item) -> Body:
        """Return the body that was kept."""
        with self.session() as session:
            text = read_body(session, item.failure_id)
        return Body(text, "its body was not kept (KEEP_FAILED_MESSAGES)")

    def count(self, items: Sequence[Item]) -> str:
        """Return how many calls and results these are, in words."""
        results = sum(failure.is_result for failure in failures_of(items))
        return f"{counted(len(items) - results, 'call')} and {counted(results, 'result')}"

    def replay(self, items: Sequence[Item]) -> Iterator[Tried]:
        """Try calls and results again."""
        by_id = {item.failure_id: item for item in items}
        for replayed in replay_all(self.parts.get(), failures_of(items)):
            item = by_id[replayed.failure.failure_id]
            yield Tried(item, replayed.is_done, replayed.what)

    def discard(self, items: Sequence[Item]) -> int:
        """Delete rows."""
        failures = failures_of(items)
        removed = 0
        with self.session() as session:
            for start in range(0, len(failures), DELETE_ROWS):
                removed += remove_failures(session, failures[start : start + DELETE_ROWS])
                session.commit()
        return removed

    def close(self) -> None:
        """Close what is open."""
        if self.parts.made is not None:
            self.parts.made.close()
        elif self.database.made is not None:
            self.database.made.close()


def replay_all(parts: Parts, chosen: Sequence[Failure]) -> Iterator[Replayed]:
    """Try calls again batch by batch, then results one by one.

    The queue is asked only when a call is among them.
    """
    calls = [failure for failure in chosen if not failure.is_result]
    if calls:
        try:
            yield from replay_in_batches(parts, calls)
        finally:
            parts.row_lock.forget()
            count_rest(parts.database, parts.heartbeat)
    results = [failure for failure in chosen if failure.is_result]
    intake = parts.results.intake
    yield from replay_results(parts.database, intake.fetch, results, intake.marker)


def replay_in_batches(parts: Parts, calls: Sequence[Failure]) -> Iterator[Replayed]:
    """Try calls again, as many at a time as the service does."""
    cdc = parts.settings.cdc
    delivery = make_delivery(parts, parts.heartbeat)
    for start in range(0, len(calls), cdc.max_batch_size):
        yield from replay_calls(
            parts.database,
            delivery,
            calls[start : start + cdc.max_batch_size],
            owner=cdc.instance_id,
            lease_seconds=cdc.lease_seconds,
        )


def failures_of(items: Sequence[Item]) -> Sequence[Failure]:
    """Return the rows of the table that items stand for."""
    return [item.origin for item in items]


def as_item(failure: Failure) -> Item:
    """Return a row as the commands show it."""
    named = failure.direction.lower()
    if failure.call_id:
        named = f"call {failure.call_id}"
    return Item(
        failure.failure_id,
        failure.direction,
        failure.call_id or "",
        named,
        attempts=failure.attempts,
        failed_at=failure.failed_at,
        reason=failure.reason,
        shown=as_object(failure),
        origin=failure,
    )


def as_object(failure: Failure) -> Mapping[str, object]:
    """Return a failure as the JSON outputs name it. Nothing of it is private."""
    return {
        "id": failure.failure_id,
        "pipeline": CONVERSATIONS,
        "direction": failure.direction,
        "callId": failure.call_id,
        "revision": failure.revision,
        "attempts": failure.attempts,
        "failedAt": time_text(failure.failed_at),
        "messageId": failure.message_id,
        "bodyCharacters": failure.body_length,
        "reason": failure.reason,
    }
