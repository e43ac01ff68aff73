"""Calls that lost rows are not sent again for that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oracle_cdc.conversations.chores.overdue import Overdue
from tests.integration.replacements import (
    DELETE_OLDEST,
    FOUR,
    LEDGER,
    OLDEST,
    insert_at,
    kill_at_last,
    reconcile,
    resend_all,
    revisions,
    send_four,
    time_of,
)
from tests.integration.samples import HELLO
from tests.integration.test_reconcile import HOUR, begin
from tests.world import SOURCE, USER, World


def test_a_resend_of_a_call_that_shrank_is_not_sent_however_often_it_is_asked_for(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    # The first look stored the smaller count, so the second saw no shrink and sent a torso as
    # revision 2.
    service = send_four(world)
    world.change(DELETE_OLDEST)

    for _ in range(3):
        resend_all(world, service)

    assert revisions(world) == []
    assert world.rows(LEDGER) == [("SENT", 1, 4)]
    assert service.progress.counts["withheld"] == 3
    assert "1 call is not sent again" in caplog.text and "call 1" in caplog.text
    journal = world.rows(
        f"SELECT STATUS, ERROR_MESSAGE FROM {USER}.CDC_PROCESSING_LOG "
        "WHERE OPERATION_TYPE = 'RESEND'"
    )
    assert [status for status, _ in journal] == ["SKIPPED"] * 3
    assert all("3 of the 4 rows" in reason for _, reason in journal)


def test_an_unanswered_call_that_shrank_is_not_sent_again(world: World) -> None:
    service = send_four(world)
    world.change(DELETE_OLDEST)

    for hours in (40, 50, 60, 70):
        world.move_clock(hours * HOUR)
        Overdue(service.database, deadline_minutes=60, times=2, batch_size=50).run_once()
        world.cycle(service)

    assert revisions(world) == []
    assert world.rows(LEDGER) == [("SENT", 1, 4)]


def test_a_call_that_is_gone_from_the_source_is_not_sent_again(world: World) -> None:
    service = send_four(world)
    world.change(f"DELETE FROM {SOURCE}")
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'OPEN', RESEND = 'ASKED', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)"
    )

    world.cycle(service)

    assert revisions(world) == []
    assert world.rows(LEDGER) == [("SENT", 1, 4)]


def test_a_call_that_lost_a_blank_alone_is_sent_again_the_same_to_the_byte(world: World) -> None:
    service = send_four(world)
    insert_at(world, "A", "  ", time_of(world, OLDEST) - timedelta(seconds=3))
    reconcile(service)
    world.change(DELETE_OLDEST)

    resend_all(world, service)

    assert revisions(world) == [(1, 4)]


def test_a_call_that_shrank_and_went_on_is_set_aside_with_its_reason(world: World) -> None:
    service = begin(world)
    world.record("1", *FOUR, ago_seconds=30)
    world.cycle(service)
    world.received()
    for _ in range(2):
        world.change(DELETE_OLDEST)
    insert_at(world, "C", "one more thing", world.now() - timedelta(seconds=10))

    for _ in range(3):
        world.cycle(service)

    assert revisions(world) == []
    assert world.rows(LEDGER) == [("FAILED", 1, 4)]
    failures = (
        f"SELECT ERROR_MESSAGE, ORIGINAL_MESSAGE, TOTAL_ATTEMPTS FROM {USER}.SQS_PERMANENT_FAILURES"
    )
    ((reason, body, attempts),) = world.rows(failures)
    assert (
        "the source has 3 of the 4 rows that were read, and revision 1 is not replaced by less"
        in reason
    )
    assert (body, attempts) == (None, 1)


def test_a_call_that_shrank_and_can_not_be_read_keeps_its_count(world: World) -> None:
    service = send_four(world)
    world.change(DELETE_OLDEST)
    kill_at_last(world)

    world.cycle(service)

    assert world.rows(LEDGER) == [("FAILED", 1, 4)]


def test_a_call_that_grew_back_is_sent_again_when_it_is_asked_for(world: World) -> None:
    service = send_four(world)
    oldest = time_of(world, OLDEST)
    world.change(DELETE_OLDEST)
    resend_all(world, service)
    insert_at(world, *HELLO[0], oldest)

    resend_all(world, service)

    assert revisions(world)[0][1] == 4


def test_a_call_that_never_reached_the_queue_is_sent_as_it_is(world: World) -> None:
    service = begin(world)
    world.record("1", *FOUR, ago_seconds=30)
    world.cycle(service)
    world.received()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', SENT_REVISION = NULL, SENT_AT = NULL, "
        "SQS_MESSAGE_ID = NULL, TEXT_TIME = NULL, DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)"
    )
    world.change(DELETE_OLDEST)

    world.cycle(service)

    assert revisions(world) == [(2, 3)]
