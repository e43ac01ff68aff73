"""Which issues are open after a look: opened, confirmed and closed, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sync_monitor.measured import Cell, CellState, Differences
from sync_monitor.rules.severity import REASON_OF_ISSUE, severity_of_issue
from sync_monitor.verdicts import ISSUE_OF_CELL, Issue, IssueKind, Reason, Verdict


@dataclass(frozen=True)
class Found:
    """What a look found that is an issue."""

    kind: IssueKind
    partition: str = ""
    rows: int = 0
    is_confirmed: bool = True


def find_issues(cells: Sequence[Cell], verdict: Verdict, *, is_standing: bool) -> list[Found]:
    """Return what is wrong after a look: the faulty cells, then what concerns the whole sync.

    `is_standing` says that the sync's state follows the verdict, so that what it finds of the
    whole sync counts.
    """
    found: list[Found] = []
    for cell in cells:
        kind = ISSUE_OF_CELL.get(cell.state)
        if kind is not None and cell.differences is not None:
            rows = rows_of(cell.state, cell.differences)
            found.append(Found(kind, cell.partition.key, rows, cell.is_confirmed))
    for kind, reason in REASON_OF_ISSUE.items():
        if verdict.has(reason):
            found.append(Found(kind, is_confirmed=is_standing))
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
) -> list[Issue]:
    """Return the issues of a sync after a look, those that it closes too.

    Parameters:
        open_issues: as they were before.
        unseen: partitions that the look did not measure. Their issues stay as they are.

    What this look saw has no `last_look` yet: it is the look itself, which the history numbers.
    """
    before = {(issue.kind, issue.partition): issue for issue in open_issues}
    after: list[Issue] = []
    for each in found:
        issue = before.pop((each.kind, each.partition), None)
        if issue is None:
            issue = Issue(sync, each.kind, each.partition, verdict.severity, each.rows, at)
        confirmed_at = issue.confirmed_at
        if confirmed_at is None and each.is_confirmed:
            confirmed_at = at
        severity = severity_of_issue(each.kind, verdict)
        after.append(
            replace(
                issue,
                severity=severity,
                rows=each.rows,
                confirmed_at=confirmed_at,
                last_look=None,
            )
        )
    is_failed = verdict.has(Reason.NOT_MEASURED)
    has_no_lag = verdict.has(Reason.LAG_NOT_MEASURED)
    for issue in before.values():
        # What a look did not see may be there still.
        is_lag = has_no_lag and issue.kind is IssueKind.LAG
        if is_failed or is_lag or issue.partition in unseen:
            after.append(issue)
        else:
            after.append(replace(issue, closed_at=at))
    return after
