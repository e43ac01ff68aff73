"""Settings that are right one by one: where exactly they become wrong together."""

from __future__ import annotations

from datetime import datetime

import pytest

from oracle_cdc.conversations.contradictions import (
    begins_above_the_end,
    impossible_range,
    settles_too_late,
)
from oracle_cdc.settings.patience import greater_than_sum, impatient_watchdog

DAY = datetime(2025, 1, 15)


@pytest.mark.parametrize(("lease", "is_wrong"), [(34, True), (35, True), (36, False)])
def test_a_lease_is_longer_than_a_request_can_take(lease: int, is_wrong: bool) -> None:
    rule = greater_than_sum("LEASE", "CONNECT", "READ")
    assert bool(list(rule.check(lease, 5.0, 30.0))) is is_wrong


@pytest.mark.parametrize(("deadline", "is_wrong"), [(60, True), (80, True), (81, False)])
def test_a_database_that_hangs_does_not_look_like_a_loop_that_hangs(
    deadline: int, is_wrong: bool
) -> None:
    assert bool(list(impatient_watchdog(deadline, 30.0, 10.0, 10.0))) is is_wrong


@pytest.mark.parametrize(("seconds", "is_wrong"), [(60.0, False), (61.0, True)])
def test_a_call_settles_before_its_longest_wait_ends(seconds: float, is_wrong: bool) -> None:
    assert bool(list(settles_too_late(seconds, 1))) is is_wrong


def test_a_range_ends_later_than_it_begins() -> None:
    assert list(impossible_range(DAY, DAY))
    assert not list(impossible_range(DAY, DAY.replace(hour=1)))


@pytest.mark.parametrize(("initial", "is_wrong"), [(60.0, False), (60.5, True)])
def test_a_first_wait_is_never_longer_than_the_longest(initial: float, is_wrong: bool) -> None:
    assert bool(list(begins_above_the_end(initial, 60.0))) is is_wrong
