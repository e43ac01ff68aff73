"""A look at a stream put together: counts without partitions, judged by the same limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sync_monitor.measurements import Figures, Quality, Ratio
from sync_monitor.model import Bound, Severity, Sync
from sync_monitor.records import Entry
from sync_monitor.rules.conclusion import Before, Conclusion, Taken, finish, is_burning
from sync_monitor.rules.figures import gap_percentage
from sync_monitor.rules.issues import Found
from sync_monitor.rules.severity import judge, verdict_of
from sync_monitor.verdicts import Finding, IssueKind, Reason

#: What a stream has no measure of.
NOT_MEASURED = (("uniqueness", None), ("agreement", None), ("punctuality", None), ("schema", None))


class Stretch(NamedTuple):
    """A stretch of the source's own time, without a zone: [begin, end)."""

    begin: datetime
    end: datetime


class Counts(NamedTuple):
    """What a stream should have and what it has.

    Parameters:
        now: of the clock that its times are of, in UTC.
        expected: what the source has.
        missing: of it, what did not arrive though it should have by now. None: nobody counts it.
        lag: how far behind what arrived is. None: nothing says it.
        age: since anything was heard of it.
        set_aside: what its destination refused, and a person has to see to.
        is_stopped: what carries it does not work, fails, or was paused.
        stretches: where something is missing, as far as that is known.
    """

    now: datetime
    expected: int
    missing: int | None
    lag: timedelta | None = None
    age: timedelta | None = None
    set_aside: int = 0
    is_stopped: bool = False
    stretches: tuple[Stretch, ...] = ()


def conclude_counts(sync: Sync, before: Before, counts: Counts, taken: Taken) -> Entry:
    """Return all that a look leaves behind that counted a stream.

    What is missing counts once a second look finds something missing, too.
    """
    is_confirmed = any(issue.kind is IssueKind.ROWS_MISSING for issue in before.issues)
    confirmed = 0
    if is_confirmed:
        confirmed = counts.missing or 0
    figures = figures_of(counts, confirmed)
    burning = is_burning(sync, before, counts.now, taken.interval)
    findings = [*judge(sync, figures, is_burning=burning).findings, *judge_pipeline(counts)]
    others: list[Found] = []
    if counts.missing:
        others.append(Found(IssueKind.ROWS_MISSING, "", counts.missing, is_confirmed))
    if counts.set_aside:
        others.append(Found(IssueKind.SET_ASIDE, "", counts.set_aside))
    return finish(
        sync, before, taken, Conclusion(verdict_of(findings), figures, others=tuple(others))
    )


def judge_pipeline(counts: Counts) -> list[Finding]:
    """Return what the pipeline says of itself.

    What it set aside needs no second look: it is written down, and goes by a person alone.
    """
    findings: list[Finding] = []
    if counts.is_stopped:
        findings.append(Finding(Reason.STOPPED, Severity.WARNING))
    if counts.set_aside:
        findings.append(Finding(Reason.SET_ASIDE, Severity.WARNING, is_confirmed=True))
    return findings


def figures_of(counts: Counts, confirmed: int) -> Figures:
    """Return the counts as figures of one part, in which nothing is known to be doubled."""
    arrived = completeness = score = percentage = None
    missing = counts.missing
    if missing is not None:
        arrived = max(0, counts.expected - missing)
        percentage = gap_percentage(missing, counts.expected)
    if counts.expected and arrived is not None:
        completeness = Ratio(arrived, counts.expected)
        score = completeness.percent_floor
    return Figures(
        oracle_count=counts.expected,
        lake_count=arrived,
        sync_gap=missing,
        extra_rows=None,
        changed_rows=None,
        bound=Bound.EXACT,
        gap_percentage=percentage,
        lag=counts.lag,
        age=counts.age,
        missing_partitions=(),
        unconfirmed_rows=(missing or 0) - confirmed,
        confirmed_gap=confirmed,
        confirmed_extra=0,
        confirmed_changed=0,
        confirmed_missing=(),
        late_partitions=(),
        judged_count=1,
        quality=Quality((("completeness", completeness), *NOT_MEASURED), score),
    )
