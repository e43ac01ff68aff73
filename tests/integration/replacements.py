"""Calls of four segments whose rows are replaced or deleted."""

from __future__ import annotations

from datetime import datetime

from oracle_cdc.conversations.wiring import Application
from tests.integration.backfills import alone, finish, order
from tests.integration.samples import HELLO
from tests.integration.test_reconcile import HOUR, begin, report
from tests.world import SOURCE, USER, World

FOUR = (*HELLO, ("C", "Thanks"))
LEDGER = f"SELECT STATE, REVISION, ROWS_READ FROM {USER}.CDC_PROCESSED_CALLS"


OLDEST = f"(SELECT MIN(TEXT_TIME) FROM {SOURCE})"
DELETE_OLDEST = f"DELETE FROM {SOURCE} WHERE TEXT_TIME = {OLDEST}"


def send_four(world: World, **settings: object) -> Application:
    """Return a service that has sent a call of four rows, which its window has passed since."""
    service = begin(world, **settings)
    world.record("1", *FOUR, ago_seconds=30)
    world.cycle(service)
    assert revisions(world) == [(1, 4)]
    world.move_clock(31 * HOUR)
    world.cycle(service)
    return service


def revisions(world: World) -> list[tuple[int, int]]:
    """Return revision and number of messages of each conversation in the queue."""
    return [(body["revision"], body["messageCount"]) for body in world.received()]


def reconcile(service: Application) -> str:
    """Run a whole sweep, and return what it has for the log."""
    return report(service)


def resend_all(world: World, service: Application) -> None:
    order(service, datetime(2025, 1, 1), world.now(), is_resend=True)
    finish(alone(service))


def insert_at(world: World, owner: str, text: str, time: datetime) -> None:
    ((call_time,),) = world.rows(f"SELECT MIN(CALL_TIME) FROM {SOURCE} WHERE CALL_ID = 1")
    world.insert([("1", "B-1", None, owner, text, time, call_time)])


def time_of(world: World, which: str) -> datetime:
    return world.rows(f"SELECT TEXT_TIME FROM {SOURCE} WHERE TEXT_TIME = {which}")[0][0]


def kill_at_last(world: World) -> None:
    """End the lease of a call until the next claim sets it aside unread."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', TAKEOVERS = 4, LEASE_TOKEN = 'gone', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)"
    )
