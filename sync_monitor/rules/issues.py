"""Which issues are open after a look: opened, confirmed and closed, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sync_monitor.measurements import Cell, CellState, Differences
from sync_monitor.rules.severity import REASON_OF_ISSUE, severity_of_issue
from sync_monitor.verdicts import ISSUE_OF_CELL, Issue, IssueKind, Reason, Verdict


@dataclass(frozen=True)
class Found:
    """What a look found that is an issue."""

    kind: IssueKind
    partition: str = ""
    rows: int = 0
    is_confirmed: bool = True


def find_issues(cells: Sequence[Cell], verdict: Verdict, *, is_first: bool) -> list[Found]:
    """Return what is wrong after a look: the faulty cells, then what concerns the whole sync.

    Of the whole sync counts what the first look of all finds, or one that no second one follows,
    else what two of them find.
    """
    found: list[Found] = []
    for cell in cells:
        kind = ISSUE_OF_CELL.get(cell.state)
        if kind is not None and cell.differences is not None:
            rows = rows_of(cell.state, cell.differences)
            found.append(Found(kind, cell.partition.key, rows, cell.is_confirmed))
    for kind, reason in REASON_OF_ISSUE.items():
        if verdict.has(reason):
            found.append(Found(kind, is_confirmed=is_first))
    return found


def rows_of(state: CellState, found: Differences) -> int:
    """Return how many rows the state of a cell is about."""
    if state in (CellState.NO_PARTITION, CellState.ROWS_MISSING):
        return found.missing
    if state is CellState.EXTRA:
        return found.extra
    return found.changed or 0


def follow_issues(
    open_issues: Sequence[Issue],
    found: Sequence[Found],
    sync: str,
    verdict: Verdict,
    at: datetime,
    *,
    unseen: frozenset[str] = frozenset(),
    is_standing: bool = True,
) -> list[Issue]:
    """Return the issues of a sync after a look, those that it closes too.

    Parameters:
        open_issues: as they were before.
        unseen: partitions that the look did not measure. Their issues stay as they are.
        is_standing: the sync's state follows the verdict. Else a confirmed issue of the whole sync
            stays: one look that does not see it does not end it.

    What this look saw has no `last_look` yet: it is the look itself, which the history numbers.
    """
    before = {(issue.kind, issue.partition): issue for issue in open_issues}
    after: list[Issue] = []
    for each in found:
        issue = before.pop((each.kind, each.partition), None)
        if issue is None:
            after.append(opened(each, sync, verdict, at))
        else:
            after.append(found_again(issue, each, verdict, at))
    for issue in before.values():
        if may_stand(issue, verdict, unseen, is_standing=is_standing):
            after.append(issue)
        else:
            after.append(replace(issue, closed_at=at))
    return after


def opened(found: Found, sync: str, verdict: Verdict, at: datetime) -> Issue:
    """Return the issue that a look is the first to find."""
    confirmed_at = None
    if found.is_confirmed:
        confirmed_at = at
    severity = severity_of_issue(found.kind, verdict)
    return Issue(sync, found.kind, found.partition, severity, found.rows, at, confirmed_at)


def found_again(issue: Issue, found: Found, verdict: Verdict, at: datetime) -> Issue:
    """Return an issue that is open as a look found it again, which confirms one of all the sync."""
    confirmed_at = issue.confirmed_at
    if confirmed_at is None and (found.is_confirmed or found.kind in REASON_OF_ISSUE):
        confirmed_at = at
    return replace(
        issue,
        severity=severity_of_issue(found.kind, verdict),
        rows=found.rows,
        confirmed_at=confirmed_at,
        last_look=None,
    )


def may_stand(issue: Issue, verdict: Verdict, unseen: frozenset[str], *, is_standing: bool) -> bool:
    """Return whether an issue that a look did not see may be there still."""
    if verdict.has(Reason.NOT_MEASURED) or issue.partition in unseen:
        return True
    if issue.kind is IssueKind.LAG and verdict.has(Reason.LAG_NOT_MEASURED):
        return True
    is_of_sync = issue.kind in REASON_OF_ISSUE and issue.confirmed_at is not None
    return is_of_sync and not is_standing
