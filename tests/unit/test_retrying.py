"""Waits and tries, with a clock that is a value."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenacity import retry_if_exception_type, retry_if_result, wait_random_exponential
from tenacity.nap import sleep_using_event

from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.running.retrying import Backoff, Doubling, keep_trying, retry_policy


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
