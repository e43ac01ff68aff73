"""Look after look: each fault is found by its cause within two, and gone once it is healed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from sync_monitor.measurements import CellState, SchemaDifference
from sync_monitor.model import Severity
from sync_monitor.rules.conclusion import low_partitions
from sync_monitor.triage.answer import Cause
from sync_monitor.verdicts import IssueKind, Outcome, Reason, Trigger
from tests.monitor.building import EMPLOYEES, cell, with_changes
from tests.monitor.scene import Scene, make_scene

WEEK = with_changes(EMPLOYEES, window_days=7)
DAY = "2026-11-20"


def drop(scene: Scene) -> None:
    del scene.lake[DAY]


def leave_unregistered(scene: Scene) -> None:
    drop(scene)
    scene.unregistered = (DAY,)


def halve(scene: Scene) -> None:
    scene.lake[DAY] = scene.lake[DAY][::2]


def double(scene: Scene) -> None:
    scene.lake[DAY] = scene.lake[DAY] + scene.lake[DAY][:7]


def change(scene: Scene) -> None:
    key, at, _ = scene.lake[DAY][3]
    scene.lake[DAY] = [*scene.lake[DAY][:3], (key, at, "other"), *scene.lake[DAY][4:]]


def delete(scene: Scene) -> None:
    gone = scene.lake[DAY][:9]
    scene.oracle = [row for row in scene.oracle if row not in gone]


def shift(scene: Scene) -> None:
    """Let rows of the last three hours of each day fall into the next one."""
    days = sorted(scene.lake)
    late = {day: scene.lake[day][-19:] for day in days}
    for before, day in pairwise(days):
        scene.lake[day] = late[before] + scene.lake[day][:-19]
    scene.lake[days[0]] = scene.lake[days[0]][:-19]


def stop(scene: Scene) -> None:
    """Let the lake be without what came since yesterday evening."""
    scene.lake.pop("2026-11-25")
    scene.lake["2026-11-24"] = scene.lake["2026-11-24"][:-40]


def empty(scene: Scene) -> None:
    scene.lake_count_before = sum(map(len, scene.lake.values()))
    scene.lake = {}


def add_column(scene: Scene) -> None:
    scene.schema = SchemaDifference(5, missing=("TAX_CODE",))


def revoke(scene: Scene) -> None:
    scene.error_code = "ORA-01031"


def clear(scene: Scene) -> None:
    scene.oracle, scene.lake = [], {}


@pytest.mark.parametrize(
    ("break_it", "cause", "severity"),
    [
        (drop, Cause.PARTITION_DROPPED, Severity.CRITICAL),
        (leave_unregistered, Cause.PARTITION_UNREGISTERED, Severity.CRITICAL),
        (halve, Cause.PARTIAL_WRITE, Severity.CRITICAL),
        (double, Cause.LOAD_RETRIED, Severity.WARNING),
        (change, Cause.UPDATES_NOT_CARRIED, Severity.WARNING),
        (delete, Cause.DELETES_NOT_CARRIED, Severity.WARNING),
        (shift, Cause.ZONE_SHIFT, Severity.CRITICAL),
        (stop, Cause.LOAD_NEVER_RAN, Severity.CRITICAL),
        (empty, Cause.TRUNCATED, Severity.CRITICAL),
        (add_column, Cause.SCHEMA_DRIFT, Severity.WARNING),
        (revoke, Cause.NOT_MEASURED, Severity.UNKNOWN),
        (clear, Cause.BOTH_EMPTY, Severity.UNKNOWN),
    ],
)
def test_a_fault_is_found_by_its_cause_within_two_looks(
    break_it: Callable[[Scene], None], cause: Cause, severity: Severity
) -> None:
    scene = make_scene(WEEK)
    break_it(scene)
    scene.look()
    entry = scene.look()
    assert entry.standing.severity is severity
    assert scene.cause() is cause
    assert all(issue.confirmed_at for issue in entry.issues)


def test_a_sync_that_is_well_is_ok_and_has_no_issue() -> None:
    scene = make_scene(WEEK)
    entry = scene.look()
    assert (entry.standing.severity, entry.issues, scene.cause()) == (Severity.OK, (), None)
    assert scene.measured == [f"2026-11-{number}" for number in range(24, 17, -1)]


def test_a_steady_look_measures_no_partition_again() -> None:
    scene = make_scene(WEEK)
    scene.look()
    scene.look()
    assert scene.measured == []
    assert scene.entry is not None
    assert scene.entry.look.figures is not None
    assert scene.entry.look.figures.judged_count == 7
    assert scene.entry.cells == ()


@pytest.mark.parametrize("break_it", [drop, halve, double, change])
def test_what_is_healed_is_closed_and_well_again(break_it: Callable[[Scene], None]) -> None:
    scene = make_scene(WEEK)
    whole = {day: list(rows) for day, rows in scene.lake.items()}
    break_it(scene)
    scene.look()
    scene.look()
    assert [issue.partition for issue in scene.before.issues] == [DAY]
    scene.lake = whole
    healed = scene.look()
    assert healed.look.verdict.severity is Severity.OK
    assert [issue.closed_at for issue in healed.issues] == [healed.look.began]
    assert scene.look().standing.severity is Severity.OK
    assert scene.before.issues == []


def test_a_fault_is_measured_again_with_each_look_and_no_other_day() -> None:
    scene = make_scene(WEEK)
    halve(scene)
    scene.look()
    scene.look()
    assert scene.measured == [DAY]


def test_rows_that_were_in_flight_are_no_fault() -> None:
    scene = make_scene(WEEK)
    whole = scene.lake[DAY]
    halve(scene)
    first = scene.look()
    assert [issue.confirmed_at for issue in first.issues] == [None]
    scene.lake[DAY] = whole
    second = scene.look()
    assert {span.severity for span in scene.before.spans} == {Severity.OK}
    assert second.issues[0].closed_at == second.look.began
    assert second.issues[0].confirmed_at is None


def test_a_failed_look_keeps_what_is_known_and_claims_none_of_it() -> None:
    scene = make_scene(WEEK)
    drop(scene)
    scene.look()
    scene.look()
    revoke(scene)
    failed = scene.look()
    assert (failed.look.outcome, failed.look.figures) == (Outcome.FAILED, None)
    assert failed.standing.severity is Severity.CRITICAL
    entry = scene.look()
    assert entry.standing.severity is Severity.UNKNOWN
    assert {issue.kind for issue in scene.before.issues} == {
        IssueKind.NO_PARTITION,
        IssueKind.NOT_MEASURED,
    }


def test_a_sync_that_wobbles_has_one_issue_of_it_and_not_one_each_time() -> None:
    scene = make_scene(WEEK)
    scene.look()
    opened: set[datetime] = set()
    for code in ("ORA-12541", "ORA-12541", "") * 5:
        scene.error_code = code
        for issue in scene.look().issues:
            if issue.confirmed_at is not None:
                opened.add(issue.opened_at)
                assert issue.closed_at is None
    assert len(opened) == 1
    (closed,) = scene.look().issues
    assert closed.closed_at is not None
    assert scene.entry is not None
    assert scene.entry.standing.severity is Severity.OK


def test_an_issue_of_the_whole_sync_needs_two_looks_whatever_else_is_wrong() -> None:
    scene = make_scene(WEEK)
    drop(scene)
    scene.look()
    assert scene.look().standing.severity is Severity.CRITICAL
    add_column(scene)
    entry = scene.look()
    schema = [issue for issue in entry.issues if issue.kind is IssueKind.SCHEMA]
    assert [issue.confirmed_at for issue in schema] == [None]
    entry = scene.look()
    schema = [issue for issue in entry.issues if issue.kind is IssueKind.SCHEMA]
    assert [issue.confirmed_at for issue in schema] == [entry.look.began]


def test_a_sync_that_fails_at_each_second_look_and_lags_at_the_others_is_not_ok() -> None:
    scene = make_scene(WEEK)
    scene.look()
    stop(scene)
    for _ in range(4):
        scene.error_code = "ORA-12541"
        scene.look()
        scene.error_code = ""
        entry = scene.look()
        assert entry.look.verdict.has(Reason.LAG)
        assert entry.standing.severity is Severity.UNKNOWN
    lag = [issue for issue in entry.issues if issue.kind is IssueKind.LAG]
    assert [issue.confirmed_at is not None for issue in lag] == [True]


def test_what_a_look_finds_that_no_second_one_follows_counts_at_once() -> None:
    scene = make_scene(WEEK)
    scene.trigger = Trigger.ONCE
    scene.look()
    stop(scene)
    entry = scene.look()
    assert entry.standing.severity is Severity.CRITICAL
    assert all(issue.confirmed_at for issue in entry.issues if not issue.partition)
    scene.error_code = "ORA-12541"
    assert scene.look().standing.severity is Severity.UNKNOWN


def test_the_first_look_behind_a_hole_decides_what_is_shown() -> None:
    scene = make_scene(WEEK)
    scene.look()
    scene.now += 3 * scene.interval
    stop(scene)
    entry = scene.look()
    assert (entry.standing.severity, entry.standing.since) == (Severity.CRITICAL, entry.look.began)
    lag = [issue for issue in entry.issues if issue.kind is IssueKind.LAG]
    assert [issue.confirmed_at for issue in lag] == [None]


def test_a_day_that_ends_becomes_late_where_it_came_late() -> None:
    scene = make_scene(WEEK)
    scene.look()
    came = scene.lake.pop("2026-11-25")
    scene.now += timedelta(days=1)
    scene.look()
    scene.look()
    assert scene.before.cells["2026-11-25"].state is CellState.NO_PARTITION
    scene.lake["2026-11-25"] = came
    scene.look()
    assert scene.before.cells["2026-11-25"].state is CellState.LATE


def test_a_hole_in_the_looks_is_unknown() -> None:
    scene = make_scene(WEEK)
    scene.look()
    scene.look()
    scene.now += timedelta(days=2)
    scene.look()
    severities = [span.severity for span in scene.before.spans]
    assert severities == [Severity.OK, Severity.UNKNOWN, Severity.OK]


def test_an_issue_of_a_day_that_leaves_the_window_is_closed() -> None:
    scene = make_scene(WEEK)
    drop(scene)
    scene.look()
    scene.look()
    scene.now += timedelta(days=8)
    scene.look()
    assert DAY not in [issue.partition for issue in scene.before.issues]


def test_a_low_day_is_known_by_its_weekdays() -> None:
    newest = cell("2026-11-24", 49, 49)
    cells = {"2026-11-24": newest}
    for weeks in range(1, 7):
        key = (newest.partition.day - timedelta(weeks=weeks)).isoformat()
        cells[key] = cell(key, 100, 100)
    assert low_partitions(cells, WEEK) == ("2026-11-24",)
    cells["2026-11-24"] = cell("2026-11-24", 50, 50)
    assert low_partitions(cells, WEEK) == ()
