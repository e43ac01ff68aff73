"""Rows that are replaced in place make a revision."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.rules.fingerprint import SQL, fingerprint
from tests.integration.backfills import alone, finish, order
from tests.integration.replacements import (
    DELETE_OLDEST,
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
from tests.integration.test_reconcile import HOUR, begin, figures
from tests.world import SOURCE, USER, World

NEWEST = f"(SELECT MAX(TEXT_TIME) FROM {SOURCE})"


def replace_oldest(world: World) -> None:
    oldest = time_of(world, OLDEST)
    world.change(DELETE_OLDEST)
    insert_at(world, "A", "what was really said", oldest - timedelta(seconds=5))


def correct_a_time(world: World) -> None:
    world.change(
        f"UPDATE {SOURCE} SET TEXT_TIME = TEXT_TIME - INTERVAL '0.5' SECOND "
        f"WHERE TEXT_TIME = {OLDEST}"
    )


def correct_two_times(world: World) -> None:
    for which, by in ((NEWEST, "-"), (OLDEST, "+")):
        add = f"TEXT_TIME {by} INTERVAL '0.25' SECOND"
        world.change(f"UPDATE {SOURCE} SET TEXT_TIME = {add} WHERE TEXT_TIME = {which}")


@pytest.mark.parametrize("change", [replace_oldest, correct_a_time, correct_two_times])
def test_rows_replaced_in_place_make_a_revision_with_the_next_sweep(
    world: World, change: object
) -> None:
    service = send_four(world)
    change(world)  # type: ignore[operator]
    world.cycle(service)
    assert revisions(world) == []

    first = reconcile(service)
    world.move_clock(56 * HOUR)
    world.cycle(service)
    second = reconcile(service)

    assert revisions(world) == [(2, 4)]
    assert "1 was missing, 0 still are" in first + second
    assert figures(world)[3] == 0


def test_a_text_corrected_alone_is_not_seen_but_sent_when_that_is_asked_for(world: World) -> None:
    service = send_four(world)
    world.change(f"UPDATE {SOURCE} SET TEXT = 'corrected' WHERE TEXT_TIME = {OLDEST}")
    reconcile(service)
    assert revisions(world) == []

    resend_all(world, service)

    assert revisions(world) == [(2, 4)]


@pytest.mark.parametrize("change", [replace_oldest, correct_a_time])
def test_a_resend_sends_what_was_replaced(world: World, change: object) -> None:
    service = send_four(world)
    change(world)  # type: ignore[operator]

    resend_all(world, service)

    assert revisions(world) == [(2, 4)]


def test_a_backfill_sends_what_was_replaced_and_nothing_else_again(world: World) -> None:
    service = send_four(world)
    world.record("2", *HELLO, ago_seconds=30)
    world.cycle(service)
    world.received()
    world.change(f"UPDATE {SOURCE} SET TEXT_TIME = TEXT_TIME - INTERVAL '1' DAY WHERE CALL_ID = 1")

    order(service, datetime(2025, 1, 1), world.now())
    finish(alone(service))

    assert [(body["callId"], body["revision"]) for body in world.received()] == [("1", 2)]


def test_a_blank_moved_in_time_is_accounted_for_and_sends_nothing(world: World) -> None:
    service = send_four(world)
    insert_at(world, "A", "  ", time_of(world, OLDEST) - timedelta(seconds=3))
    reconcile(service)
    before = world.rows(LEDGER)
    correct_a_time(world)

    for hours in (56, 90):
        world.move_clock(hours * HOUR)
        world.cycle(service)
        reconcile(service)

    assert (revisions(world), world.rows(LEDGER)) == ([], before)


def test_a_rejected_call_whose_rows_were_replaced_is_judged_again_once(world: World) -> None:
    service = begin(world)
    world.record("1", ("A", "hello?"), ("A", "anybody there?"), ago_seconds=30)
    world.cycle(service)
    world.move_clock(31 * HOUR)
    world.cycle(service)
    correct_a_time(world)

    for hours in (31, 60):
        world.move_clock(hours * HOUR)
        world.cycle(service)
        reconcile(service)

    assert world.states() == {"1": "REJECTED_MISSING_CHANNEL"}
    journal = world.rows(f"SELECT OPERATION_TYPE FROM {USER}.CDC_PROCESSING_LOG")
    assert journal == [("REJECT",), ("REJECT",)]


def test_a_call_of_an_older_ledger_is_no_difference(world: World) -> None:
    service = send_four(world)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET TIMES_READ = NULL")
    correct_a_time(world)

    reconcile(service)

    assert revisions(world) == []


def test_a_call_that_can_not_be_read_is_not_taken_for_replaced(world: World) -> None:
    # The failure accounts for what the search found, whose times nobody has read: not for the times
    # of before.
    service = send_four(world)
    correct_a_time(world)
    kill_at_last(world)
    world.cycle(service)

    reconcile(service)

    assert world.rows(f"SELECT STATE, TIMES_READ FROM {USER}.CDC_PROCESSED_CALLS") == [
        ("FAILED", None)
    ]
    assert revisions(world) == []


@pytest.mark.parametrize("nanoseconds", ["000", "250", "999"])
def test_the_number_of_the_times_is_the_same_in_oracle(world: World, nanoseconds: str) -> None:
    world.change(f"ALTER TABLE {SOURCE} MODIFY (TEXT_TIME TIMESTAMP(9))")
    times = [
        datetime(2025, 1, 15, 14, 20, 3, 250_001),
        datetime(1825, 7, 1, 0, 0, 0, 999_999),
        datetime(1999, 12, 31, 23, 59, 59, 999_999),
        datetime(2000, 1, 1),
        datetime(9999, 12, 31, 23, 59, 59, 999_999),
        datetime(1, 1, 1),
    ]
    for time in times:
        fraction = f"{time.microsecond:06d}{nanoseconds}"
        literal = f"{time.year:04d}-{time:%m-%d %H:%M:%S}.{fraction}"
        world.change(
            f"INSERT INTO {SOURCE} VALUES (1, 'B', NULL, 'A', 'x', TIMESTAMP '{literal}', "
            "TIMESTAMP '2025-01-15 14:20:00')"
        )

    assert world.rows(f"SELECT SUM({SQL}) FROM {SOURCE} s") == [(fingerprint(times),)]
