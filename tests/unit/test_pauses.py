"""What is done in the pauses: one step at a time, each chore in its turn, and no failure that hurts
the work."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from oracle_cdc.errors import OracleConfigurationError, OracleCredentialsError
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.chore import Chore, Result
from oracle_cdc.running.pauses import Pauses
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter


class Clock:
    """Time that passes only in steps and waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Stop(threading.Event):
    """A wait for it takes no time of the test's."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0.0
        return self.is_set()


class Scripted(Chore):
    """Does what a test wants done."""

    def __init__(self, name: str, needs_queue: bool, work: Callable[[], Result]) -> None:
        self.name = name
        self.needs_queue = needs_queue
        self.work = work

    def run_once(self) -> Result:
        return self.work()


class Bench:
    """Pauses on a clock of its own, and a note of every step."""

    def __init__(self, *, failures: int = 5) -> None:
        self.clock = Clock()
        self.stop = Stop(self.clock)
        self.breaker = Breaker(name="queue", failures=failures, probe_seconds=30, clock=self.clock)
        self.steps: list[tuple[str, float]] = []

    def chore(
        self,
        name: str,
        rest: float,
        *,
        lasts: float = 0.0,
        needs_queue: bool = False,
        report: str = "",
        then: Callable[[], None] = int,
    ) -> Chore:
        def work() -> Result:
            self.steps.append((name, self.clock.now - 100.0))
            self.clock.now += lasts
            then()
            return Result(rest, report)

        return Scripted(name, needs_queue, work)

    def pauses(self, *chores: Chore) -> Pauses:
        return Pauses(
            chores,
            Progress(self.clock),
            RepeatLimiter(),
            stop=self.stop,
            may_send=self.breaker.is_closed,
            clock=self.clock,
        )


def fail(error: Exception) -> Callable[[], None]:
    def then() -> None:
        raise error

    return then


def test_a_chore_that_always_has_more_to_do_ends_with_the_pause() -> None:
    bench = Bench()

    spent = bench.pauses(bench.chore("history", 0.0, lasts=3.0)).use(10.0)

    assert [at for _, at in bench.steps] == [0.0, 3.0, 6.0, 9.0]
    assert spent == 12.0


def test_chores_take_turns() -> None:
    bench = Bench()

    bench.pauses(bench.chore("sweep", 0.0, lasts=1.0), bench.chore("history", 0.0, lasts=1.0)).use(
        4.0
    )

    assert [name for name, _ in bench.steps] == ["sweep", "history", "sweep", "history"]


def test_a_chore_waits_as_long_as_it_asked_for() -> None:
    bench = Bench()

    bench.pauses(bench.chore("history", 2.0)).use(5.0)

    assert [at for _, at in bench.steps] == [0.0, 2.0, 4.0]


def test_what_is_not_due_in_this_pause_leaves_the_rest_of_it_unused() -> None:
    bench = Bench()

    assert bench.pauses(bench.chore("purge", 600.0)).use(10.0) == 0.0


def test_a_failing_chore_keeps_no_other_and_is_tried_again_later() -> None:
    bench = Bench()
    failing = bench.chore("purge", 0.0, then=fail(OracleConfigurationError("ORA-01031")))

    bench.pauses(failing, bench.chore("sweep", 4.0)).use(10.0)

    assert bench.steps == [("purge", 0.0), ("sweep", 0.0), ("sweep", 4.0), ("sweep", 8.0)]


def test_a_bug_in_a_chore_is_no_end_of_the_work(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()

    bench.pauses(bench.chore("sweep", 0.0, then=fail(KeyError("x")))).use(10.0)

    assert "sweep: a bug; the work goes on" in caplog.text


def test_refused_credentials_are_the_loops_business() -> None:
    bench = Bench()

    with pytest.raises(OracleCredentialsError):
        bench.pauses(bench.chore("sweep", 0.0, then=fail(OracleCredentialsError("ORA-01017")))).use(
            10.0
        )


def test_while_the_queue_is_down_only_what_needs_none_is_done() -> None:
    bench = Bench(failures=1)
    bench.breaker.failed()

    bench.pauses(bench.chore("sweep", 1.0, needs_queue=True), bench.chore("purge", 600.0)).use(10.0)

    assert [name for name, _ in bench.steps] == ["purge"]


def test_the_stop_event_ends_the_pause() -> None:
    bench = Bench()

    bench.pauses(bench.chore("history", 1.0, then=bench.stop.set)).use(10.0)

    assert len(bench.steps) == 1


def test_what_a_chore_has_done_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    bench = Bench()

    bench.pauses(bench.chore("sweep", 600.0, report="three calls were missing")).use(10.0)
    bench.pauses(bench.chore("purge", 600.0)).use(10.0)

    assert caplog.messages == ["three calls were missing"]
