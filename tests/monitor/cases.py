"""Cases of triage, each with one thing wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync_monitor.measurements import Cell, Differences
from sync_monitor.model import Sync
from sync_monitor.rules.cells import with_rows
from sync_monitor.rules.figures import measure
from sync_monitor.rules.issues import find_issues, follow_issues
from sync_monitor.rules.severity import judge, not_measured
from sync_monitor.triage.case import Case
from tests.monitor.building import NOW, cell, newest, with_changes

SYNC: Sync = with_changes(loader="nightly")
DAYS = [f"2026-11-{number}" for number in range(18, 25)]
WELL = newest("2026-11-25 09:00", "2026-11-25 08:30")


def case_of(changed: dict[str, Cell] | None = None, **known: Any) -> Case:
    """Return a case of seven days of which some are as given, and the rest are well."""
    sync = known.pop("sync", SYNC)
    cells = {day: cell(day, 100, 100, sync, oracle_sum=9, lake_sum=9) for day in DAYS}
    cells.update(changed or {})
    times = known.pop("newest", WELL)
    schema = known.get("schema")
    low = known.pop("expected_low", ())
    ordered = tuple(cells.values())
    figures = measure(ordered, times, schema, deletes=sync.deletes, expected_low=low)
    verdict = judge(sync, figures, schema)
    found = find_issues(ordered, verdict, is_first=True)
    issues = []
    for number, issue in enumerate(follow_issues([], found, sync.name, verdict, NOW), 1):
        issues.append(replace(issue, number=number))
    return Case(sync, NOW, verdict, figures, ordered, tuple(issues), newest=times, **known)


def failed_case(error_code: str, sync: Sync = SYNC) -> Case:
    return Case(sync, NOW, not_measured(), error_code=error_code)


def absent(*days: str) -> dict[str, Cell]:
    return {day: cell(day, 100, 0) for day in days}


def differing(day: str, lake: int, found: Differences, sync: Sync = SYNC) -> dict[str, Cell]:
    """Return a day of 100 rows in Oracle whose rows were compared."""
    counted = cell(day, 100, lake, sync, oracle_sum=9, lake_sum=8)
    return {day: with_rows(counted, found, (3, 16), sync)}
