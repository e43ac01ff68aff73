"""The runbook of each issue that a look has found: SQL for a partition, commands for a stream."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sync_monitor.lake.seam import Lake
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.pace import Pace
from sync_monitor.measurements import Cell
from sync_monitor.model import Engine, Sync
from sync_monitor.records import KeptRunbook
from sync_monitor.rows.dialects import DIALECT_OF
from sync_monitor.rules.periods import partition_named
from sync_monitor.runbooks.repair import Repair
from sync_monitor.runbooks.sql import write_runbook
from sync_monitor.runbooks.stream_commands import SHELL, Trouble, write_commands
from sync_monitor.triage.case import Case
from sync_monitor.triage.conditions import zone_shift
from sync_monitor.verdicts import ISSUE_OF_CELL, Issue, Outcome

#: By which an engine that reads both sides names Oracle's.
ORACLE_CATALOG = "oracle"


def make_runbooks(
    case: Case, looked: Looked, pace: Pace, lakes: Mapping[Engine, Lake]
) -> list[KeptRunbook]:
    """Return what heals the issues that a look has just found, none where nothing does."""
    found: list[KeptRunbook] = []
    for issue in case.issues:
        if case.sync.stream:
            kept = commands_of(case.sync, looked, issue, pace)
        else:
            kept = statements_of(repair_of(case, looked, issue, pace, lakes))
        if kept is not None:
            found.append(kept)
    return found


def commands_of(sync: Sync, looked: Looked, issue: Issue, pace: Pace) -> KeptRunbook | None:
    """Return what heals an issue of a stream that a look counted, None where nothing does."""
    if looked.counts is None or issue.number is None or issue.last_look is None:
        return None
    began, stretches = looked.entry.look.began, looked.counts.stretches
    trouble = Trouble(sync.stream, issue, stretches, issue.last_look, began)
    written = write_commands(trouble)
    if written is None:
        return None
    return KeptRunbook(issue.number, issue.last_look, SHELL, written, void_after(looked, pace))


def statements_of(repair: Repair | None) -> KeptRunbook | None:
    """Return what heals an issue of a partition, None where nothing does."""
    if repair is None or repair.issue.number is None:
        return None
    try:
        written = write_runbook(repair)
    except ValueError:
        # A name that the engine can't quote.
        return None
    if written is None:
        return None
    return KeptRunbook(
        repair.issue.number, repair.run_id, written.dialect.value, written.text, repair.void_after
    )


def repair_of(
    case: Case, looked: Looked, issue: Issue, pace: Pace, lakes: Mapping[Engine, Lake]
) -> Repair | None:
    """Return what the runbook of an issue is made of, None where no look has just found it."""
    if looked.entry.look.outcome is Outcome.FAILED or issue.last_look is None:
        return None
    cell = faulty_cell(looked, issue)
    if cell is None or looked.catalogs is None:
        return None
    is_text = True
    unregistered: Mapping[str, str] = {}
    if looked.listing is not None:
        is_text = looked.listing.is_text
        unregistered = looked.listing.unregistered or {}
    sync = case.sync
    return Repair(
        sync=looked.catalogs.sync,
        issue=issue,
        partition=partition_named(issue.partition, sync),
        run_id=issue.last_look,
        measured_at=looked.entry.look.began,
        void_after=void_after(looked, pace),
        oracle_rows=cell.oracle_rows or 0,
        lake_rows=cell.lake_rows or 0,
        columns=looked.catalogs.columns,
        dialect=DIALECT_OF[sync.engine],
        source_name=f"{ORACLE_CATALOG}.{sync.source.lower()}",
        lake_name=lakes[sync.engine].name_of(sync),
        is_text=is_text,
        is_unregistered=issue.partition in unregistered,
        staged_name=unregistered.get(issue.partition, ""),
        is_shifted=bool(zone_shift(case)),
    )


def faulty_cell(looked: Looked, issue: Issue) -> Cell | None:
    """Return the faulty partition that an issue is of, None where the look measured none."""
    if issue.kind not in ISSUE_OF_CELL.values():
        return None
    for cell in looked.entry.cells:
        if cell.partition.key == issue.partition and cell.is_faulty:
            return cell
    return None


def void_after(looked: Looked, pace: Pace) -> datetime:
    """Return until when a look must have found again what this one found."""
    return looked.entry.look.began + max(pace.interval, pace.confirm)
