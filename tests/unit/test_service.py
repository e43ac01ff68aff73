"""The loops: no failure ends them, every wait ends with the stop event, and the end has a limit."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable
from itertools import count

import pytest

from oracle_cdc.conversations.counters import CallStatistics
from oracle_cdc.errors import CdcError, ExitCode, OracleUnavailable
from oracle_cdc.running.privacy import SafeFormatter
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Fatal, Leg, Loop, Service


class Steps:
    """A leg's step that does one thing after another, then stops the service."""

    def __init__(self, *steps: Callable[[], None]) -> None:
        self.stop = threading.Event()
        self.left = list(steps)
        self.done = 0

    def __call__(self) -> None:
        if not self.left:
            self.stop.set()
            return
        self.done += 1
        self.left.pop(0)()


def fail(error: Exception) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


def a_loop(
    steps: Steps, *, report: Callable[[CdcError], None] = lambda error: None, clock: float = 0.0
) -> Loop:
    leg = Leg("capture", steps, pause_seconds=0.0, report=report)
    backoff = Backoff(initial_seconds=0.001, max_seconds=0.002)
    return Loop(leg, backoff, Progress(), RepeatLimiter(clock=lambda: clock), steps.stop)


def test_no_failure_ends_a_loop(caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps(fail(OracleUnavailable("gone")), fail(ZeroDivisionError()), lambda: None)

    a_loop(steps).run()

    assert steps.done == 3


def test_what_failed_steps_lost_is_freed_when_the_loop_recovers() -> None:
    class Lost:
        """A connection that is a cycle with its buffers."""

        def __init__(self) -> None:
            self.itself = self

    lost: list[weakref.ref[Lost]] = []

    def lose() -> None:
        connection = Lost()
        lost.append(weakref.ref(connection))
        raise OracleUnavailable("gone")

    loop = a_loop(Steps(lose, lose, lambda: None))
    gc.disable()
    # What pytest keeps of the log has the failures, and they what was lost.
    logging.disable()
    try:
        loop.run_once()
        loop.run_once()
        assert lost[0]() is None
        loop.run_once()
        assert lost[1]() is None
    finally:
        logging.disable(logging.NOTSET)
        gc.enable()


def test_a_repeated_failure_is_said_once_and_so_is_the_recovery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    steps = Steps(*[fail(OracleUnavailable("gone"))] * 5, lambda: None)

    a_loop(steps).run()

    said = [record.getMessage() for record in caplog.records]
    assert said == ["capture: gone", "capture: recovered after 5 failures in 0 s"]


def test_a_bug_is_logged_once_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    bug = [fail(KeyError("ours"))] * 5

    a_loop(Steps(*bug)).run()

    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert said == [(logging.CRITICAL, "capture: a bug; the loop goes on: KeyError")]
    assert caplog.records[0].exc_info is not None


def test_a_failure_that_is_logged_is_reported_too() -> None:
    reported: list[CdcError] = []
    steps = Steps(*[fail(OracleUnavailable("gone"))] * 5)

    a_loop(steps, report=reported.append).run()

    assert [str(error) for error in reported] == ["gone"]


def bounds_of_waits(step: Callable[[Progress], None]) -> list[float]:
    """Return the bound of the wait after each of five failures."""
    moments = map(float, count())
    progress = Progress(clock=lambda: next(moments))
    backoff = Backoff(initial_seconds=1, max_seconds=60, uniform=lambda low, high: high)
    leg = Leg("capture", lambda: step(progress), 0.0)
    loop = Loop(leg, backoff, progress, RepeatLimiter(), threading.Event())
    progress.begin("capture")
    bounds: list[float] = []
    for _ in range(5):
        assert not loop.run_once()
        bounds.append(backoff.next_wait())
    return bounds


def test_failures_between_which_something_was_delivered_are_not_in_a_row() -> None:
    def deliver_and_fail(progress: Progress) -> None:
        progress.batch_done("outbound", 1.0)
        progress.hindered(OracleUnavailable("gone"))
        raise OracleUnavailable("gone")

    assert bounds_of_waits(deliver_and_fail) == [2.0, 2.0, 2.0, 2.0, 2.0]


def test_each_wait_is_longer_while_nothing_is_delivered() -> None:
    def fail_after_a_while(progress: Progress) -> None:
        progress.moved()
        raise OracleUnavailable("gone")

    assert bounds_of_waits(fail_after_a_while) == [2.0, 4.0, 8.0, 16.0, 32.0]


def test_a_leg_that_is_over_ends_its_loop_before_the_service_stops() -> None:
    stop, over = threading.Event(), threading.Event()
    leg = Leg("shard", over.set, 0.0, is_over=over.is_set)
    backoff = Backoff(initial_seconds=0.001, max_seconds=0.002)

    Loop(leg, backoff, Progress(), RepeatLimiter(), stop).run()

    assert not stop.is_set()


def test_a_leg_that_is_over_after_a_failure_does_not_wait_for_another_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop, over = threading.Event(), threading.Event()

    def fail_at_the_end() -> None:
        over.set()
        raise OracleUnavailable("gone")

    progress, rests = Progress(), list[float]()
    monkeypatch.setattr(progress, "rest", lambda seconds, stop: rests.append(seconds))
    leg = Leg("shard", fail_at_the_end, 0.0, is_over=over.is_set)
    backoff = Backoff(initial_seconds=0.001, max_seconds=0.002)

    Loop(leg, backoff, progress, RepeatLimiter(), stop).run()

    assert rests == []


def test_what_would_do_harm_ends_the_service_with_its_exit_code() -> None:
    steps = Steps(fail(Fatal(3, "bad credentials")), lambda: None)
    loop = a_loop(steps)

    assert Service([loop], steps.stop, cancel=lambda: None).run() == 3
    assert steps.done == 1


def test_the_log_says_why_the_service_ended(caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps(fail(Fatal(3, "bad credentials")))

    Service([a_loop(steps)], steps.stop, cancel=lambda: None).run()

    assert "bad credentials" in [
        SafeFormatter("%(message)s").format(record) for record in caplog.records
    ]


def test_progress_knows_success_from_a_step_that_ended() -> None:
    now = [0.0]
    progress = Progress(clock=lambda: now[0])
    now[0] = 10.0
    progress.stepped("capture", succeeded=True)
    now[0] = 20.0
    progress.stepped("capture", succeeded=False)

    moments = progress.loops["capture"]
    assert (moments.succeeded_at, moments.stepped_at) == (10.0, 20.0)


def test_a_call_to_oracle_that_hangs_is_cancelled_at_the_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oracle_cdc.running.service.CANCEL_AFTER_SECONDS", 0.0)
    hanging = threading.Event()
    steps = Steps(lambda: (steps.stop.set(), hanging.wait(30))[0])

    code = Service([a_loop(steps)], steps.stop, cancel=hanging.set).run()

    assert (code, hanging.is_set()) == (0, True)


def test_work_abandoned_at_the_stop_limit_makes_the_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oracle_cdc.running.service.CANCEL_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("oracle_cdc.running.service.ABANDON_AFTER_SECONDS", 0.0)
    hanging = threading.Event()

    def deliver() -> None:
        with loop.progress.holding("capture"):
            steps.stop.set()
            hanging.wait(30)

    steps = Steps(deliver)
    loop = a_loop(steps)

    try:
        assert Service([loop], steps.stop, cancel=lambda: None).run() == ExitCode.FAILED
    finally:
        hanging.set()


def test_a_search_that_hangs_at_the_stop_limit_leaves_no_work_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oracle_cdc.running.service.CANCEL_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("oracle_cdc.running.service.ABANDON_AFTER_SECONDS", 0.0)
    hanging = threading.Event()
    steps = Steps(lambda: (steps.stop.set(), hanging.wait(30))[0])

    try:
        assert Service([a_loop(steps)], steps.stop, cancel=lambda: None).run() == ExitCode.DONE
    finally:
        hanging.set()


def test_a_long_poll_in_flight_is_abandoned_without_blame() -> None:
    hanging = threading.Event()
    steps = Steps(lambda: (steps.stop.set(), hanging.wait(30))[0])
    leg = Leg("results", steps, 0.0, may_be_abandoned=lambda: True)
    loop = Loop(
        leg, Backoff(initial_seconds=1, max_seconds=1), Progress(), RepeatLimiter(), steps.stop
    )

    try:
        assert Service([loop], steps.stop, cancel=lambda: None).run() == 0
    finally:
        hanging.set()


def test_the_statistics_block_is_the_documented_one() -> None:
    progress = Progress(clock=lambda: 0.0)
    progress.add(sent=45, rejected=3, failed=2, received=38, written=38)

    lines = CallStatistics(progress).text().splitlines()

    assert lines[0] == "📊 CDC SERVICE STATISTICS"
    assert [line.split(":")[0] for line in lines[2:-1]] == [
        "Uptime",
        "Cycles completed",
        "Calls processed",
        "Calls failed",
        "SQS sent",
        "SQS failed",
        "ML results received",
        "ML results written",
        "Last cycle",
    ]
    assert "Calls processed: 48" in lines
