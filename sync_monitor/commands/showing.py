"""Looks and syncs in words, for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from sync_monitor.measurements import Cell, CellState, Figures
from sync_monitor.model import Bound, Severity
from sync_monitor.verdicts import Issue, Look, Outcome

#: A sign beside the word, so that no colour is needed.
GLYPHS = {
    Severity.OK: "●",
    Severity.WARNING: "▲",
    Severity.UNKNOWN: "?",
    Severity.CRITICAL: "◆",
}


def line_of(look: Look) -> str:
    """Return a look in one line."""
    severity = look.verdict.severity
    text = f"{GLYPHS[severity]} {severity.value:8} {look.sync}"
    if look.outcome is Outcome.FAILED:
        return f"{text}  not measured: {look.error_code}"
    return f"{text}  {figures_in_words(look.figures)}"


def figures_in_words(figures: Figures | None) -> str:
    """Return the figures of a look in words."""
    if figures is None:
        return "not measured"
    if not figures.judged_count:
        return "no partition is settled, promised and measured yet"
    parts = [f"{figures.oracle_count:,} in the source"]
    if figures.lake_count is not None:
        parts = [f"{figures.oracle_count:,} rows in Oracle, {figures.lake_count:,} in the lake"]
    parts.extend(differences_in_words(figures))
    if figures.missing_partitions:
        parts.append(f"missing {', '.join(figures.missing_partitions)}")
    if figures.unmeasured_count:
        parts.append(f"{figures.judged_count} of {figures.promised_count} partitions measured")
    if figures.has_null_partition:
        parts.append("rows of the lake without a partition are in no figure")
    if figures.lag:
        parts.append(f"lag {figures.lag.total_seconds() / 3600:.1f} h")
    return "; ".join(parts)


def differences_in_words(figures: Figures) -> list[str]:
    """Return which rows are not as they should be, and whether that is exact."""
    parts: list[str] = []
    least = "at least " if figures.bound is Bound.AT_LEAST else ""
    if figures.sync_gap:
        percent = "" if figures.gap_percentage is None else f" ({figures.gap_percentage} %)"
        parts.append(f"gap {least}{figures.sync_gap:,}{percent}")
    if figures.extra_rows:
        parts.append(f"extra {least}{figures.extra_rows:,}")
    if figures.changed_rows:
        parts.append(f"changed {least}{figures.changed_rows:,}")
    elif figures.confirmed_other:
        parts.append("contents differ")
    return parts


def moment(at: datetime | None) -> str | None:
    """Return a moment as JSON has it."""
    if at is None:
        return None
    return at.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def look_as_json(look: Look) -> dict[str, Any]:
    """Return a look as the audit trail shows it."""
    return {
        "run": look.run_id,
        "sync": look.sync,
        "began": moment(look.began),
        "took_seconds": round(look.took.total_seconds(), 3),
        "trigger": look.trigger.value,
        "by": look.by,
        "settings_hash": look.settings_hash,
        "outcome": look.outcome.value,
        "severity": look.verdict.severity.value,
        "findings": [finding.reason.value for finding in look.verdict.findings],
        "error_code": look.error_code or None,
        "figures": figures_as_json(look.figures),
        "cost": {
            "oracle_statements": look.cost.oracle_statements,
            "oracle_rows": look.cost.oracle_rows,
            "lake_statements": look.cost.lake_statements,
            "lake_rows": look.cost.lake_rows,
        },
    }


def figures_as_json(figures: Figures | None) -> dict[str, Any] | None:
    """Return the figures of a look, None where it measured nothing."""
    if figures is None:
        return None
    percent = figures.gap_percentage
    return {
        "oracle_count": figures.oracle_count,
        "lake_count": figures.lake_count,
        "sync_gap": figures.sync_gap,
        "extra_rows": figures.extra_rows,
        "changed_rows": figures.changed_rows,
        "bound": figures.bound.value,
        "gap_percentage": None if percent is None else float(percent),
        "lag_seconds": None if figures.lag is None else int(figures.lag.total_seconds()),
        "age_seconds": None if figures.age is None else int(figures.age.total_seconds()),
        "missing_partitions": list(figures.missing_partitions),
        "late_partitions": list(figures.late_partitions),
        "judged_partitions": figures.judged_count,
        "unmeasured_partitions": figures.unmeasured_count,
        "has_null_partition": figures.has_null_partition,
        "quality_score": figures.quality.score,
        "quality_measured": figures.quality.measured_count,
    }


def issue_as_json(issue: Issue) -> dict[str, Any]:
    """Return an issue."""
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


def issue_in_words(issue: Issue) -> str:
    """Return an issue in one line."""
    where = f" {issue.partition}" if issue.partition else ""
    rows = f", {issue.rows:,} rows" if issue.rows else ""
    sure = "" if issue.confirmed_at else ", not confirmed"
    return f"#{issue.number} {issue.kind.value}{where}{rows}{sure}"


def cell_as_json(cell: Cell) -> dict[str, Any]:
    """Return a partition as it was measured."""
    found = cell.differences
    differences: Mapping[str, Any] | None = None
    if found is not None:
        differences = {
            "missing": found.missing,
            "extra": found.extra,
            "changed": found.changed,
            "doubled": found.doubled,
            "without_key": found.without_key,
            "bound": found.bound.value,
        }
    return {
        "partition": cell.partition.key,
        "state": cell.state.value,
        "checked_at": moment(cell.checked_at),
        "level": cell.level.value,
        "oracle_rows": cell.oracle_rows,
        "lake_rows": cell.lake_rows,
        "has_partition": cell.has_partition,
        "differences": differences,
        "differing_buckets": list(cell.buckets) if cell.buckets else None,
    }


def is_well(cell: Cell) -> bool:
    """Return whether nothing is to be said of a partition."""
    return cell.state is CellState.OK
