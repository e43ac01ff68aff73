"""Ledger rows that end a search or refuse a claim hold up no other call."""

from __future__ import annotations

from contextlib import suppress

import pytest

from oracle_cdc.conversations.outbound.searching import FAILURES_ALONE
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.errors import CdcError
from tests.integration.cycles import FAILURES, are_sent, cycle_until, once, record_calls, sendings
from tests.world import USER, World


def spoil_ledger_row(world: World, call_id: str) -> None:
    """Write bytes that are no text where the search reads the hash of what was sent.

    A half-restored export leaves such rows.
    """
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, CONTENT_HASH, DUE_AT, "
        "PROCESSED_AT) VALUES "
        f"('{call_id}', 'OPEN', UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF')), "
        "SYS_EXTRACT_UTC(SYSTIMESTAMP), "
        "CAST(SYSTIMESTAMP AS TIMESTAMP))"
    )


def test_one_call_that_ends_every_search_is_set_aside_and_the_others_are_sent(world: World) -> None:
    # What the driver can't bring of one row made the whole search fail, at each poll, for ever.
    record_calls(world, "1", "2", "3", "4", "5")
    service = world.application()
    service.startup.ensure_database()
    spoil_ledger_row(world, "3")

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    cycle_until(world, service, lambda: world.states()["3"] == "FAILED")

    assert sendings(world) == once("1", "2", "4", "5")
    assert world.rows(FAILURES) == [("3", FAILURES_ALONE)]
    assert (
        "can't be searched"
        in world.rows(f"SELECT ERROR_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES")[0][0]
    )


def test_a_call_that_was_set_aside_by_the_search_opens_again_with_a_new_segment(
    world: World,
) -> None:
    record_calls(world, "1", "2", "3")
    service = world.application()
    service.startup.ensure_database()
    spoil_ledger_row(world, "3")
    cycle_until(world, service, lambda: world.states().get("3") == "FAILED")

    world.record("3", ("C", "and one more thing"), ago_seconds=10)
    cycle_until(world, service, are_sent(world, "3"))

    assert world.rows(FAILURES) == []


def test_the_watermark_passes_no_call_that_the_search_can_not_bring(world: World) -> None:
    record_calls(world, "1", "2")
    service = world.application()
    world.cycle(service)
    watermark = (
        f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS "
        f"WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )
    record_calls(world, "4", "5")
    spoil_ledger_row(world, "3")
    record_calls(world, "3")
    before = world.rows(watermark)

    world.cycle(service)

    assert world.rows(watermark) == before
    assert world.states()["3"] == "OPEN"
    cycle_until(world, service, lambda: world.rows(watermark) > before)
    assert world.states()["3"] == "FAILED"


@pytest.mark.parametrize("code", [604, 4031, 1555, 12899])
def test_an_error_that_ends_every_search_sets_no_call_aside(world: World, code: int) -> None:
    record_calls(world, "1", "2", "3")
    service = world.application()
    world.server.faults.set(f'error {code} on execute when "m.IS_ENABLED" times 12 for {USER}')

    cycle_until(world, service, are_sent(world, "1", "2", "3"))

    assert world.rows(FAILURES) == []


def test_one_call_that_the_ledger_refuses_is_set_aside_and_the_others_are_sent(
    world: World,
) -> None:
    # A constraint of a DBA's on the ledger, met by one call, ended every claim: nothing was sent,
    # and no row said why.
    world.cycle(service := world.application())
    world.change(
        f"ALTER TABLE {USER}.CDC_PROCESSED_CALLS ADD CONSTRAINT NO_3 CHECK (CALL_ID <> '3')"
    )
    record_calls(world, "1", "2", "3", "4", "5")
    assert service.capture_leg.capture is not None
    service.capture_leg.capture.turns.claiming.clock = lambda: 0.0
    service.capture_leg.capture.turns.claiming.resting.clear()

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    watermark = (
        f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS "
        f"WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )
    before = world.rows(watermark)
    assert world.rows(FAILURES) == []
    service.capture_leg.capture.turns.claiming.clock = lambda: 1e9
    cycle_until(world, service, lambda: rested(service) and bool(world.rows(FAILURES)))

    assert world.rows(FAILURES) == [("3", 3)]
    cycle_until(world, service, lambda: world.rows(watermark) > before)
    assert sendings(world) == once("1", "2", "4", "5")


def rested(service: Application) -> bool:
    assert service.capture_leg.capture is not None
    service.capture_leg.capture.turns.claiming.resting.clear()
    return True


def test_an_error_that_ends_every_claim_sets_no_call_aside(world: World) -> None:
    record_calls(world, "1", "2", "3")
    service = world.application()
    world.server.faults.set(
        f'error 2290 on execute when "INSERT INTO CDC_PROCESSED_CALLS" times 30 for {USER}'
    )

    cycle_until(world, service, are_sent(world, "1", "2", "3"))

    assert world.rows(FAILURES) == []
    assert sendings(world) == once("1", "2", "3")


def test_an_uncommitted_row_of_another_session_delays_its_own_call_alone(world: World) -> None:
    # The insert of the claim waited for it until the call time-out, at each cycle, and all others
    # waited with it.
    world.cycle(service := world.application())
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 0.5}
    )
    other = world.connect()
    other.cursor().execute(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE) VALUES ('3', 'OPEN')"
    )
    record_calls(world, "1", "2", "3", "4", "5")

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    for _ in range(FAILURES_ALONE + 1):
        rested(service)
        with suppress(CdcError):
            world.cycle(service)
    assert world.rows(FAILURES) == []
    other.rollback()
    cycle_until(world, service, lambda: rested(service) and are_sent(world, "3")())

    assert sendings(world) == once("1", "2", "3", "4", "5")
