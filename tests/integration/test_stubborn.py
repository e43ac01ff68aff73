"""One call, one answer or one search that fails again and again: the others do not wait for it, and nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from oracle_cdc.conversations.outbound.searching import FAILURES_ALONE
from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables import segments
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.conversations.tables.search import Query, Work, find_work
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.errors import CdcError, OracleUnavailable
from oracle_cdc.model import Segment
from tests.integration.test_capture import HELLO
from tests.world import USER, World

FAILURES = f"SELECT CALL_ID, TOTAL_ATTEMPTS FROM {USER}.SQS_PERMANENT_FAILURES"
SUMMARIES = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY ORDER BY CALL_ID"
#: More than any of these tests needs by far; a cycle and its pause take a fraction of a second.
MOST_CYCLES = 150


def cycle_until(world: World, service: Application, is_done: Callable[[], bool]) -> None:
    """Cycle after cycle, as the loop does it: an error is over with its cycle."""
    for _ in range(MOST_CYCLES):
        with suppress(CdcError, UnicodeDecodeError):
            world.cycle(service)
        if is_done():
            return
        service.stop.wait(0.05)
    pytest.fail(f"not done after {MOST_CYCLES} cycles: {world.states()}")


def record_calls(world: World, *call_ids: str) -> None:
    for call_id in call_ids:
        world.record(call_id, *HELLO)


def are_sent(world: World, *call_ids: str) -> Callable[[], bool]:
    return lambda: all(world.states().get(call_id) == "SENT" for call_id in call_ids)


def sendings(world: World) -> dict[str, int]:
    """How often each call was sent."""
    return Counter(body["callId"] for body in world.received())


def once(*call_ids: str) -> dict[str, int]:
    return dict.fromkeys(call_ids, 1)


# A call that can't be read


def spoil(monkeypatch: pytest.MonkeyPatch, call_id: str, fail: Callable[[], object]) -> None:
    """The reading of one call fails. Patched in: the stand-in has no damaged LOBs, keeps no text that is not UTF-8, and
    its faults can't tell the calls of one statement apart."""
    read = segments.read_segments

    def read_spoiled(
        fetched: Iterator[tuple[Sequence[str], Sequence[tuple[Any, ...]]]],
    ) -> Iterator[Segment]:
        for segment in read(fetched):
            if segment.call_id == call_id:
                fail()
            yield segment

    monkeypatch.setattr(segments, "read_segments", read_spoiled)


def raise_damaged() -> None:
    raise OracleUnavailable("ORA-01555 at fetch_segments")


def test_one_call_that_can_not_be_read_does_not_hold_up_the_others_and_is_sent_once_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A damaged LOB answers ORA-01555 for ever. That is an error that passes, so no call was suspected: the same batch
    # was claimed and given back at each cycle, and new calls joined it.
    record_calls(world, "1", "2", "3", "4", "5")
    service = world.application()
    with monkeypatch.context() as damage:
        spoil(damage, "3", raise_damaged)
        cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
        record_calls(world, "11", "12")
        cycle_until(world, service, are_sent(world, "11", "12"))
        assert world.states()["3"] == "OPEN"

    cycle_until(world, service, are_sent(world, "3"))

    assert sendings(world) == once("1", "2", "3", "4", "5", "11", "12")


def test_text_that_can_not_be_decoded_concerns_its_call_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The driver raises UnicodeDecodeError, which is no error of Oracle: it passed by what gives leases back, so all
    # calls of the batch stayed leased to the end of the lease, and failed together again after it.
    record_calls(world, "1", "2", "3", "4", "5")
    spoil(monkeypatch, "3", b"\xe9\xe0".decode)
    service = world.application(max_attempts=2)

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    cycle_until(world, service, lambda: world.states()["3"] == "FAILED")

    assert sendings(world) == once("1", "2", "4", "5")
    assert [call_id for call_id, _ in world.rows(FAILURES)] == ["3"]


@pytest.mark.parametrize("code", [4031, 604])
def test_an_error_of_oracle_itself_gives_up_no_call(world: World, code: int) -> None:
    # What nobody foresaw counted as a call's own fault: a few minutes of ORA-04031, and call after call was claimed
    # alone, failed like all of them, and was set aside as one that kills its process.
    record_calls(world, "1", "2", "3")
    service = world.application()
    world.server.faults.set(
        f'error {code} before execute times 11 when "s.SUBSCRIBER_NO" for {USER}'
    )

    cycle_until(world, service, are_sent(world, "1", "2", "3"))

    assert sendings(world) == once("1", "2", "3")
    assert world.rows(FAILURES) == []


