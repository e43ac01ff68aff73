"""Ids of every kind that a NUMBER holds: claimed, joined, set aside, replayed, and found however
they are written."""

from __future__ import annotations

from typing import Any

import pytest

from oracle_cdc.cli import make_parser
from oracle_cdc.conversations.replay import Replayed, replay_calls
from oracle_cdc.conversations.tables.failures import Failure, list_failures
from oracle_cdc.conversations.wiring import Application, make_capture
from tests.integration.samples import HELLO
from tests.world import USER, World

#: As somebody writes it, and as the ledger has it.
IDS = [
    pytest.param("-5", "-5", id="negative"),
    pytest.param("0.5", ".5", id="fraction"),
    pytest.param("-0.25", "-.25", id="negative fraction"),
    pytest.param("1008.10", "1008.1", id="trailing zero"),
    pytest.param("9" * 38, "9" * 38, id="38 digits"),
    pytest.param("001011", "1011", id="leading zeros"),
    pytest.param("0", "0", id="zero"),
    pytest.param("1E60", "1.0000000000000000000000000000000000E+60", id="beyond 40 digits"),
]
FAILED = (
    f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'FAILED', SENT_REVISION = NULL, SENT_AT = NULL"
)


def set_aside(world: World, call_id: str) -> None:
    world.change(
        f"INSERT INTO {USER}.SQS_PERMANENT_FAILURES (CALL_ID, ERROR_MESSAGE, TOTAL_ATTEMPTS, "
        "DIRECTION) "
        "VALUES (:1, 'no', 1, 'OUTBOUND')",
        call_id,
    )


def listed(service: Application, call_id: str | None = None) -> list[Failure]:
    with service.database.session() as session:
        return list_failures(session, call_id=call_id)


def replay(service: Application, failures: list[Failure]) -> list[Replayed]:
    delivery = make_capture(service).turns.delivery
    return replay_calls(service.database, delivery, failures, owner="me", lease_seconds=60)


def sent(world: World) -> list[Any]:
    return [body["callId"] for body in world.received()]


@pytest.mark.parametrize(("written", "call_id"), IDS)
def test_a_call_is_sent_once_whatever_number_it_has(
    world: World, written: str, call_id: str
) -> None:
    world.record(written, *HELLO)
    service = world.application()

    for _ in range(2):
        world.cycle(service)

    assert (world.states(), sent(world)) == ({call_id: "SENT"}, [call_id])


@pytest.mark.parametrize(("written", "call_id"), IDS)
def test_a_call_that_is_due_is_sent_whatever_number_it_has(
    world: World, written: str, call_id: str
) -> None:
    world.record(written, *HELLO, ago_seconds=5)
    service = world.application(settle_seconds=60.0)
    world.cycle(service)
    world.move_clock(100)

    world.cycle(service)

    assert (world.states(), sent(world)) == ({call_id: "SENT"}, [call_id])


@pytest.mark.parametrize(("written", "call_id"), IDS)
def test_a_failed_call_is_replayed_whatever_number_it_has(
    world: World, written: str, call_id: str
) -> None:
    world.record(written, *HELLO)
    service = world.application()
    world.cycle(service)
    world.received()
    world.change(FAILED)
    set_aside(world, call_id)

    (replayed,) = replay(service, listed(service))

    assert replayed.is_done, replayed.what
    assert sent(world) == [call_id]
    assert listed(service) == []


@pytest.mark.parametrize("written", ["001011", "1011.0", "+1011", " 1011 "])
def test_a_call_is_replayed_however_its_failure_writes_its_number(
    world: World, written: str
) -> None:
    world.record("1011", *HELLO)
    service = world.application()
    world.cycle(service)
    world.received()
    world.change(FAILED)
    set_aside(world, written)
    set_aside(world, "1011")

    replayed = replay(service, listed(service))

    assert [each.is_done for each in replayed] == [True, True]
    assert sent(world) == ["1011"]


@pytest.mark.parametrize("asked", ["1011", "001011", "1011.0"])
def test_failures_of_a_call_are_found_however_its_number_is_written(
    world: World, asked: str
) -> None:
    service = world.application()
    service.startup.ensure_database()
    for written in ("1011", "001011", "10110", "abc"):
        set_aside(world, written)

    assert sorted(str(failure.call_id) for failure in listed(service, asked)) == ["001011", "1011"]
    assert [failure.call_id for failure in listed(service, "abc")] == ["abc"]


@pytest.mark.parametrize("call_id", ["-5", "-.25", "-0.25", "001011", "9" * 38])
@pytest.mark.parametrize("action", ["replay", "discard"])
def test_the_command_takes_a_number_for_a_call(action: str, call_id: str) -> None:
    assert (
        make_parser().parse_args(["failures", action, "--call", call_id, "--yes"]).call == call_id
    )


@pytest.mark.parametrize("call_id", ["abc", "1,5", "1E999", "0x10", "--5", "1 2", "", "9" * 50])
def test_what_names_no_call_is_left_and_the_others_are_tried(world: World, call_id: str) -> None:
    world.record("1", *HELLO)
    service = world.application()
    world.cycle(service)
    world.received()
    world.change(FAILED)
    set_aside(world, call_id)
    set_aside(world, "1")

    replayed = {each.failure.call_id: each for each in replay(service, listed(service))}

    assert replayed["1"].is_done
    assert not replayed[call_id or None].is_done
    what = "the source has no rows" if call_id.isdigit() else "it names no call of the source"
    assert what in replayed[call_id or None].what
