"""Waits on purpose of the threads that work for one loop."""

from __future__ import annotations

import threading

from oracle_cdc.running.progress import Progress


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def rest_apart(progress: Progress, loop: str, seconds: float) -> None:
    """Wait in a thread of its own, as a lane does. The stop event ends the wait at once."""

    def rest() -> None:
        stopped = threading.Event()
        stopped.set()
        progress.lend(loop)
        progress.rest(seconds, stopped)

    thread = threading.Thread(target=rest)
    thread.start()
    thread.join()


def test_threads_that_wait_at_the_same_time_hide_no_hang_behind_the_longest_wait() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin("capture")
    for seconds in (10.0, 60.0, 30.0, 60.0):
        rest_apart(progress, "capture", seconds)
    clock.now += 60 + 121
    assert progress.late_loops(120) == {"capture": 121}


def test_waits_one_after_the_other_are_all_left_out() -> None:
    clock = Clock()
    progress = Progress(clock)
    progress.begin("capture")
    for _ in range(3):
        rest_apart(progress, "capture", 60)
        clock.now += 60
    assert progress.late_loops(-1) == {"capture": 0}
    clock.now += 5
    assert progress.late_loops(0) == {"capture": 5}
