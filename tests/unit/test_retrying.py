"""Waits, tries and the breaker, with a clock that is a value."""

from __future__ import annotations

import logging
import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenacity import retry_if_exception_type, retry_if_result, wait_random_exponential
from tenacity.nap import sleep_using_event

from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.running.retrying import Backoff, Breaker, Doubling, State, keep_trying, retry_policy


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


def test_the_bound_of_a_wait_doubles_up_to_its_maximum_and_begins_anew() -> None:
    backoff = Backoff(initial_seconds=1, max_seconds=10, uniform=lambda low, high: high)

    waits: list[float] = []
    for _ in range(5):
        waits.append(backoff.next_wait())
    backoff.reset()

    assert waits == [2, 4, 8, 10, 10]
    assert backoff.next_wait() == 2


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.integers(1, 30))
def test_a_wait_is_never_shorter_than_the_first_nor_longer_than_the_last(
    first: float, last: float, tries: int
) -> None:
    backoff = Backoff(initial_seconds=first, max_seconds=last)

    assert all(first <= backoff.next_wait() <= max(first, last) for _ in range(tries))


def test_a_wait_doubles_with_each_failure_up_to_its_maximum() -> None:
    waits = Doubling(initial_seconds=0.5, max_seconds=60.0)

    seconds = list(map(waits.after, (0, 1, 2, 6, 7, 10_000)))
    assert seconds == [0.5, 1.0, 2.0, 32.0, 60.0, 60.0]


class Stubborn:
    """A step that fails a few times with an error that passes."""

    def __init__(self, failures: int) -> None:
        self.left = failures
        self.waits: list[float | None] = []

    def __call__(self) -> str:
        if self.left:
            self.left -= 1
            raise SqsUnavailable("gone")
        return "done"

    def note(self, error: Exception, seconds: float | None) -> None:
        assert isinstance(error, SqsUnavailable)
        self.waits.append(seconds)


def keep(step: Stubborn, stop: threading.Event, *, grace_seconds: float) -> str:
    return keep_trying(
        step,
        waits=Doubling(0.001, 0.004),
        errors=(SqsUnavailable,),
        stop=stop,
        grace_seconds=grace_seconds,
        before_wait=step.note,
        rest=stop.wait,
    )


def test_a_step_is_tried_until_it_succeeds_and_each_wait_is_longer() -> None:
    step = Stubborn(failures=4)

    assert keep(step, threading.Event(), grace_seconds=0.0) == "done"
    assert step.waits == [0.001, 0.002, 0.004, 0.004]


def test_after_the_stop_a_step_is_tried_for_the_grace_only() -> None:
    stopped = threading.Event()
    stopped.set()
    last, patient = Stubborn(failures=2), Stubborn(failures=1)

    with pytest.raises(SqsUnavailable):
        keep(last, stopped, grace_seconds=-1.0)
    assert keep(patient, stopped, grace_seconds=60.0) == "done"
    assert (last.waits, patient.waits) == ([None], [None])


def test_what_is_not_expected_is_raised_at_once() -> None:
    def fail() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        keep_trying(
            fail,
            waits=Doubling(3600, 3600),
            errors=(SqsUnavailable,),
            stop=threading.Event(),
            grace_seconds=0.0,
            before_wait=lambda error, seconds: pytest.fail("it waits"),
            rest=lambda seconds: None,
        )


def test_a_policy_tries_so_often_and_returns_the_last_result() -> None:
    results = iter([1, 2, 3, 4])
    policy = retry_policy(
        initial_seconds=0.001,
        max_seconds=0.001,
        attempts=3,
        within_seconds=60,
        stop=threading.Event(),
        retry=retry_if_result(lambda found: found < 9),
    )

    assert policy(next, results) == 3


def test_a_policy_raises_the_last_failure_as_it_is() -> None:
    def fail() -> None:
        raise SqsUnavailable("gone")

    policy = retry_policy(
        initial_seconds=0.001,
        max_seconds=0.001,
        attempts=2,
        within_seconds=60,
        stop=threading.Event(),
        retry=retry_if_exception_type(SqsUnavailable),
    )

    with pytest.raises(SqsUnavailable, match="gone"):
        policy(fail)


def test_a_stop_ends_the_waiting_between_two_tries() -> None:
    stop, tries = threading.Event(), []

    def fail() -> bool:
        tries.append(1)
        stop.set()
        return False

    policy = retry_policy(
        initial_seconds=3600,
        max_seconds=3600,
        attempts=9,
        within_seconds=9999,
        stop=stop,
        retry=retry_if_result(lambda done: not done),
    )

    assert policy(fail) is False
    assert len(tries) == 1


def test_no_try_begins_after_the_time_for_it() -> None:
    tries: list[int] = []
    policy = retry_policy(
        initial_seconds=0.001,
        max_seconds=0.001,
        attempts=9,
        within_seconds=0,
        stop=threading.Event(),
        retry=retry_if_result(lambda found: True),
    )

    policy(tries.append, 1)

    assert len(tries) == 1


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
    """The other copy sent everything meanwhile, and a night without calls follows."""
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


def test_a_policy_waits_as_a_loop_does_and_by_the_stop_event() -> None:
    stop = threading.Event()
    policy = retry_policy(
        initial_seconds=0.25,
        max_seconds=8.0,
        attempts=3,
        within_seconds=60.0,
        stop=stop,
        retry=retry_if_result(lambda is_done: not is_done),
    )

    assert isinstance(policy.wait, wait_random_exponential)
    assert (policy.wait.multiplier, policy.wait.min, policy.wait.max) == (0.5, 0.25, 8.0)
    assert isinstance(policy.sleep, sleep_using_event)
    assert policy.sleep.event is stop


def test_a_breaker_says_how_long_the_next_probe_waits() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failures=1)
    assert breaker.wait_seconds() == 0.0
    breaker.failed()
    clock.now += 29.5
    assert breaker.wait_seconds() == 0.5
    clock.now += 1.0
    assert breaker.wait_seconds() == 0.0
