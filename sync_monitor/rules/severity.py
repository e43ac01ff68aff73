"""How bad the figures are: decided on whole numbers, at a limit and beyond it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sync_monitor.measurements import Figures, SchemaDifference
from sync_monitor.model import Severity, Sync, worst
from sync_monitor.verdicts import Finding, IssueKind, Look, Outcome, Reason, Standing, Verdict

#: Without a measurement for this many intervals, nothing is known any more.
STALE_INTERVALS = Decimal("2.5")


def judge(
    sync: Sync,
    figures: Figures,
    schema: SchemaDifference | None = None,
    *,
    is_burning: bool = False,
) -> Verdict:
    """Return how a look that measured both sides found a sync.

    Parameters:
        is_burning: the error budget is used up too fast.
    """
    findings = [
        *judge_rows(sync, figures),
        *judge_reach(figures),
        *judge_times(sync, figures),
        *judge_schema(schema),
    ]
    if is_burning:
        # Never CRITICAL: it would count as the outage that it is made of, and never end.
        findings.append(Finding(Reason.BURN, Severity.WARNING))
    return verdict_of(findings)


def verdict_of(findings: list[Finding]) -> Verdict:
    """Return the worst of some findings, OK of none."""
    severities = tuple(finding.severity for finding in findings)
    return Verdict(worst(severities), tuple(findings))


def not_measured() -> Verdict:
    """Return the verdict of a look that failed on either side."""
    return verdict_of([Finding(Reason.NOT_MEASURED, Severity.UNKNOWN)])


def judge_rows(sync: Sync, figures: Figures) -> list[Finding]:
    """Return what counts of rows and partitions say. Only what is confirmed counts."""
    if not figures.judged_count:
        return [Finding(Reason.NOTHING_JUDGED, Severity.UNKNOWN)]
    if figures.are_empty:
        if sync.may_be_empty:
            return []
        return [Finding(Reason.BOTH_EMPTY, Severity.UNKNOWN)]
    findings: list[Finding] = []
    gap = judge_gap(sync, figures)
    if gap is not Severity.OK:
        findings.append(Finding(Reason.GAP, gap, is_confirmed=True))
    if figures.confirmed_missing:
        findings.append(Finding(Reason.MISSING_PARTITION, Severity.CRITICAL, is_confirmed=True))
    if figures.confirmed_extra:
        findings.append(Finding(Reason.EXTRA, Severity.WARNING, is_confirmed=True))
    if figures.confirmed_changed or figures.confirmed_other:
        findings.append(Finding(Reason.CHANGED, Severity.WARNING, is_confirmed=True))
    if figures.expected_low:
        findings.append(Finding(Reason.SOURCE_LOW, Severity.WARNING))
    return findings


def judge_reach(figures: Figures) -> list[Finding]:
    """Return whether something that was promised is in no figure, so that nobody knows of it."""
    if figures.judged_count and figures.unmeasured_count:
        return [Finding(Reason.PARTLY_MEASURED, Severity.UNKNOWN)]
    return []


def judge_gap(sync: Sync, figures: Figures) -> Severity:
    """Return how bad the rows are that the lake lacks, by Oracle's rows and never by a rounding."""
    gap = figures.confirmed_gap
    if reaches(gap, figures.oracle_count, sync.limits.critical_gap_percent):
        return Severity.CRITICAL
    if reaches(gap, figures.oracle_count, sync.limits.warning_gap_percent):
        return Severity.WARNING
    return Severity.OK


def reaches(part: int, total: int, percent: Decimal) -> bool:
    """Return whether a part is this many percent of a total, or more. Nothing never is."""
    return part > 0 and 100 * part >= percent * total


def judge_times(sync: Sync, figures: Figures) -> list[Finding]:
    """Return what the newest rows say."""
    findings: list[Finding] = []
    lag = figures.lag
    if lag is not None and lag >= sync.limits.critical_lag:
        findings.append(Finding(Reason.LAG, Severity.CRITICAL))
    elif lag is not None and lag >= sync.limits.warning_lag:
        findings.append(Finding(Reason.LAG, Severity.WARNING))
    elif figures.is_lag_unknown:
        findings.append(Finding(Reason.LAG_NOT_MEASURED, Severity.UNKNOWN))
    expected = sync.expect_rows_every
    if expected is not None and figures.age is not None and figures.age >= expected:
        findings.append(Finding(Reason.AGE, Severity.WARNING))
    if figures.has_future_rows:
        findings.append(Finding(Reason.FUTURE_ROWS, Severity.WARNING))
    return findings


def judge_schema(schema: SchemaDifference | None) -> list[Finding]:
    """Return what the columns say: a checksum without a column is no proof of it."""
    if schema is None or not (schema.missing or schema.retyped):
        return []
    if schema.is_compared:
        return [Finding(Reason.SCHEMA, Severity.CRITICAL)]
    return [Finding(Reason.SCHEMA, Severity.WARNING)]


def is_stale(measured_at: datetime, now: datetime, interval: timedelta) -> bool:
    """Return whether a measurement is too old to say anything of now."""
    return now - measured_at > interval * float(STALE_INTERVALS)


def shown(standing: Standing | None, look: Look | None, *, is_old: bool) -> Severity:
    """Return the state of a sync that is shown: never OK where its newest look failed.

    Parameters:
        is_old: the newest look is too old to say anything of now.
    """
    if look is None or is_old or standing is None:
        return Severity.UNKNOWN
    if look.outcome is Outcome.FAILED:
        return worst((standing.severity, Severity.UNKNOWN))
    return standing.severity


def severity_of_issue(kind: IssueKind, verdict: Verdict) -> Severity:
    """Return how bad an issue is by itself: a partition that is not there is critical.

    What concerns the whole sync is as bad as the verdict's finding of it.
    """
    if kind is IssueKind.NO_PARTITION:
        return Severity.CRITICAL
    reason = REASON_OF_ISSUE.get(kind)
    for finding in verdict.findings:
        if finding.reason is reason:
            return finding.severity
    return Severity.WARNING


REASON_OF_ISSUE = {
    IssueKind.SCHEMA: Reason.SCHEMA,
    IssueKind.LAG: Reason.LAG,
    IssueKind.NOT_MEASURED: Reason.NOT_MEASURED,
    IssueKind.BOTH_EMPTY: Reason.BOTH_EMPTY,
    IssueKind.SOURCE_LOW: Reason.SOURCE_LOW,
    IssueKind.STOPPED: Reason.STOPPED,
}
