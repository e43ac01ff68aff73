"""Answers that do not come in time."""

from __future__ import annotations

from oracle_cdc.conversations.chores.overdue import Overdue
from oracle_cdc.conversations.wiring import Application
from tests.integration.samples import HELLO
from tests.world import USER, World

HOUR = 3600


def overdue(service: Application, times: int = 2) -> Overdue:
    return Overdue(service.database, deadline_minutes=60, times=times, batch_size=50)


def look(world: World, service: Application) -> None:
    """Look once for overdue calls, and run the cycle after it."""
    overdue(service).run_once()
    world.cycle(service)


def test_an_unanswered_call_is_sent_again_so_many_times_and_the_same_to_the_byte(
    world: World,
) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)

    for hours in (2, 4, 6, 8):
        world.move_clock(hours * HOUR)
        look(world, service)

    bodies = world.received_bodies()
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    assert world.rows(f"SELECT STATE, REVISION, RESENDS FROM {USER}.CDC_PROCESSED_CALLS") == [
        ("SENT", 1, 2)
    ]
    journal = world.rows(f"SELECT OPERATION_TYPE FROM {USER}.CDC_PROCESSING_LOG ORDER BY LOG_ID")
    assert journal == [("SEND",), ("RESEND",), ("RESEND",)]


def test_a_call_within_its_deadline_is_left_alone(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.move_clock(59 * 60)

    look(world, service)

    assert len(world.received()) == 1


def test_an_answer_that_comes_before_the_repeat_saves_it(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.move_clock(2 * HOUR)
    overdue(service).run_once()
    assert world.states() == {"1": "OPEN"}

    world.answer("1", revision=1, summary="late")
    service.results.drain(0)
    world.cycle(service)

    assert len(world.received()) == 1
    assert world.states() == {"1": "SUMMARIZED"}


def test_a_new_revision_counts_its_repeats_anew(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    for hours in (2, 4):
        world.move_clock(hours * HOUR)
        look(world, service)
    world.record("1", ("C", "one more thing"), ago_seconds=10)
    world.cycle(service)
    world.move_clock(6 * HOUR)

    look(world, service)

    assert [body["revision"] for body in world.received()] == [1, 1, 1, 2, 2]


def test_a_paused_normal_mode_sends_nothing_again(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.move_clock(2 * HOUR)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 0 "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )

    look(world, service)

    assert len(world.received()) == 1
    assert world.states() == {"1": "SENT"}


def test_the_repeats_are_reported(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.move_clock(2 * HOUR)

    said = overdue(service).run_once().report

    assert said == "calls unanswered for over 60 minutes, sent again: 1"
