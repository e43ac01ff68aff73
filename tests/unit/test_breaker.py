"""The breaker, with a clock that is a value, and how long that of the outbound queue remembers."""

from __future__ import annotations

import logging
import math

import pytest

from oracle_cdc.conversations.wiring_parts import make_breaker
from oracle_cdc.running.breaker import Breaker, State
from tests.unit.settings_files import NEEDED, Read


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_breaker(clock: Clock, *, failures: int = 3, forget_seconds: float = math.inf) -> Breaker:
    return Breaker(
        name="SQS", failures=failures, probe_seconds=30, forget_seconds=forget_seconds, clock=clock
    )


def test_a_breaker_opens_at_its_limit_and_lets_one_probe_through_at_a_time() -> None:
    clock = Clock()
    breaker = a_breaker(clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()

    assert (breaker.state, breaker.allows(), breaker.wait_seconds()) == (State.OPEN, False, 30)
    clock.now += 30
    assert breaker.state is State.HALF_OPEN
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_a_probe_that_succeeds_closes_and_one_that_fails_opens_again() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1)
    breaker.failed()
    clock.now += 30
    breaker.allows()

    breaker.failed()
    assert (breaker.state, breaker.wait_seconds()) == (State.OPEN, 30)

    clock.now += 30
    breaker.allows()
    breaker.succeeded()
    assert (breaker.state, breaker.failures, breaker.wait_seconds(), breaker.allows()) == (
        State.CLOSED,
        0,
        0,
        True,
    )


def test_a_probe_that_never_reports_is_followed_by_another() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1)
    breaker.failed()
    clock.now += 30
    breaker.allows()
    clock.now += 30

    assert breaker.allows()


def test_a_success_in_between_means_that_failures_are_not_in_a_row() -> None:
    breaker = a_breaker(Clock(), failures=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()

    assert breaker.state is State.CLOSED


def test_failures_are_forgotten_when_nothing_was_asked_for_long() -> None:
    # The other copy sent everything meanwhile, and a night without calls follows.
    clock = Clock()
    breaker = a_breaker(clock, failures=1, forget_seconds=300)
    breaker.failed()
    clock.now += 300
    assert breaker.state is State.HALF_OPEN

    clock.now += 1
    assert (breaker.state, breaker.failures, breaker.wait_seconds()) == (State.CLOSED, 0, 0)


def test_a_probe_that_finds_nothing_to_ask_for_does_not_put_off_the_forgetting() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1, forget_seconds=300)
    breaker.failed()
    for _ in range(10):
        clock.now += 30
        assert breaker.allows()

    clock.now += 1
    assert breaker.state is State.CLOSED


def test_a_failure_that_goes_on_is_never_forgotten() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1, forget_seconds=300)
    for _ in range(20):
        breaker.failed()
        clock.now += 200

    assert (breaker.is_closed(), breaker.failures) == (False, 20)


def test_forgotten_failures_do_not_count_with_a_new_one() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=2, forget_seconds=300)
    breaker.failed()
    clock.now += 301
    breaker.failed()

    assert (breaker.state, breaker.failures) == (State.CLOSED, 1)


def test_opening_and_recovery_are_each_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    breaker = a_breaker(Clock(), failures=2)
    for _ in range(5):
        breaker.failed()
    breaker.succeeded()
    breaker.succeeded()

    assert [record.getMessage() for record in caplog.records] == [
        "SQS failed 2 times in a row: asked again every 30 s",
        "SQS answers again after 5 failures",
    ]


def test_a_breaker_says_how_long_the_next_probe_waits() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1)
    assert breaker.wait_seconds() == 0.0
    breaker.failed()
    clock.now += 29.5
    assert breaker.wait_seconds() == 0.5
    clock.now += 1.0
    assert breaker.wait_seconds() == 0.0


def open_breaker(read: Read, clock: Clock, **given: str) -> Breaker:
    """Return the breaker that settings make, after one failure too many."""
    breaker = make_breaker(read({**NEEDED, "CDC_BREAKER_FAILURES": "1", **given}), clock)
    breaker.failed()
    return breaker


def test_an_outage_is_forgotten_after_five_minutes_without_anything_to_send(
    read: Read,
) -> None:
    clock = Clock()
    breaker = open_breaker(read, clock)
    clock.now += 300
    assert breaker.state is State.HALF_OPEN

    clock.now += 1
    assert breaker.state is State.CLOSED


@pytest.mark.parametrize(
    "name", ["CDC_RETRY_MAX_SECONDS", "CDC_BREAKER_PROBE_SECONDS", "CDC_READY_DEADLINE_SECONDS"]
)
def test_an_outage_is_not_forgotten_while_a_call_may_wait_for_its_next_try(
    name: str, read: Read
) -> None:
    clock = Clock()
    breaker = open_breaker(read, clock, **{name: "3600"})

    clock.now += 3600
    assert not breaker.is_closed()
