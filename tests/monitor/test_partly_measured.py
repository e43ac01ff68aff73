"""Partitions that were promised and that no look has measured are said, and never green."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sync_monitor.commands.once import exit_code
from sync_monitor.commands.shared.in_words import line_of
from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Severity
from sync_monitor.records import Entry
from sync_monitor.rules.conclusion import Before, Measured, Taken, conclude
from sync_monitor.rules.periods import window
from sync_monitor.verdicts import Issue, IssueKind, Reason, Trigger
from sync_monitor.web.sync_rows import why_of_figures
from tests.monitor.building import EMPLOYEES, NOW, at, cell, newest
from tests.monitor.edges import count_judged, settings_in, staged

DAYS = window(NOW, EMPLOYEES)
FAULTY = DAYS[-12].key


def looked(before: Before, *cells: Cell) -> Entry:
    """Return what a look leaves behind that measured these cells alone."""
    times = newest("2026-11-25", "2026-11-25")
    taken = Taken(NOW, timedelta(0), timedelta(minutes=5))
    return conclude(EMPLOYEES, before, Measured(cells, times), taken)


def test_what_is_measured_in_part_is_not_ok_and_says_how_much_is() -> None:
    entry = looked(Before(), cell(DAYS[-2].key, 100, 100))
    verdict, figures = entry.look.verdict, entry.look.figures
    assert (verdict.severity, entry.standing.severity) == (Severity.UNKNOWN, Severity.UNKNOWN)
    assert [finding.reason for finding in verdict.findings] == [Reason.PARTLY_MEASURED]
    assert figures is not None
    assert why_of_figures(EMPLOYEES, entry.look, figures) == "1 of 30 partitions measured"
    assert "1 of 30 partitions measured" in line_of(entry.look)


def test_what_nothing_is_measured_of_says_so() -> None:
    entry = looked(Before())
    figures = entry.look.figures
    assert figures is not None
    assert why_of_figures(EMPLOYEES, entry.look, figures) == "0 of 30 partitions measured"


def test_what_is_measured_in_part_closes_the_issues_of_that_part() -> None:
    key = DAYS[-2].key
    issues = []
    for partition in (key, FAULTY):
        issues.append(
            Issue(EMPLOYEES.name, IssueKind.ROWS_MISSING, partition, Severity.CRITICAL, 5, NOW, NOW)
        )
    entry = looked(Before(issues=issues), cell(key, 100, 100))
    closed = {issue.partition: issue.closed_at for issue in entry.issues}
    assert closed == {key: NOW, FAULTY: None}


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_confirmed_fault_that_no_look_reaches_stays_one(is_confirmed: bool) -> None:
    wait = timedelta(0)
    if not is_confirmed:
        wait = timedelta(days=99)
    known = {each.key: cell(each.key, 100, 100) for each in DAYS}
    known[FAULTY] = cell(FAULTY, 100, 0, now=at(-9 * 24), confirm=wait)
    entry = looked(Before(cells=known))
    if is_confirmed:
        assert entry.look.verdict.severity is Severity.CRITICAL
        assert entry.cells == ()
        assert entry.issues[0].kind is IssueKind.NO_PARTITION
    else:
        assert entry.look.verdict.severity is Severity.UNKNOWN
        assert [each.state for each in entry.cells] == [CellState.NOT_MEASURED]


@pytest.mark.parametrize("trigger", [Trigger.TIMER, Trigger.ONCE])
def test_a_large_table_is_ok_once_looks_have_filled_all_of_it(
    tmp_path: Path, trigger: Trigger
) -> None:
    settings = settings_in(tmp_path, rows_per_hour=1)
    with staged(settings) as stage:
        found = []
        for _ in range(count_judged(settings)):
            found.append(stage.look(trigger))
        severities = [each.entry.look.verdict.severity for each in found]
        whole = severities.index(Severity.OK)
        assert whole > 5
        assert severities[:whole] == [Severity.UNKNOWN] * whole
        assert set(severities[whole:]) == {Severity.OK}
        assert exit_code(found[:1], "warning") == 6
        assert exit_code(found[-1:], "warning") == 0
        assert stage.look(trigger).entry.standing.severity is Severity.OK
