"""What looks leave behind, as the tests of the history need it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sync_monitor.measurements import SchemaDifference
from sync_monitor.model import Severity
from sync_monitor.records import Entry
from sync_monitor.rules.figures import measure
from sync_monitor.rules.hysteresis import follow
from sync_monitor.rules.issues import find_issues, follow_issues
from sync_monitor.rules.severity import judge, not_measured
from sync_monitor.verdicts import Cost, Look, Outcome, Span, Trigger
from tests.monitor.building import EMPLOYEES, NOW, cell, newest

SCHEMA = SchemaDifference(7, missing=("TAX_CODE",))


def faulty(at: datetime = NOW, sync: str = EMPLOYEES.name) -> Entry:
    """Return what a look left behind that found two faults."""
    cells = (
        cell("2026-11-20", 107, 91, now=at, oracle_sum=5, lake_sum=4),
        cell("2026-11-21", 50, 0, now=at),
        cell("2026-11-22", 50, 50, now=at),
    )
    figures = measure(cells, newest("2026-11-25 08:00", "2026-11-25 07:30"), SCHEMA)
    verdict = judge(EMPLOYEES, figures, SCHEMA)
    look = Look(
        sync,
        at,
        timedelta(seconds=1, microseconds=400_007),
        Trigger.TIMER,
        "",
        "settings",
        Outcome.MEASURED,
        verdict,
        figures,
        Cost(4, 417, 5, 429),
    )
    found = find_issues(cells, verdict, is_first=True)
    return Entry(
        look,
        follow(None, verdict, at),
        cells,
        (Span(Severity.OK, at - timedelta(hours=1), at), Span(verdict.severity, at, at)),
        tuple(follow_issues([], found, sync, verdict, at)),
    )


def failed(at: datetime = NOW, sync: str = EMPLOYEES.name) -> Entry:
    """Return what a look left behind that Oracle refused."""
    verdict = not_measured()
    look = Look(
        sync,
        at,
        timedelta(milliseconds=100),
        Trigger.PERSON,
        "m.levi",
        "settings",
        Outcome.FAILED,
        verdict,
        None,
        Cost(1),
        "ORA-01031",
    )
    return Entry(look, follow(None, verdict, at))
