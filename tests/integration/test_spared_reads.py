"""Calls that go on and cannot be sent are not read with each segment."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.conversations.wiring import Application
from tests.integration.replacements import insert_at
from tests.integration.samples import HELLO
from tests.integration.test_precision import add_row
from tests.world import USER, World


def talk(world: World, service: Application, minutes: Sequence[int]) -> int:
    """Add a row of owner A and run a cycle at each of the minutes.

    Return how often the call was judged.
    """
    for minute in minutes:
        world.move_clock(minute * 60)
        add_row(world, "1", ("A", f"minute {minute}"), world.now(), "000")
        world.cycle(service)
    return len(
        world.rows(
            f"SELECT LOG_ID FROM {USER}.CDC_PROCESSING_LOG "
            "WHERE OPERATION_TYPE IN ('REJECT', 'FAIL')"
        )
    )


def test_a_call_that_can_not_be_sent_is_read_once_in_the_longest_wait(world: World) -> None:
    service = world.application(settle_seconds=180.0, max_wait_minutes=60)
    world.cycle(service)

    judged = talk(world, service, range(1, 200, 2))

    assert judged == 3
    assert world.states() == {"1": "OPEN"}


def test_a_call_that_is_too_large_for_the_queue_is_read_once_in_the_longest_wait(
    world: World,
) -> None:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    service = world.application(settle_seconds=180.0, max_wait_minutes=60, required_channels=("A",))
    world.cycle(service)
    noise = "".join(chr(0x4E00 + 37 * n % 20000) for n in range(3000))
    add_row(world, "1", ("A", noise), world.now(), "000")

    judged = talk(world, service, range(1, 150, 2))

    assert judged == 2


def test_blanks_without_an_end_do_not_have_a_sent_call_read_with_each(world: World) -> None:
    service = world.application(settle_seconds=180.0, max_wait_minutes=60)
    world.record("1", *HELLO, ago_seconds=200)
    world.cycle(service)
    before = world.rows(f"SELECT JUDGED_AT FROM {USER}.CDC_PROCESSED_CALLS")
    judged = set()
    for minute in range(1, 150, 2):
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
    add_row(world, "1", ("C", "at last"), world.now(), "000")

    world.move_clock(64 * 60 + 85)
    world.cycle(service)
    assert world.received() == []
    world.move_clock(64 * 60 + 95)
    world.cycle(service)

    assert [body["messageCount"] for body in world.received()] == [65]
