"""Whose turn it is: each sync in its time, and those that hang leave a worker to the others."""

from __future__ import annotations

from datetime import timedelta

from sync_monitor.model import Sync
from sync_monitor.schedule import Schedule, Turn
from sync_monitor.verdicts import Trigger

MINUTE = timedelta(minutes=1)


def make(count: int, workers: int = 2) -> Schedule:
    syncs = [Sync(f"s{number}", "A.T", "t", "D") for number in range(count)]
    return Schedule(syncs, 5 * MINUTE, workers, MINUTE, 0.0)


def take(schedule: Schedule, now: float) -> Turn:
    turn = schedule.take(now)
    assert turn is not None
    return turn


def test_each_sync_has_its_turn_once_in_an_interval() -> None:
    schedule = make(1000)
    names = []
    while (turn := schedule.take(0.0)) is not None:
        names.append(turn.sync.name)
        schedule.done(turn, 1.0)
    assert names == [f"s{number}" for number in range(1000)]
    assert schedule.take(299.0) is None
    assert schedule.take(300.0) is not None


def test_a_sync_that_is_looked_at_has_no_second_turn() -> None:
    schedule = make(1)
    turn = take(schedule, 0.0)
    schedule.ask("s0", "dana", 1.0)
    assert schedule.take(2.0) is None
    schedule.done(turn, 3.0)
    assert take(schedule, 3.0).trigger is Trigger.PERSON


def test_what_a_person_asks_for_comes_first_and_once() -> None:
    schedule = make(3)
    assert schedule.ask("s2", "dana", 0.0)
    assert schedule.ask("s2", "dana", 0.0)
    turn = take(schedule, 0.0)
    assert (turn.sync.name, turn.by) == ("s2", "dana")
    schedule.done(turn, 0.5)
    assert [take(schedule, 1.0).sync.name for _ in range(3)] == ["s0", "s1", "s2"]
    assert not schedule.ask("other", "dana", 0.0)


def test_slow_syncs_never_have_all_of_the_workers() -> None:
    schedule = make(4)
    for _ in range(2):
        turn = take(schedule, 0.0)
        schedule.done(turn, 120.0)
    assert schedule.slow == {"s0", "s1"}
    now = 500.0
    begun = [take(schedule, now).sync.name for _ in range(3)]
    assert begun[:2] == ["s2", "s3"]
    assert begun[2] in schedule.slow
    assert schedule.take(now) is None


def test_a_slow_sync_that_is_quick_again_is_slow_no_more() -> None:
    schedule = make(1)
    schedule.done(take(schedule, 0.0), 120.0)
    schedule.done(take(schedule, 300.0), 301.0)
    assert schedule.slow == set()


def test_what_hangs_is_known_by_its_age() -> None:
    schedule = make(2)
    take(schedule, 0.0)
    assert schedule.hanging(300.0, 300.0) == []
    assert [sync.name for sync in schedule.hanging(301.0, 300.0)] == ["s0"]
