"""States, cells, issues and looks as JSON has them. A figure that was not measured is null."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sync_monitor.measurements import Cell, Figures, Ratio
from sync_monitor.records import KeptRunbook, Silence
from sync_monitor.rules.compliance import Compliance, PartitionBudget
from sync_monitor.verdicts import Issue, Look
from sync_monitor.web.states import State

Object = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    """Return a moment in UTC."""
    if at is None:
        return None
    return at.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def number(value: Decimal | None) -> float | None:
    """Return a decimal as JSON has it."""
    if value is None:
        return None
    return float(value)


def seconds(length: timedelta | None) -> float | None:
    """Return a length in seconds."""
    if length is None:
        return None
    return round(length.total_seconds(), 3)


def of_state(state: State) -> Object:
    """Return how a sync is."""
    look = state.look
    checked_at, code, run = None, None, None
    if look is not None:
        checked_at, code, run = look.began, look.error_code or None, look.run_id
    return {
        "name": state.name,
        "source": state.sync.source,
        "target": state.sync.target,
        "engine": None if state.sync.stream else state.sync.engine.value,
        "stream": state.sync.stream or None,
        "severity": state.severity.value,
        "since": moment(state.since),
        "checked_at": moment(checked_at),
        "run": run,
        "is_stale": state.is_old,
        "error_code": code,
        "figures": of_figures(state.figures),
    }


def of_figures(figures: Figures | None) -> Object | None:
    """Return the figures of a look."""
    if figures is None:
        return None
    return {
        "bound": figures.bound.value,
        "oracle_count": figures.oracle_count,
        "lake_count": figures.lake_count,
        "sync_gap": figures.sync_gap,
        "extra_rows": figures.extra_rows,
        "changed_rows": figures.changed_rows,
        "unconfirmed_rows": figures.unconfirmed_rows,
        "gap_percentage": number(figures.gap_percentage),
        "lag_seconds": seconds(figures.lag),
        "age_seconds": seconds(figures.age),
        "missing_partitions": list(figures.missing_partitions),
        "late_partitions": list(figures.late_partitions),
        "judged_partitions": figures.judged_count,
        "unmeasured_partitions": figures.unmeasured_count,
        "has_null_partition": figures.has_null_partition,
        "quality": {
            "score": figures.quality.score,
            "ratios": {name: of_ratio(ratio) for name, ratio in figures.quality.ratios},
        },
    }


def of_ratio(ratio: Ratio | None) -> Object | None:
    """Return how many of how many."""
    if ratio is None:
        return None
    return {"good": ratio.good, "total": ratio.total}


def of_cell(cell: Cell) -> Object:
    """Return what is known of a partition."""
    found = cell.differences
    missing = extra = changed = doubled = bound = None
    if found is not None:
        missing, extra = found.missing, found.extra
        changed, doubled, bound = found.changed, found.doubled, found.bound.value
    return {
        "partition": cell.partition.key,
        "state": cell.state.value,
        "checked_at": moment(cell.checked_at),
        "level": cell.level.value,
        "oracle_rows": cell.oracle_rows,
        "lake_rows": cell.lake_rows,
        "has_partition": cell.has_partition,
        "missing": missing,
        "extra": extra,
        "changed": changed,
        "doubled": doubled,
        "bound": bound,
        "is_confirmed": cell.is_confirmed,
        "differs_since": moment(cell.differs_since),
    }


def issue_as_json(issue: Issue) -> Object:
    """Return an issue, as commands print it."""
    return {
        "issue": issue.number,
        "sync": issue.sync,
        "kind": issue.kind.value,
        "partition": issue.partition or None,
        "severity": issue.severity.value,
        "rows": issue.rows,
        "opened_at": moment(issue.opened_at),
        "confirmed_at": moment(issue.confirmed_at),
        "closed_at": moment(issue.closed_at),
    }


def of_issue(issue: Issue, runbook: KeptRunbook | None) -> Object:
    """Return an issue with the SQL that heals it."""
    return {
        **issue_as_json(issue),
        "first_run": issue.first_look,
        "last_run": issue.last_look,
        "runbook": of_runbook(runbook),
    }


def of_runbook(runbook: KeptRunbook | None) -> Object | None:
    """Return the SQL of an issue."""
    if runbook is None:
        return None
    return {
        "issue": runbook.issue,
        "engine": runbook.dialect,
        "sql": runbook.text,
        "run": runbook.run_id,
        "void_after": moment(runbook.void_after),
    }


def of_look(look: Look) -> Object:
    """Return a look as the audit trail has it."""
    findings: list[Object] = []
    for each in look.verdict.findings:
        findings.append({"reason": each.reason.value, "severity": each.severity.value})
    return {
        "run": look.run_id,
        "sync": look.sync,
        "began": moment(look.began),
        "took_seconds": seconds(look.took),
        "trigger": look.trigger.value,
        "by": look.by,
        "settings_hash": look.settings_hash,
        "outcome": look.outcome.value,
        "severity": look.verdict.severity.value,
        "findings": findings,
        "error_code": look.error_code or None,
        "statements": {"oracle": look.cost.oracle_statements, "lake": look.cost.lake_statements},
        "rows": {"oracle": look.cost.oracle_rows, "lake": look.cost.lake_rows},
        "figures": of_figures(look.figures),
    }


def of_compliance(days: int, found: Compliance, goal: Decimal) -> Object:
    """Return how a sync did in a number of days."""
    return {
        "days": days,
        "percent": number(found.percent),
        "coverage_percent": number(found.coverage_percent),
        "is_covered": found.is_covered,
        "budget_left_percent": number(found.budget_left_percent(goal)),
    }


def of_budget(budget: PartitionBudget) -> Object:
    """Return how many partitions may be late, and were."""
    return {"allowed": budget.allowed, "used": budget.used, "left": budget.left}


def of_silence(silence: Silence) -> Object:
    """Return a silence."""
    return {
        "silence": silence.number,
        "sync": silence.sync or None,
        "asked_by": silence.asked_by,
        "reason": silence.reason,
        "begins": moment(silence.begins),
        "ends": moment(silence.ends),
    }
