"""Calls that others work on at the same time: copies, recorders, people and answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from oracle_cdc.conversations.outbound.turn import Search, Turn
from oracle_cdc.conversations.rules.claims import choose_claims
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.conversations.tables.ledger import write_claims
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.tables.search import Query, find_work
from oracle_cdc.conversations.wiring import Application
from tests.integration.samples import HELLO, total_processed, unsettle
from tests.world import USER, World


def test_a_paused_mode_claims_nothing_and_shows_life(world: World) -> None:
    service = world.application()
    world.cycle(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET IS_ENABLED = 0, LAST_UPDATED = TIMESTAMP '2020-01-01 00:00:00'"
    )
    world.record("1", *HELLO)

    world.cycle(service)

    assert world.states() == {}
    ((year,),) = world.rows(
        f"SELECT MIN(EXTRACT(YEAR FROM LAST_UPDATED)) FROM {USER}.CDC_PROCESSING_STATUS"
    )
    assert year > 2020


def test_an_uncommitted_update_of_the_mode_row_does_not_delay_the_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    monkeypatch.setattr("oracle_cdc.conversations.tables.checkpoints.LOCK_WAIT_SECONDS", 0.1)
    service = world.application()
    world.cycle(service)
    dba = world.connect()
    dba.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")
    world.record("1", *HELLO)

    world.cycle(service)

    assert world.states() == {"1": "SENT"}
    dba.rollback()
    service.row_lock.locked_until = 0.0
    world.cycle(service)
    assert total_processed(world) == 1


def test_rows_that_a_recorder_has_not_committed_yet_are_sent_once_they_are(world: World) -> None:
    recorder = world.connect()
    world.record("1", *HELLO, connection=recorder)
    service = world.application()
    world.cycle(service)
    assert world.received() == []

    recorder.commit()
    world.cycle(service)

    assert [b["callId"] for b in world.received()] == ["1"]


def test_an_unsettled_send_is_repeated_byte_for_byte(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    # Given: the process was killed between the answer of SQS and the third commit
    unsettle(world)
    world.cycle(service)

    first, second = world.received_bodies()
    assert first == second
    assert world.states() == {"1": "SENT"}


def test_a_live_lease_of_another_copy_is_left_alone(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', LEASE_TOKEN = 'other', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + INTERVAL '60' SECOND"
    )
    world.received()

    world.cycle(service)

    assert (world.received(), world.states()) == ([], {"1": "LEASED"})


def test_live_calls_do_not_wait_for_a_backlog(world: World) -> None:
    service = world.application(max_batch_size=5)
    world.cycle(service)
    for call in range(40):
        world.record(f"1{call:02}", *HELLO)
    world.move_clock(2 * 86_400)
    for call in range(3):
        world.record(f"9{call}", *HELLO)

    searches = windows_searched(service)
    world.cycle(service)

    sent = [
        str(row[0])
        for row in world.rows(f"SELECT CALL_ID FROM {USER}.CDC_PROCESSING_LOG ORDER BY LOG_ID")
    ]
    assert len(sent) == 43
    assert {"90", "91", "92"} <= set(sent[:20])
    # Then: they were looked for after the first batch, which knew of no downtime yet, and with the
    # last; not after each
    assert [window.is_newest for window in searches[:3]] == [True, True, False]
    assert [window.is_newest for window in searches].count(True) == 3


def windows_searched(service: Application) -> list[Window]:
    """Return the windows that are searched, as a list that fills while the service works.

    No time passes for it.
    """
    assert service.capture_leg.capture is not None
    take, searches = service.capture_leg.capture.turns.take, []

    def noted(search: Search, *lanes: Any) -> Turn | None:
        searches.append(search.window)
        return take(search, *lanes)

    service.capture_leg.capture.turns.take = noted  # type: ignore[method-assign]
    service.capture_leg.capture.clock = lambda: 0.0
    return searches


def test_two_copies_share_the_calls_and_send_each_once(world: World) -> None:
    for call in range(40):
        world.record(str(call + 1), *HELLO)
    copies = [world.application(max_batch_size=5, instance_id=f"copy-{n}") for n in range(2)]
    for copy in copies:
        world.cycle(copy)

    assert sorted(int(b["callId"]) for b in world.received()) == list(range(1, 41))


def test_an_answer_between_search_and_claim_does_not_hide_newer_rows(world: World) -> None:
    # A result used to raise the row's version; the claim then left the call to "another copy", and
    # the watermark
    # passed it.
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    assert service.capture_leg.capture is not None
    world.record("1", ("C", "one more thing"), ago_seconds=60)
    with service.database.session() as session:
        found = find_work(
            session, Query(NORMAL_MODE, Window(world.now() - timedelta(hours=1), FAR_FUTURE), 5, 5)
        )
        world.answer("1", revision=1, summary="of the first")
        service.results.drain(0)
        rules = service.capture_leg.capture.turns.rules
        claims = choose_claims(found.candidates, found.clocks, rules)
        won = write_claims(session, claims, Lease("token", "this-test", 60)).won

    assert [claim.candidate.call_id for claim in won] == ["1"]
