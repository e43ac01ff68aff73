"""SLA out of spans: what is measured, what is critical, what is left of the budget."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_monitor.measurements import Cell
from sync_monitor.model import Grain, Severity
from sync_monitor.rules.compliance import (
    BURN_RULES,
    PartitionBudget,
    burn_rate,
    burning,
    comply,
    partition_budget,
    record,
    source_low,
)
from sync_monitor.rules.hysteresis import follow
from sync_monitor.rules.severity import not_measured, verdict_of
from sync_monitor.verdicts import Finding, Reason, Span, Standing, Verdict
from tests.monitor.building import NOW, at, cell

FIVE = timedelta(minutes=5)
HOURLY = timedelta(hours=1)
GOAL = Decimal(99)
WELL = Verdict(Severity.OK)
SLOW = verdict_of([Finding(Reason.LAG, Severity.CRITICAL)])
VERDICTS = {"o": WELL, "c": SLOW, "u": not_measured()}


def span(severity: Severity, begin: float, end: float) -> Span:
    return Span(severity, at(begin), at(end))


def watch(looks: str) -> list[Span]:
    """Return the spans that hourly looks leave: o is OK, c critical, u failed, - none at all."""
    spans: dict[object, Span] = {}
    standing: Standing | None = None
    last: Span | None = None
    for hour, look in enumerate(looks):
        if look == "-":
            continue
        standing = follow(standing, VERDICTS[look], at(hour))
        for each in record(last, standing, HOURLY):
            spans[each.begin] = each
            last = each
    return list(spans.values())


def test_time_not_critical_is_compared_with_time_measured() -> None:
    spans = [
        span(Severity.OK, 0, 90),
        span(Severity.CRITICAL, 90, 95),
        span(Severity.UNKNOWN, 95, 100),
    ]
    found = comply(spans, at(0), at(100), at(-1000))
    assert found.percent == Decimal("94.73")
    assert found.coverage_percent == Decimal("95.00")
    assert found.is_covered
    assert not comply(spans, at(0), at(101), at(-1000)).is_covered
    assert found.budget_left_percent(Decimal(90)) == Decimal("50.00")
    assert found.budget_left_percent(Decimal(99)) == Decimal("-400.00")
    assert found.budget_left_percent(Decimal(100)) is None


def test_a_period_begins_no_earlier_than_its_sync() -> None:
    found = comply([span(Severity.OK, 90, 100)], at(0), at(100), at(90))
    assert found.coverage_percent == Decimal(100)


def test_nothing_measured_is_no_compliance() -> None:
    found = comply([span(Severity.UNKNOWN, 0, 100)], at(0), at(100), at(0))
    assert (found.percent, found.coverage_percent) == (None, Decimal(0))


def test_spans_outside_of_the_period_do_not_count() -> None:
    spans = [span(Severity.CRITICAL, -10, -5), span(Severity.CRITICAL, 200, 210)]
    assert comply(spans, at(0), at(100), at(-100)).critical == timedelta(0)


def test_a_state_begins_with_the_first_look_that_found_it() -> None:
    assert watch("ooccc") == [span(Severity.OK, 0, 2), span(Severity.CRITICAL, 2, 4)]
    assert watch("oocoo") == [span(Severity.OK, 0, 4)]


def test_a_hole_between_looks_is_unknown() -> None:
    assert watch("oo---oo") == [
        span(Severity.OK, 0, 1),
        span(Severity.UNKNOWN, 1, 5),
        span(Severity.OK, 5, 6),
    ]
    assert watch("oo-oo") == [span(Severity.OK, 0, 4)]


@given(st.text("ocu-", max_size=60))
def test_spans_follow_each_other_without_hole_or_overlap(looks: str) -> None:
    spans = watch(looks)
    for before, after in pairwise(spans):
        assert before.end == after.begin
        assert before.length >= timedelta(0)


def test_the_rate_is_the_share_that_is_critical_of_the_share_that_may_be() -> None:
    spans = [span(Severity.OK, -6, -0.6), span(Severity.CRITICAL, -0.6, 0)]
    assert burn_rate(spans, timedelta(hours=6), NOW, GOAL) == Decimal(10)
    assert burn_rate([], timedelta(hours=6), NOW, GOAL) is None
    assert burn_rate(spans, timedelta(hours=6), NOW, Decimal(100)) is None


def test_a_budget_burns_only_while_both_windows_say_so() -> None:
    now_bad = [span(Severity.OK, -72, -0.6), span(Severity.CRITICAL, -0.6, 0)]
    assert burning(now_bad, NOW, GOAL, FIVE) == BURN_RULES[1]
    was_bad = [span(Severity.CRITICAL, -6, -5), span(Severity.OK, -5, 0)]
    assert burning(was_bad, NOW, GOAL, FIVE) == BURN_RULES[2]
    long_ago = [span(Severity.CRITICAL, -72, -65), span(Severity.OK, -65, 0)]
    assert burning(long_ago, NOW, GOAL, FIVE) is None


def test_a_short_window_needs_three_looks() -> None:
    down = [span(Severity.CRITICAL, -72, 0)]
    assert burning(down, NOW, GOAL, timedelta(minutes=1)) == BURN_RULES[0]
    assert burning(down, NOW, GOAL, FIVE) == BURN_RULES[1]
    assert burning(down, NOW, GOAL, timedelta(hours=2)) == BURN_RULES[2]
    assert burning(down, NOW, GOAL, timedelta(hours=3)) is None


def test_partitions_of_days_have_no_burn_rate() -> None:
    down = [span(Severity.CRITICAL, -72, 0)]
    assert burning(down, NOW, GOAL, FIVE, Grain.DAY) is None
    assert burning(down, NOW, GOAL, FIVE, Grain.HOUR) is not None


def thirty_days(late: int) -> list[Cell]:
    cells = []
    for number in range(1, 31):
        lake = 5
        if number <= late:
            lake = 0
        early = cell(f"2026-10-{number:02}", 5, 5, now=at(-24 * 60))
        cells.append(cell(f"2026-10-{number:02}", 5, lake, before=early))
    return cells


@pytest.mark.parametrize(
    ("goal", "allowed"), [(Decimal(99), 1), (Decimal(95), 2), (Decimal(100), 0)]
)
def test_days_have_a_budget_of_whole_partitions(goal: Decimal, allowed: int) -> None:
    found = partition_budget(thirty_days(late=1), goal)
    assert found == PartitionBudget(allowed, 1)
    assert found.left == allowed - 1


def test_a_source_is_low_below_half_of_the_median_of_six_such_days() -> None:
    usual = [100, 90, 110, 100, 5000, 0]
    assert source_low(49, usual)
    assert not source_low(50, usual)
    assert not source_low(0, usual[:5])
    assert not source_low(0, [0] * 6)
