"""Open issues as a person reads them: the fact, the evidence, and the SQL that heals it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_monitor.history import queries, runbooks
from sync_monitor.measurements import Cell, Figures, Level, Ratio
from sync_monitor.model import Bound, Sync
from sync_monitor.records import KeptRunbook
from sync_monitor.rules.figures import gap_percentage
from sync_monitor.rules.periods import promised_at
from sync_monitor.verdicts import Issue, IssueKind, Outcome
from sync_monitor.web.states import State
from sync_monitor.web.streams import StreamWords, lag_of, short, stream_words, sum_of, unit_of
from sync_monitor.web.words import Clock, count, hours, length, many, percent

#: Of a page. The others stand in the API.
MOST_ISSUES = 50


@dataclass(frozen=True)
class ShownIssue:
    """A confirmed issue.

    Parameters:
        fact: what is wrong, in a few words.
        evidence: sentences, each with figures of the history.
        runbook: None where no statement heals it.
        is_void: the runbook is older than the look that had to find the issue again.
    """

    issue: Issue
    fact: str
    evidence: tuple[str, ...]
    runbook: KeptRunbook | None
    is_void: bool = False


def read_issues(
    connection: sqlite3.Connection, state: State, clock: Clock, now: datetime
) -> tuple[list[ShownIssue], int]:
    """Return the confirmed issues of a sync, the worst first, and how many others are open."""
    found = queries.open_issues(connection, state.name)
    cells = queries.cells(connection, state.name)
    confirmed = [issue for issue in found if issue.confirmed_at is not None]
    confirmed.sort(key=lambda issue: (-issue.severity.rank, -issue.rows, issue.partition))
    shown: list[ShownIssue] = []
    for issue in confirmed[:MOST_ISSUES]:
        kept = None
        if issue.number is not None:
            kept = runbooks.runbook(connection, issue.number)
        cell = cells.get(issue.partition)
        shown.append(
            ShownIssue(
                issue,
                fact_of(issue, state, cell),
                tuple(evidence_of(issue, state, cell, clock, now=now)),
                kept,
                is_void=kept is not None and now > kept.void_after,
            )
        )
    return shown, len(found) - len(confirmed)


def fact_of(issue: Issue, state: State, cell: Cell | None) -> str:
    """Return what is wrong, in a few words."""
    named = f"{state.sync.partition_column}={issue.partition}"
    if issue.kind is IssueKind.NO_PARTITION:
        return f"No partition {named}"
    if issue.kind is IssueKind.SET_ASIDE:
        return f"{many(issue.rows, unit_of(state.sync))} set aside"
    words = stream_words(state.sync)
    if words is not None and issue.kind is IssueKind.ROWS_MISSING:
        return f"{many(issue.rows, words.unit)} {words.missing}"
    if issue.kind in ROWS and not issue.rows:
        return f"Other contents in {named}"
    if issue.kind in ROWS:
        least = ""
        if is_lower_bound(cell):
            least = "At least "
        return f"{least}{many(issue.rows, 'row')} {ROWS[issue.kind]} in {named}"
    if words is not None and issue.kind is IssueKind.LAG and state.figures is not None:
        return f"{words.lag.capitalize()}: {lag_of(state.sync, state.figures)}"
    if issue.kind is IssueKind.LAG and state.figures is not None:
        return f"The lake is {hours(state.figures.lag)} behind Oracle"
    if (
        issue.kind is IssueKind.NOT_MEASURED
        and state.look is not None
        and not is_passing(issue, state)
    ):
        return f"Not measured: {state.look.error_code or 'no look in time'}"
    return FACTS[issue.kind]


def is_passing(issue: Issue, state: State) -> bool:
    """Return whether the newest look did not see an issue of the whole sync any more."""
    look = state.look
    if look is None or state.is_old or look.outcome is Outcome.FAILED:
        return False
    return not issue.partition and issue.last_look != look.run_id


def is_lower_bound(cell: Cell | None) -> bool:
    """Return whether a partition may differ in more rows than were counted."""
    if cell is None or cell.differences is None:
        return False
    return cell.differences.bound is Bound.AT_LEAST


ROWS: Mapping[IssueKind, str] = {
    IssueKind.ROWS_MISSING: "missing",
    IssueKind.ROWS_EXTRA: "too many",
    IssueKind.ROWS_CHANGED: "changed",
}
FACTS: Mapping[IssueKind, str] = {
    IssueKind.SCHEMA: "The columns of both sides differ",
    IssueKind.LAG: "The lake is behind Oracle",
    IssueKind.NOT_MEASURED: "Not measured",
    IssueKind.BOTH_EMPTY: "Both sides are empty",
    IssueKind.SOURCE_LOW: "Oracle itself has few rows",
    IssueKind.STOPPED: "The pipeline stands still",
}


def evidence_of(
    issue: Issue, state: State, cell: Cell | None, clock: Clock, *, now: datetime
) -> list[str]:
    """Return the sentences that an issue rests on."""
    found: list[str] = []
    if cell is not None and issue.partition:
        found.extend(evidence_of_cell(issue, state, cell, clock, now=now))
    else:
        found.extend(evidence_of_sync(issue, state))
    if is_passing(issue, state):
        found.append("The newest look did not see it: if the next one does not either, it is over.")
    if issue.confirmed_at is not None and issue.confirmed_at > issue.opened_at:
        waited = length(issue.confirmed_at - issue.opened_at)
        found.append(f"Confirmed by another look {waited} later: not in flight.")
    return found


def evidence_of_cell(
    issue: Issue, state: State, cell: Cell, clock: Clock, *, now: datetime
) -> list[str]:
    """Return what is known of a partition that is not as it should be."""
    found: list[str] = []
    if cell.oracle_rows is not None and cell.lake_rows is not None:
        lake = count(cell.lake_rows)
        if not cell.has_partition:
            lake = "none"
        found.append(f"Oracle has {many(cell.oracle_rows, 'row')}, the lake {lake}.")
    if issue.kind is IssueKind.NO_PARTITION:
        found.append(late(cell, state.sync, clock, now))
        found.extend(share(cell, state))
    if cell.buckets is not None:
        differing, every = cell.buckets
        found.append(f"In {count(differing)} of {many(every, 'key bucket')}.")
    if cell.level is not Level.KEYS and issue.kind in ROWS:
        found.append("Rows were counted, not compared by their keys.")
    if cell.differences is not None and cell.differences.doubled:
        found.append(f"{many(cell.differences.doubled, 'row')} there more than once.")
    return found


def late(cell: Cell, sync: Sync, clock: Clock, now: datetime) -> str:
    """Return until when a partition was promised, and how late it is."""
    promised = promised_at(cell.partition, sync)
    text = f"Promised by {clock.moment(promised)}"
    if now > promised:
        text += f", now {length(now - promised)} late"
    return f"{text}."


def share(cell: Cell, state: State) -> list[str]:
    """Return what a day that is gone is of the window, beside being all of itself.

    Nothing where no other day has a row.
    """
    figures = state.figures
    if figures is None or not cell.oracle_rows or cell.oracle_rows == figures.oracle_count:
        return []
    of_window = percent(gap_percentage(cell.oracle_rows, figures.oracle_count))
    return [f"{of_window} of the window, but 100 % of that {state.sync.grain.value}."]


def evidence_of_sync(issue: Issue, state: State) -> list[str]:
    """Return what is known of a sync that is not as it should be as a whole."""
    figures = state.figures
    limits = state.sync.limits
    if issue.kind is IssueKind.SET_ASIDE:
        return ["Its destination refused it: it goes only by a person."]
    words = stream_words(state.sync)
    if words is not None and figures is not None:
        return evidence_of_stream(issue, state.sync, words, figures)
    if issue.kind is IssueKind.LAG and figures is not None:
        return [
            f"Warning from {hours(limits.warning_lag)} on.",
            f"Critical from {hours(limits.critical_lag)} on.",
            f"The lake's newest row is {hours(figures.age)} old.",
        ]
    if issue.kind is IssueKind.NOT_MEASURED and state.sync.grants_to:
        return [f"Who can grant it: {state.sync.grants_to}."]
    if issue.kind is IssueKind.SOURCE_LOW and figures is not None:
        return [f"Less than half of such weekdays: {', '.join(figures.expected_low)}."]
    if issue.kind is IssueKind.SCHEMA and figures is not None:
        return schema_ratio(figures.quality.ratios)
    return []


def evidence_of_stream(issue: Issue, sync: Sync, words: StreamWords, figures: Figures) -> list[str]:
    """Return what is known of a stream that is not as it should be."""
    if issue.kind is IssueKind.ROWS_MISSING:
        return [f"{sum_of(words, figures)}."]
    found: list[str] = []
    if issue.kind is not IssueKind.LAG and figures.lag is not None:
        found.append(f"{words.lag.capitalize()}: {lag_of(sync, figures)}.")
    found.append(f"Warning from {hours(sync.limits.warning_lag)} on.")
    found.append(f"Critical from {hours(sync.limits.critical_lag)} on.")
    if figures.age is not None:
        found.append(f"{words.heard.capitalize()} {short(figures.age)} ago.")
    return found


def schema_ratio(ratios: Sequence[tuple[str, Ratio | None]]) -> list[str]:
    """Return how many columns agree."""
    ratio = dict(ratios).get("schema")
    if ratio is None:
        return []
    return [f"{ratio.good} of {many(ratio.total, 'column')} agree."]
