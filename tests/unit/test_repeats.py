"""A failure that repeats: first, then at most once a minute, then that it is over."""

from __future__ import annotations

import logging

import pytest

from oracle_cdc.running.repeats import MAX_KEYS, MAX_TEXTS, RepeatLimiter

log = logging.getLogger("oracle_cdc.oracle.test")


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(caplog: pytest.LogCaptureFixture) -> Clock:
    caplog.set_level(logging.DEBUG)
    return Clock()


def test_a_repeated_failure_is_logged_first_and_then_once_a_minute(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RepeatLimiter(clock=clock)
    for second in range(150):
        clock.seconds = float(second)
        limiter.failure("Oracle", log, "%s not there", "db")
    assert caplog.messages == [
        "db not there",
        "db not there (and 59 times since this was last said)",
        "db not there (and 59 times since this was last said)",
    ]


def test_recovery_says_after_how_many_failures(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RepeatLimiter(clock=clock)
    for _ in range(3):
        limiter.failure("Oracle", log, "not there")
    clock.seconds = 30.0
    assert limiter.recovered("Oracle")
    assert caplog.messages[1:] == ["Oracle: recovered after 3 failures in 30 s"]
    assert caplog.records[1].levelno == logging.INFO


def test_what_never_failed_has_nothing_to_say(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert not RepeatLimiter(clock=clock).recovered("Oracle")
    assert not caplog.records


def test_a_failure_after_a_recovery_is_logged_at_once(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RepeatLimiter(clock=clock)
    limiter.failure("SQS", log, "throttled")
    limiter.recovered("SQS")
    assert limiter.failure("SQS", log, "throttled")


def test_failures_of_another_key_are_counted_apart(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RepeatLimiter(clock=clock)
    assert limiter.failure("Oracle", log, "not there")
    assert limiter.failure("SQS", log, "not there", level=logging.ERROR)
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]


def test_a_key_that_fails_in_another_way_says_so_at_once_and_each_way_once(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = RepeatLimiter(clock=clock)

    said = [
        limiter.failure("capture", log, "capture: %s", way)
        for way in ("ORA-01653", "ORA-01722", "ORA-01653")
    ]

    assert said == [True, True, False]
    assert [record.getMessage() for record in caplog.records] == [
        "capture: ORA-01653",
        "capture: ORA-01722",
    ]


def test_a_key_that_fails_in_ever_other_ways_does_not_fill_the_log(clock: Clock) -> None:
    limiter = RepeatLimiter(clock=clock)

    assert sum(limiter.failure("key", log, "%s", number) for number in range(100)) == MAX_TEXTS


def test_keys_do_not_fill_the_memory(clock: Clock) -> None:
    limiter = RepeatLimiter(clock=clock)
    for number in range(MAX_KEYS + 1):
        limiter.failure(number, log, "x")
    assert not limiter.recovered(0)
    assert limiter.recovered(MAX_KEYS)
