"""Answers that are set aside or empty, and what the logs say of them."""

from __future__ import annotations

import logging

import pytest

from oracle_cdc.conversations.inbound.answer_reports import STREAK_ANSWERS
from tests.integration.answers import SET_ASIDE, drain, errors, ready
from tests.integration.samples import HELLO
from tests.world import USER, World


def test_each_answer_that_is_set_aside_is_an_error_with_its_id_its_call_and_the_command(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.answer("", summary="private")
    world.answer("2", summary="fine")

    drain(world)

    (reported,) = errors(caplog)
    ((_, _, _, message_id),) = world.rows(SET_ASIDE)
    assert message_id in reported
    assert "callId has 0 bytes" in reported
    assert "cdc_service.py failures list" in reported
    assert "private" not in caplog.text


def test_an_answer_that_oracle_refuses_is_reported_with_its_call(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.change(
        f"ALTER TABLE {USER}.DICTA_CALL_SUMMARY ADD CONSTRAINT NO_7 CHECK (CALL_ID <> '7')"
    )
    world.answer("7", summary="s")
    world.answer("8", summary="s")

    drain(world)

    assert any(
        "of call 7 set aside" in reported and "ORA-02290" in reported for reported in errors(caplog)
    )


def test_many_answers_set_aside_fill_no_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(40):
        world.answer_raw("useless")

    drain(world)

    assert len(world.rows(SET_ASIDE)) == 40
    assert (
        len(
            [
                reported
                for reported in errors(caplog)
                if "failures list`" in reported and "set aside:" in reported
            ]
        )
        <= 12
    )


def test_a_queue_of_which_every_answer_is_set_aside_is_reported_once_until_one_passes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for _ in range(2 * STREAK_ANSWERS + 10):
        world.answer_raw("useless")
    service.results.drain_all()

    (reported,) = [text for text in errors(caplog) if "were all set aside" in text]
    assert "not a result: neither its messageType nor its type" in reported
    assert "were all set aside" in service.readiness.work().reason
    # When
    world.answer("1", summary="s")
    service.results.drain_all()
    # Then
    assert service.readiness.work().ok


def test_some_answers_set_aside_among_good_ones_are_not_the_rule(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for number in range(2 * STREAK_ANSWERS):
        world.answer_raw("useless") if number % 3 else world.answer(str(number), summary="s")
    service.results.drain_all()

    assert not any("were all set aside" in text for text in errors(caplog))


def test_an_empty_answer_is_written_counted_and_warned_of(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.record("1", *HELLO)
    service = ready(world)
    world.cycle(service)
    world.answer("1", modelVersion="v1", summary="  ")
    world.answer("2", sentiment="sad")

    service.results.drain_all()

    assert world.states() == {"1": "SUMMARIZED"}
    assert world.rows(f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY WHERE IS_EMPTY = 1") == [
        ("1",)
    ]
    assert service.progress.counts["empty"] == 1
    (warning,) = [r for r in caplog.records if "is empty" in r.getMessage()]
    assert (warning.levelno, warning.getMessage()) == (
        logging.WARNING,
        "the result of call 1 is empty",
    )


def test_a_later_answer_with_content_ends_the_emptiness(world: World) -> None:
    world.answer("1", revision=1)
    drain(world)
    world.answer("1", revision=1, summary="now")
    drain(world)

    assert world.rows(f"SELECT IS_EMPTY FROM {USER}.DICTA_CALL_SUMMARY") == [(None,)]


def test_a_service_that_sends_only_empty_answers_is_reported_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = ready(world, results_batch_size=10)
    for number in range(2 * STREAK_ANSWERS):
        world.answer(str(number))
    service.results.drain_all()

    assert sum("were all empty" in text for text in errors(caplog)) == 1
    assert "were all empty" in service.readiness.work().reason
