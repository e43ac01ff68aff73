"""Rows that are purged, replaced or corrected in place: what is seen, what is sent, and what never is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from oracle_cdc.conversations.chores.overdue import Overdue
from oracle_cdc.conversations.rules.fingerprint import SQL, fingerprint
from oracle_cdc.conversations.wiring import Application
from tests.integration.test_capture import HELLO
from tests.integration.test_history import alone, finish, order
from tests.integration.test_precision import add_row
from tests.integration.test_reconcile import HOUR, begin, figures, report
from tests.world import SOURCE, USER, World

FOUR = (*HELLO, ("C", "Thanks"))
LEDGER = f"SELECT STATE, REVISION, ROWS_READ FROM {USER}.CDC_PROCESSED_CALLS"
OLDEST = f"(SELECT MIN(TEXT_TIME) FROM {SOURCE})"
NEWEST = f"(SELECT MAX(TEXT_TIME) FROM {SOURCE})"
DELETE_OLDEST = f"DELETE FROM {SOURCE} WHERE TEXT_TIME = {OLDEST}"


def send_four(world: World, **settings: object) -> Application:
    """A service that has sent a call of four rows; its window has passed it since."""
    service = begin(world, **settings)
    world.record("1", *FOUR, ago_seconds=30)
    world.cycle(service)
    assert revisions(world) == [(1, 4)]
    world.move_clock(31 * HOUR)
    world.cycle(service)
    return service


def revisions(world: World) -> list[tuple[int, int]]:
    """Revision and number of messages of each conversation in the queue."""
    return [(body["revision"], body["messageCount"]) for body in world.received()]


def reconcile(service: Application) -> str:
    """A whole sweep, and what it has for the log."""
    return report(service)


def resend_all(world: World, service: Application) -> None:
    order(service, datetime(2025, 1, 1), world.now(), is_resend=True)
    finish(alone(service))


def insert_at(world: World, owner: str, text: str, time: datetime) -> None:
    ((call_time,),) = world.rows(f"SELECT MIN(CALL_TIME) FROM {SOURCE} WHERE CALL_ID = 1")
    world.insert([("1", "B-1", None, owner, text, time, call_time)])


def time_of(world: World, which: str) -> datetime:
    return world.rows(f"SELECT TEXT_TIME FROM {SOURCE} WHERE TEXT_TIME = {which}")[0][0]


# Replaced in place


def replace_oldest(world: World) -> None:
    oldest = time_of(world, OLDEST)
    world.change(DELETE_OLDEST)
    insert_at(world, "A", "what was really said", oldest - timedelta(seconds=5))


def correct_a_time(world: World) -> None:
    world.change(
        f"UPDATE {SOURCE} SET TEXT_TIME = TEXT_TIME - INTERVAL '0.5' SECOND WHERE TEXT_TIME = {OLDEST}"
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
    assert "1 were missing, 0 still are" in first + second
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
    # The failure accounts for what the search found, whose times nobody has read: not for the times of before.
    service = send_four(world)
    correct_a_time(world)
    kill_at_last(world)
    world.cycle(service)

    reconcile(service)

    assert world.rows(f"SELECT STATE, TIMES_READ FROM {USER}.CDC_PROCESSED_CALLS") == [
        ("FAILED", None)
    ]
    assert revisions(world) == []


def kill_at_last(world: World) -> None:
    """The lease of a call has ended so often that the next claim sets it aside unread."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', TAKEOVERS = 4, LEASE_TOKEN = 'gone', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)"
    )


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


# Purged


def test_a_resend_of_a_call_that_shrank_is_not_sent_however_often_it_is_asked_for(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    # The first look stored the smaller count, so the second saw no shrink and sent a torso as revision 2.
    service = send_four(world)
    world.change(DELETE_OLDEST)

    for _ in range(3):
        resend_all(world, service)

    assert revisions(world) == []
    assert world.rows(LEDGER) == [("SENT", 1, 4)]
    assert service.progress.counts["withheld"] == 3
    assert "1 calls are not sent again" in caplog.text and "call 1" in caplog.text
    journal = world.rows(
        f"SELECT STATUS, ERROR_MESSAGE FROM {USER}.CDC_PROCESSING_LOG WHERE OPERATION_TYPE = 'RESEND'"
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
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', SENT_REVISION = NULL, SENT_AT = NULL, "
        "SQS_MESSAGE_ID = NULL, TEXT_TIME = NULL, DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)"
    )
    world.change(DELETE_OLDEST)

    world.cycle(service)

    assert revisions(world) == [(2, 3)]


# A call that goes on and can't be sent


def talk(world: World, service: Application, minutes: Sequence[int]) -> int:
    """One more row of owner A and one cycle each so many minutes later; how often the call was judged."""
    for minute in minutes:
        world.move_clock(minute * 60)
        add_row(world, "1", "A", f"minute {minute}", world.now(), "000")
        world.cycle(service)
    return len(
        world.rows(
            f"SELECT LOG_ID FROM {USER}.CDC_PROCESSING_LOG WHERE OPERATION_TYPE IN ('REJECT', 'FAIL')"
        )
    )


def test_a_call_that_can_not_be_sent_is_read_once_in_the_longest_wait(world: World) -> None:
    service = world.application(settle_seconds=90.0, max_wait_minutes=60)
    world.cycle(service)

    judged = talk(world, service, range(1, 200))

    assert judged == 3
    assert world.states() == {"1": "OPEN"}


def test_a_call_that_is_too_large_for_the_queue_is_read_once_in_the_longest_wait(
    world: World,
) -> None:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    service = world.application(settle_seconds=90.0, max_wait_minutes=60, required_channels=("A",))
    world.cycle(service)
    noise = "".join(chr(0x4E00 + 37 * n % 20000) for n in range(3000))
    add_row(world, "1", "A", noise, world.now(), "000")

    judged = talk(world, service, range(1, 150))

    assert judged == 2


def test_blanks_without_an_end_do_not_have_a_sent_call_read_with_each(world: World) -> None:
    service = world.application(settle_seconds=90.0, max_wait_minutes=60)
    world.record("1", *HELLO, ago_seconds=100)
    world.cycle(service)
    before = world.rows(f"SELECT JUDGED_AT FROM {USER}.CDC_PROCESSED_CALLS")
    judged = set()
    for minute in range(1, 150):
        world.move_clock(minute * 60)
        insert_at(world, "A", "  ", world.now())
        world.cycle(service)
        judged.add(world.rows(f"SELECT JUDGED_AT FROM {USER}.CDC_PROCESSED_CALLS")[0])

    assert len(judged - set(before)) == 2
    assert len(world.received()) == 1


def test_a_rejected_call_that_comes_to_an_end_is_sent_once_it_is_quiet(world: World) -> None:
    service = world.application(settle_seconds=90.0, max_wait_minutes=60)
    world.cycle(service)
    talk(world, service, range(1, 65))
    add_row(world, "1", "C", "at last", world.now(), "000")

    world.move_clock(64 * 60 + 85)
    world.cycle(service)
    assert world.received() == []
    world.move_clock(64 * 60 + 95)
    world.cycle(service)

    assert [body["messageCount"] for body in world.received()] == [65]