def test_a_failure_row_that_oracle_refuses_has_no_other_call_sent_again(world: World) -> None:
    # What was accepted and what was set aside were one transaction: with the failure row refused, the accepted calls of
    # the batch were never settled, and went out again with each cycle.
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    record_calls(world, "1", "2", "4", "5")
    world.record("3", ("A", noise(5000)), ("C", "yes"))
    service = world.application()
    world.server.faults.set(
        f'error 12899 before execute times 6 when "INSERT INTO SQS_PERMANENT_FAILURES" for {USER}'
    )

    cycle_until(world, service, lambda: world.states().get("3") == "FAILED")

    assert sendings(world) == once("1", "2", "4", "5")
    assert are_sent(world, "1", "2", "4", "5")()
    assert [call_id for call_id, _ in world.rows(FAILURES)] == ["3"]


def noise(length: int) -> str:
    """Text that gzip can't make much smaller."""
    letters = Random(7)
    return "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(length))


# A search that takes too long


def fall_behind(world: World, hours: int) -> None:
    """The service ran, and has stood still since."""
    world.cycle(world.application())
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        f"SET LAST_PROCESSED_TIMESTAMP = LAST_PROCESSED_TIMESTAMP - INTERVAL '{hours}' HOUR, "
        f"COVERAGE_START = COVERAGE_START - INTERVAL '{hours + 1}' HOUR WHERE TABLE_NAME = '{NORMAL_MODE}'"
    )


def test_a_search_that_times_out_is_tried_with_a_shorter_slice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a long stop the first slice held more than Oracle could search within the call time-out. The next cycle
    # asked for the same slice, and so did all that followed. Patched in is only what a stand-in without load can't
    # know: which windows are too much; the time-out itself is the driver's own.
    fall_behind(world, hours=6)
    world.record("1", *HELLO, ago_seconds=4 * 3600)
    too_long: list[Window] = []

    def search(session: Any, query: Query) -> Work:
        window = query.window
        if not window.is_newest and (window.end - window.start).total_seconds() > 3600:
            too_long.append(window)
            world.server.faults.set('hang before execute times 1 when "m.IS_ENABLED"')
        return find_work(session, query)

    monkeypatch.setattr("oracle_cdc.conversations.outbound.searching.find_work", search)
    service = world.application()
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 1.0}
    )

    cycle_until(world, service, are_sent(world, "1"))

    assert too_long
    assert sendings(world) == once("1")


# An answer that can't be written


def refuse_answers_of(world: World, call_id: str) -> None:
    """Somebody's index on an expression: ORA-01476 at each insert for this call, which is no fault of a value."""
    world.change(
        f"CREATE INDEX {USER}.BY_DISTANCE ON {USER}.DICTA_CALL_SUMMARY (1 / (TO_NUMBER(CALL_ID) - {call_id}))"
    )


def drain(service: Application, wait_seconds: int = 0) -> None:
    service.startup.ensure_database()
    service.results.drain(wait_seconds)


def test_an_answer_that_oracle_refuses_for_no_known_reason_does_not_hold_up_the_others(
    world: World,
) -> None:
    # Any error but a few counted as one of Oracle as a whole: the batch was written again and again without an end, and
    # nothing else was received meanwhile.
    refuse_answers_of(world, "3")
    for call_id in ("1", "2", "3", "4", "5"):
        world.answer(call_id, revision=1, summary="s")
    service = world.application(max_attempts=2, results_visibility_seconds=1)

    drain(service)
    assert world.rows(SUMMARIES) == [("1",), ("2",), ("4",), ("5",)]
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 1)
    drain(service, wait_seconds=5)

    assert [call_id for call_id, _ in world.rows(FAILURES)] == ["3"]
    assert world.waiting(world.results_url) == 0


@pytest.mark.parametrize("code", [4036, 604, 1502, 4031, 12899, 1476])
def test_an_error_that_meets_all_answers_sets_none_aside_however_often_they_come(
    world: World, code: int
) -> None:
    # After ten receives all of them were set aside and deleted, for an index that a DBA had left unusable.
    service = world.application(max_attempts=1, results_visibility_seconds=1)
    service.startup.ensure_database()
    world.server.faults.set(
        f'error {code} on execute when "INSERT INTO DICTA_CALL_SUMMARY" times always for {USER}'
    )
    for call_id in ("1", "2", "3"):
        world.answer(call_id, revision=1, summary="s")

    drainer = threading.Thread(target=lambda: drain(service), daemon=True)
    drainer.start()
    attempts = world.server.statistics()["executes"]
    while world.server.statistics()["executes"] < attempts + 100:
        drainer.join(0.02)
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 3)
    world.server.faults.clear()
    drainer.join(30)

    assert world.rows(SUMMARIES) == [("1",), ("2",), ("3",)]
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 0)


