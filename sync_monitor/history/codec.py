"""Values to columns and back: times as text of one length, figures as JSON."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta, timezone

from pydantic import TypeAdapter

from sync_monitor.measurements import Cell, CellState, Differences, Figures, Level, Partition
from sync_monitor.model import Severity
from sync_monitor.records import Known
from sync_monitor.verdicts import (
    Cost,
    Finding,
    Issue,
    IssueKind,
    Look,
    Outcome,
    Span,
    Standing,
    Trigger,
    Verdict,
)

FIGURES: TypeAdapter[Figures] = TypeAdapter(Figures)
FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])
DIFFERENCES: TypeAdapter[Differences] = TypeAdapter(Differences)
MICROSECOND = timedelta(microseconds=1)


def to_text(moment: datetime | None) -> str | None:
    """Return a moment as the history writes it: UTC, with six digits of a second."""
    if moment is None:
        return None
    return written(moment)


def written(moment: datetime) -> str:
    """Return a moment that is there as text."""
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")


def to_moment(text: str | None) -> datetime | None:
    """Return a moment of the history."""
    if text is None:
        return None
    return read(text)


def read(text: str) -> datetime:
    """Return a moment that is there."""
    return datetime.fromisoformat(text)


def look_columns(look: Look, run_id: int) -> dict[str, object]:
    """Return the columns of a look, without its hashes, in the order in which they are hashed."""
    figures = None
    if look.figures is not None:
        figures = FIGURES.dump_json(look.figures).decode()
    return {
        "run_id": run_id,
        "sync": look.sync,
        "began": written(look.began),
        "took_microseconds": look.took // MICROSECOND,
        "triggered_by": look.trigger.value,
        "asked_by": look.by,
        "settings_hash": look.settings_hash,
        "outcome": look.outcome.value,
        "severity": look.verdict.severity.value,
        "findings": FINDINGS.dump_json(look.verdict.findings).decode(),
        "figures": figures,
        "oracle_statements": look.cost.oracle_statements,
        "oracle_rows": look.cost.oracle_rows,
        "lake_statements": look.cost.lake_statements,
        "lake_rows": look.cost.lake_rows,
        "error_code": look.error_code,
    }


def read_look(row: sqlite3.Row) -> Look:
    """Return a look."""
    figures = None
    if row["figures"] is not None:
        figures = FIGURES.validate_json(row["figures"])
    findings = FINDINGS.validate_json(row["findings"])
    return Look(
        sync=row["sync"],
        began=read(row["began"]),
        took=row["took_microseconds"] * MICROSECOND,
        trigger=Trigger(row["triggered_by"]),
        by=row["asked_by"],
        settings_hash=row["settings_hash"],
        outcome=Outcome(row["outcome"]),
        verdict=Verdict(Severity(row["severity"]), findings),
        figures=figures,
        cost=Cost(
            row["oracle_statements"],
            row["oracle_rows"],
            row["lake_statements"],
            row["lake_rows"],
        ),
        error_code=row["error_code"],
        run_id=row["run_id"],
    )


def cell_columns(sync: str, cell: Cell) -> dict[str, object]:
    """Return the columns of a cell."""
    differences = None
    if cell.differences is not None:
        differences = DIFFERENCES.dump_json(cell.differences).decode()
    differing, buckets = cell.buckets or (None, None)
    return {
        "sync": sync,
        "partition": cell.partition.key,
        "begins": written(cell.partition.begin),
        "ends": written(cell.partition.end),
        "state": cell.state.value,
        "checked_at": to_text(cell.checked_at),
        "oracle_rows": cell.oracle_rows,
        "lake_rows": cell.lake_rows,
        "has_partition": int(cell.has_partition),
        "level": cell.level.value,
        "differences": differences,
        "differs_since": to_text(cell.differs_since),
        "is_confirmed": int(cell.is_confirmed),
        "whole_at": to_text(cell.whole_at),
        "buckets_differing": differing,
        "buckets_all": buckets,
        "files": cell.files,
    }


def read_cell(row: sqlite3.Row) -> Cell:
    """Return a cell."""
    differences = None
    if row["differences"] is not None:
        differences = DIFFERENCES.validate_json(row["differences"])
    buckets = None
    if row["buckets_all"] is not None:
        buckets = (row["buckets_differing"], row["buckets_all"])
    return Cell(
        Partition(row["partition"], read(row["begins"]), read(row["ends"])),
        CellState(row["state"]),
        checked_at=to_moment(row["checked_at"]),
        oracle_rows=row["oracle_rows"],
        lake_rows=row["lake_rows"],
        has_partition=bool(row["has_partition"]),
        level=Level(row["level"]),
        differences=differences,
        differs_since=to_moment(row["differs_since"]),
        is_confirmed=bool(row["is_confirmed"]),
        whole_at=to_moment(row["whole_at"]),
        buckets=buckets,
        files=row["files"],
    )


def issue_columns(issue: Issue, run_id: int) -> dict[str, object]:
    """Return the columns of an issue, which the look of that run saw where it names no other."""
    return {
        "number": issue.number,
        "sync": issue.sync,
        "kind": issue.kind.value,
        "partition": issue.partition,
        "severity": issue.severity.value,
        "rows": issue.rows,
        "opened_at": written(issue.opened_at),
        "confirmed_at": to_text(issue.confirmed_at),
        "closed_at": to_text(issue.closed_at),
        "first_look": issue.first_look or run_id,
        "last_look": issue.last_look or run_id,
    }


def read_issue(row: sqlite3.Row) -> Issue:
    """Return an issue."""
    return Issue(
        sync=row["sync"],
        kind=IssueKind(row["kind"]),
        partition=row["partition"],
        severity=Severity(row["severity"]),
        rows=row["rows"],
        opened_at=read(row["opened_at"]),
        confirmed_at=to_moment(row["confirmed_at"]),
        closed_at=to_moment(row["closed_at"]),
        first_look=row["first_look"],
        last_look=row["last_look"],
        number=row["number"],
    )


def read_span(row: sqlite3.Row) -> Span:
    """Return a span."""
    return Span(Severity(row["severity"]), read(row["begins"]), read(row["ends"]))


def standing_columns(sync: str, standing: Standing, run_id: int) -> dict[str, object]:
    """Return the columns that a look changes of its sync."""
    candidate = None
    if standing.candidate is not None:
        candidate = standing.candidate.value
    return {
        "name": sync,
        "added_at": written(standing.since),
        "last_run": run_id,
        "severity": standing.severity.value,
        "since": written(standing.since),
        "looked_at": written(standing.looked_at),
        "candidate": candidate,
        "candidate_since": to_text(standing.candidate_since),
        "candidate_count": standing.candidate_count,
    }


def read_known(row: sqlite3.Row) -> Known:
    """Return what is known of a sync."""
    standing = None
    if row["severity"] is not None:
        candidate = None
        if row["candidate"] is not None:
            candidate = Severity(row["candidate"])
        standing = Standing(
            Severity(row["severity"]),
            read(row["since"]),
            read(row["looked_at"]),
            candidate,
            to_moment(row["candidate_since"]),
            row["candidate_count"],
        )
    return Known(row["name"], read(row["added_at"]), standing, row["last_run"])
