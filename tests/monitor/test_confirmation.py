"""A fault counts after a second look, the state of a sync after some looks, both ways."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Severity
from sync_monitor.rules.cells import unmeasured
from sync_monitor.rules.figures import measure
from sync_monitor.rules.hysteresis import follow
from sync_monitor.rules.issues import find_issues, follow_issues
from sync_monitor.rules.severity import is_stale, not_measured, verdict_of
from sync_monitor.verdicts import Finding, IssueKind, Reason, Verdict
from tests.monitor.building import CONFIRM, NOW, at, cell, day, figures_of, judged, newest

WELL = Verdict(Severity.OK)
SLOW = verdict_of([Finding(Reason.LAG, Severity.CRITICAL)])
LATE = verdict_of([Finding(Reason.LAG, Severity.WARNING)])


def looks(*sides: tuple[float, int, int]) -> list[Cell]:
    """Return the cells of looks at one day, each given as hours behind NOW and both counts."""
    cells: list[Cell] = []
    before = None
    for hours, oracle, lake in sides:
        before = cell("2026-11-20", oracle, lake, now=at(hours), before=before, confirm=CONFIRM)
        cells.append(before)
    return cells


def test_a_fault_counts_once_a_second_look_finds_it_again() -> None:
    first, second = looks((0, 10, 4), (0.25, 10, 4))
    assert (first.is_confirmed, second.is_confirmed) == (False, True)
    assert second.differs_since == NOW


def test_a_second_look_that_comes_too_soon_confirms_nothing() -> None:
    assert not looks((0, 10, 4), (0.2, 10, 4))[1].is_confirmed


def test_what_is_not_confirmed_is_shown_and_not_judged() -> None:
    first, second = looks((0, 10, 4), (0.25, 10, 4))
    figures = figures_of(first)
    assert (figures.sync_gap, figures.confirmed_gap, figures.unconfirmed_rows) == (6, 0, 6)
    assert judged(first).severity is Severity.OK
    assert judged(second).severity is Severity.CRITICAL


def test_a_missing_partition_counts_once_it_is_confirmed() -> None:
    first, second = looks((0, 10, 0), (0.25, 10, 0))
    assert measure([first], newest()).missing_partitions == ("2026-11-20",)
    assert not judged(first).has(Reason.MISSING_PARTITION)
    assert judged(second).has(Reason.MISSING_PARTITION)


def test_what_heals_before_the_second_look_was_in_flight() -> None:
    first, second = looks((0, 10, 4), (0.25, 10, 10))
    assert first.is_faulty
    assert not first.is_confirmed
    assert second.state is CellState.OK
    assert second.whole_at is None


def test_what_was_confirmed_stays_so_while_it_is_faulty_in_another_way() -> None:
    cells = looks((0, 10, 0), (0.25, 10, 0), (0.3, 10, 4), (0.4, 10, 10), (0.5, 10, 4))
    assert [each.is_confirmed for each in cells] == [False, True, True, False, False]


def test_without_a_wait_one_look_is_enough() -> None:
    assert cell("2026-11-20", 10, 4).is_confirmed


def test_a_partition_is_late_where_it_was_missing_at_its_promise() -> None:
    missing, _, there = looks((0, 10, 0), (0.5, 10, 0), (1, 10, 10))
    assert (missing.state, there.state) == (CellState.NO_PARTITION, CellState.LATE)
    later = cell("2026-11-20", 10, 10, now=at(9), before=there)
    assert (later.state, later.whole_at) == (CellState.LATE, at(1))


def test_a_partition_is_awaited_until_its_promise() -> None:
    key = "2026-11-24"
    open_day = cell(key, 10, 0, now=at(-8.5))
    awaited = cell(key, 10, 0, now=at(-4))
    missing = cell(key, 10, 0, now=at(-3.5), before=awaited)
    states = [each.state for each in (open_day, awaited, missing)]
    assert states == [CellState.NOT_SETTLED, CellState.AWAITED, CellState.NO_PARTITION]
    assert not awaited.is_faulty


def test_what_was_known_of_a_partition_is_not_carried_forward() -> None:
    before = cell("2026-11-20", 10, 4)
    now = unmeasured(day("2026-11-20"), before)
    assert (now.state, now.oracle_rows, now.differences) == (CellState.NOT_MEASURED, None, None)
    assert not now.is_judged


def test_the_state_follows_some_looks_in_a_row_and_dates_back_to_the_first() -> None:
    standing = follow(None, WELL, at(0))
    standing = follow(standing, SLOW, at(1))
    assert (standing.severity, standing.candidate) == (Severity.OK, Severity.CRITICAL)
    standing = follow(standing, SLOW, at(2))
    assert (standing.severity, standing.since) == (Severity.CRITICAL, at(1))
    standing = follow(standing, WELL, at(3))
    assert standing.severity is Severity.CRITICAL
    standing = follow(standing, WELL, at(4))
    assert (standing.severity, standing.since) == (Severity.OK, at(3))


def test_a_sync_that_wobbles_keeps_its_state() -> None:
    standing = follow(None, WELL, at(0))
    for hour in range(1, 20, 2):
        standing = follow(standing, SLOW, at(hour))
        standing = follow(standing, WELL, at(hour + 1))
    assert (standing.severity, standing.since) == (Severity.OK, at(0))


def test_a_candidate_gives_way_to_another() -> None:
    standing = follow(follow(None, LATE, at(0)), SLOW, at(1))
    standing = follow(standing, WELL, at(2))
    assert (standing.severity, standing.candidate) == (Severity.WARNING, Severity.OK)
    assert (standing.candidate_since, standing.candidate_count) == (at(2), 1)


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (not_measured(), SLOW, Severity.UNKNOWN),
        (SLOW, LATE, Severity.WARNING),
        (LATE, not_measured(), Severity.WARNING),
    ],
)
def test_a_sync_that_is_bad_at_each_look_in_other_ways_is_as_bad_as_the_least_of_them(
    first: Verdict, second: Verdict, shown: Severity
) -> None:
    for one, other in ((first, second), (second, first)):
        standing = follow(follow(None, WELL, at(0)), one, at(1))
        assert standing.severity is Severity.OK
        for hour in range(2, 20, 2):
            standing = follow(standing, other, at(hour))
            assert (standing.severity, standing.since) == (shown, at(1))
            standing = follow(standing, one, at(hour + 1))
            assert (standing.severity, standing.since) == (shown, at(1))


def test_a_sync_that_is_better_at_each_look_in_other_ways_is_as_well_as_the_least_of_them() -> None:
    standing = follow(None, SLOW, at(0))
    for hour in range(1, 20, 2):
        standing = follow(standing, WELL, at(hour))
        standing = follow(standing, LATE, at(hour + 1))
    assert (standing.severity, standing.since) == (Severity.WARNING, at(1))


def test_what_two_looks_find_that_are_worse_still_waits_for_no_third() -> None:
    standing = follow(follow(None, WELL, at(0)), LATE, at(1))
    standing = follow(standing, SLOW, at(2))
    assert (standing.severity, standing.since) == (Severity.WARNING, at(1))
    standing = follow(standing, SLOW, at(3))
    assert (standing.severity, standing.since) == (Severity.CRITICAL, at(2))


def test_what_a_second_look_has_confirmed_waits_for_no_third() -> None:
    standing = follow(None, WELL, at(0))
    standing = follow(standing, judged(cell("2026-11-20", 10, 0)), at(1))
    assert (standing.severity, standing.since) == (Severity.CRITICAL, at(1))


def test_nothing_is_known_after_two_and_a_half_intervals() -> None:
    interval = timedelta(minutes=5)
    assert not is_stale(NOW, NOW + timedelta(minutes=12, seconds=30), interval)
    assert is_stale(NOW, NOW + timedelta(minutes=12, seconds=31), interval)


def test_an_issue_is_opened_confirmed_and_closed_once() -> None:
    first, second, third = looks((0, 10, 0), (0.25, 10, 0), (0.5, 10, 10))
    issues = follow_issues([], found(first), "S", judged(first), at(0))
    assert [(each.kind, each.confirmed_at) for each in issues] == [(IssueKind.NO_PARTITION, None)]
    issues = follow_issues(issues, found(second), "S", judged(second), at(0.25))
    (issue,) = issues
    assert (issue.opened_at, issue.confirmed_at) == (at(0), at(0.25))
    assert (issue.severity, issue.rows) == (Severity.CRITICAL, 10)
    (closed,) = follow_issues(issues, found(third), "S", judged(third), at(0.5))
    assert closed.closed_at == at(0.5)


def found(one: Cell) -> list:  # type: ignore[type-arg]
    return find_issues([one], judged(one), is_first=True)


def test_a_failed_look_closes_no_issue() -> None:
    one = cell("2026-11-20", 10, 4)
    issues = follow_issues([], found(one), "S", judged(one), at(0))
    failed = find_issues([], not_measured(), is_first=False)
    after = follow_issues(issues, failed, "S", not_measured(), at(1))
    assert {each.kind: each.closed_at for each in after} == {
        IssueKind.NOT_MEASURED: None,
        IssueKind.ROWS_MISSING: None,
    }


def test_a_look_closes_no_issue_of_a_partition_that_it_did_not_measure() -> None:
    one = cell("2026-11-20", 10, 4)
    issues = follow_issues([], found(one), "S", judged(one), at(0))
    unseen = frozenset({"2026-11-20"})
    (kept,) = follow_issues(issues, [], "S", WELL, at(1), unseen=unseen)
    assert kept.closed_at is None