def test_a_lone_answer_that_was_held_for_long_goes_back_and_is_not_blamed_for_oracle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.inbound.recording.LONGEST_TRY_SECONDS", 0.0)
    service = world.application(max_attempts=1)
    service.startup.ensure_database()
    world.server.faults.set(
        f'error 12899 on execute when "INSERT INTO DICTA_CALL_SUMMARY" times always for {USER}'
    )
    world.answer("1", revision=1, summary="s")

    with pytest.raises(CdcError, match="ORA-12899"):
        drain(service)

    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 1)


def test_an_answer_that_oracle_refuses_alone_comes_again_and_is_set_aside_in_the_end(
    world: World,
) -> None:
    # With no other answer beside it nothing tells whether it is this answer or Oracle: it was tried for ever in its
    # batch of one, and what came later waited behind it.
    refuse_answers_of(world, "3")
    world.answer("3", revision=1, summary="s")
    service = world.application(max_attempts=2, results_visibility_seconds=1)

    drain(service)
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 1)
    for _ in range(MOST_CYCLES):
        drain(service, wait_seconds=1)
        if world.rows(FAILURES):
            break

    assert [attempts for _, attempts in world.rows(FAILURES)] == [2]
    assert world.waiting(world.results_url) == 0


def test_an_answer_to_a_revision_that_was_never_sent_does_not_shut_out_later_answers(
    world: World,
) -> None:
    # An ML service that put a date where the revision belongs was believed: no later revision was ever greater, so
    # every later answer was dropped as outdated.
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.answer("1", revision=20250115, summary="first")
    drain(service)
    assert world.states() == {"1": "SUMMARIZED"}

    world.record("1", ("C", "and one more thing"), ago_seconds=10)
    world.cycle(service)
    world.answer("1", revision=2, summary="second")
    drain(service)

    assert world.rows(f"SELECT SUMMARY_TEXT, REVISION FROM {USER}.DICTA_CALL_SUMMARY") == [
        ("second", 2)
    ]
    assert world.states() == {"1": "SUMMARIZED"}


# A call that ends the search


def spoil_ledger_row(world: World, call_id: str) -> None:
    """A half-restored export: bytes that are no text, where the search reads the hash of what was sent."""
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, CONTENT_HASH, DUE_AT, PROCESSED_AT) VALUES "
        f"('{call_id}', 'OPEN', UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF')), SYS_EXTRACT_UTC(SYSTIMESTAMP), "
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
    watermark = f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = '{NORMAL_MODE}'"
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


# A call that the ledger refuses


def test_one_call_that_the_ledger_refuses_is_set_aside_and_the_others_are_sent(
    world: World,
) -> None:
    # A constraint of a DBA's on the ledger, met by one call, ended every claim: nothing was sent, and no row said why.
    world.cycle(service := world.application())
    world.change(
        f"ALTER TABLE {USER}.CDC_PROCESSED_CALLS ADD CONSTRAINT NO_3 CHECK (CALL_ID <> '3')"
    )
    record_calls(world, "1", "2", "3", "4", "5")
    assert service.capture_leg.capture is not None
    service.capture_leg.capture.turns.claiming.clock = lambda: 0.0
    service.capture_leg.capture.turns.claiming.resting.clear()

    cycle_until(world, service, are_sent(world, "1", "2", "4", "5"))
    watermark = f"SELECT LAST_PROCESSED_TIMESTAMP FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = '{NORMAL_MODE}'"
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


def test_an_uncommitted_row_of_another_session_holds_up_its_own_call_alone(world: World) -> None:
    # The insert of the claim waited for it until the call time-out, at each cycle, and all others waited with it.
    world.cycle(service := world.application())
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 1.0}
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


# A value code


def test_a_value_code_that_comes_and_goes_sets_no_good_answer_aside(world: World) -> None:
    # A code that is known to speak of a value was believed at once: while the database gave it to one statement in
    # seven, good answers were set aside and deleted.
    service = world.application(results_visibility_seconds=1)
    service.startup.ensure_database()
    for number in range(20):
        world.answer(str(number + 1), revision=1, summary="s")
    world.server.faults.set(f"error 12899 on execute chance 0.15 seed 7 for {USER}")

    for _ in range(MOST_CYCLES):
        with suppress(CdcError):
            drain(service, wait_seconds=1)
        if len(world.rows(SUMMARIES)) == 20:
            break

    assert len(world.rows(SUMMARIES)) == 20
    assert world.rows(FAILURES) == []
