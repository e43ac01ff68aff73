"""Rows of the ledger that a DBA's open transaction holds: however many, the other calls go on."""

from __future__ import annotations

from time import monotonic

import oracledb
import pytest

from oracle_cdc.conversations.outbound.claiming import LOCKED_SECONDS
from oracle_cdc.conversations.tables import ledger
from oracle_cdc.conversations.wiring import Application
from tests.integration.cycles import are_sent, once, record_calls, sendings
from tests.integration.samples import HELLO
from tests.integration.test_clocks import hook, started
from tests.integration.test_overdue import HOUR, look
from tests.world import USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
#: Calls that one search brings, and many more that are held.
BATCH = 2
HELD = [str(number) for number in range(100, 107)]


def lock_rows(world: World, which: str = "STATE IS NOT NULL") -> oracledb.Connection:
    """Lock rows of the ledger, as somebody does who goes to lunch before the commit."""
    dba = world.connect()
    dba.cursor().execute(f"UPDATE {LEDGER} SET BAN = BAN WHERE {which}")
    return dba


@pytest.mark.parametrize("state", ["OPEN", "SENT"])
def test_calls_that_others_have_locked_leave_room_for_the_rest_however_many_they_are(
    world: World, state: str
) -> None:
    # The oldest that were due, or had new rows, filled each search: nothing else was sent any more.
    capture, _ = started(world, max_batch_size=BATCH)
    record_calls(world, *HELD)
    capture.run_cycle()
    sendings(world)
    world.change(f"UPDATE {LEDGER} SET STATE = :1, DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)", state)
    for call_id in HELD:
        world.record(call_id, *HELLO, ago_seconds=110)
    dba = lock_rows(world)
    world.record("1", *HELLO, ago_seconds=60)

    capture.run_cycle()
    while_held = sendings(world)
    dba.rollback()
    capture.run_cycle()

    assert while_held == once("1")
    assert sendings(world) == once(*HELD)


def test_a_call_that_was_held_takes_its_turn_among_others_after_a_while(world: World) -> None:
    capture, _ = started(world, max_batch_size=BATCH)
    record_calls(world, *HELD)
    capture.run_cycle()
    for call_id in HELD:
        world.record(call_id, *HELLO, ago_seconds=110)
    lock_rows(world)
    capture.run_cycle()
    claiming = capture.turns.claiming

    held = claiming.hindered()
    claiming.clock = lambda: monotonic() + LOCKED_SECONDS

    assert held == set(HELD)
    assert claiming.hindered() == set()


def unanswered(world: World, *call_ids: str) -> Application:
    """Return a service whose calls have waited for their answers for too long."""
    service = world.application()
    record_calls(world, *call_ids)
    world.cycle(service)
    sendings(world)
    world.move_clock(2 * HOUR)
    return service


def test_an_overdue_call_that_another_session_holds_keeps_no_other_waiting(world: World) -> None:
    # All overdue calls were opened by one statement, which waited for the row until its time-out.
    service = unanswered(world, "1", "2", "3")
    lock_rows(world, "CALL_ID = '2'")

    look(world, service)

    assert sendings(world) == once("1", "3")


def test_a_call_that_is_answered_before_it_is_opened_again_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = unanswered(world, "1", "2")
    hook(
        monkeypatch,
        ledger,
        "lock_free",
        lambda: world.change(f"UPDATE {LEDGER} SET STATE = 'SUMMARIZED' WHERE CALL_ID = '1'"),
    )

    look(world, service)

    assert sendings(world) == once("2")
    assert world.states()["1"] == "SUMMARIZED"
    assert are_sent(world, "2")()
