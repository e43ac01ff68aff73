"""Answers that Oracle refuses hold up no others."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from oracle_cdc.conversations.wiring import Application
from oracle_cdc.errors import CdcError
from oracle_cdc.model import ReceivedMessage
from tests.acceptance.process import wait_for
from tests.integration.cycles import FAILURES, MOST_CYCLES
from tests.integration.samples import HELLO
from tests.world import USER, World

SUMMARIES = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY ORDER BY CALL_ID"


def refuse_answers_of(world: World, call_id: str) -> None:
    """Create somebody's index on an expression, with ORA-01476 at each insert for this call.

    That is no fault of a value.
    """
    world.change(
        f"CREATE INDEX {USER}.BY_DISTANCE ON {USER}.DICTA_CALL_SUMMARY (1 / (TO_NUMBER(CALL_ID) - "
        f"{call_id}))"
    )


def drain(service: Application, wait_seconds: int = 0) -> None:
    service.startup.ensure_database()
    service.results.drain(wait_seconds)


def test_an_answer_that_oracle_refuses_for_no_known_reason_does_not_delay_the_others(
    world: World,
) -> None:
    # Any error but a few counted as one of Oracle as a whole: the batch was written again and again
    # without an end, and
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
    # After ten receives all of them were set aside and deleted, for an index that a DBA had left
    # unusable.
    service = world.application(max_attempts=1, results_visibility_seconds=1)
    service.startup.ensure_database()
    world.server.faults.set(
        f'error {code} on execute when "INSERT INTO DICTA_CALL_SUMMARY" times always for {USER}'
    )
    for call_id in ("1", "2", "3"):
        world.answer(call_id, revision=1, summary="s")

    def drain_once() -> None:
        with suppress(CdcError):
            drain(service)

    drainer = threading.Thread(target=drain_once, daemon=True)
    drainer.start()
    attempts = world.server.statistics()["executes"]
    while world.server.statistics()["executes"] < attempts + 100:
        drainer.join(0.02)
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 3)
    world.server.faults.clear()
    drainer.join(30)

    def are_written() -> bool:
        # Where the fault ended between a write and its control, they went back to their queue.
        if world.waiting(world.results_url):
            drain_once()
        return world.waiting(world.results_url) == 0

    wait_for("the answers that went back", are_written)
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
    put_off: list[ReceivedMessage] = []
    monkeypatch.setattr(service.results.inbound, "put_off", put_off.extend)

    with pytest.raises(CdcError, match="ORA-12899"):
        drain(service)

    assert len(put_off) == 1

    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 1)
    assert service.progress.batches["results"].read()[0][-1] == 0


def test_an_answer_that_oracle_refuses_alone_comes_again_and_is_set_aside_in_the_end(
    world: World,
) -> None:
    # With no other answer beside it nothing shows whether it is this answer or Oracle: it was tried
    # for ever in its
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
    # An ML service that put a date where the revision belongs was believed: no later revision was
    # ever greater, so
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


def test_a_value_code_that_comes_and_goes_sets_no_good_answer_aside(world: World) -> None:
    # A code that is known to speak of a value was believed at once: while the database gave it to
    # one statement in
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
