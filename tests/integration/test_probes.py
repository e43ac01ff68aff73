"""A queue that was down: how it is probed, and whose failures speak against it."""

from __future__ import annotations

from datetime import datetime

from oracle_cdc.conversations.outbound.turn import Search
from oracle_cdc.conversations.outbound.turns import PROBE_CALLS
from oracle_cdc.conversations.rules.windows import FAR_FUTURE, Window
from oracle_cdc.running.breaker import State
from tests.integration.samples import HELLO
from tests.integration.test_refused_sends import application, forbidden, record_bad, sqs_that
from tests.world import USER, World

EVERYTHING = Search(Window(datetime(2000, 1, 1), FAR_FUTURE))


def test_a_queue_that_was_down_is_probed_with_one_requests_worth_of_calls(world: World) -> None:
    service = world.application(breaker_failures=1, breaker_probe_seconds=0.001)
    world.cycle(service)
    for number in range(PROBE_CALLS + 5):
        world.record(str(number + 1), *HELLO)
    service.breaker.failed()
    while service.breaker.state is State.OPEN:
        service.stop.wait(0.01)

    capture = service.capture_leg.capture
    assert capture
    turn = capture.turns.take(EVERYTHING)

    assert turn
    assert (turn.limit, turn.leased) == (PROBE_CALLS, PROBE_CALLS)


def test_a_call_that_has_failed_by_itself_says_nothing_against_the_queue(world: World) -> None:
    record_bad(world, 10)
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, DUE_AT, ATTEMPTS) "
        "VALUES ('10', 'OPEN', SYSDATE - 1, 1)"
    )
    with sqs_that(forbidden) as endpoint:
        service = application(world, endpoint, breaker_failures=1)
        world.cycle(service)
        assert service.capture_leg.capture
        service.capture_leg.capture.lanes.finish()

        assert endpoint.entry_texts
        assert service.breaker.state is State.CLOSED
        service.close()


def test_nothing_is_claimed_while_the_queue_is_known_to_be_down(world: World) -> None:
    service = world.application(breaker_failures=1, breaker_probe_seconds=3600)
    world.cycle(service)
    world.record("1", *HELLO)
    service.breaker.failed()

    world.cycle(service)

    assert world.states() == {}
