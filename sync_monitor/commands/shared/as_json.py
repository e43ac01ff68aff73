"""Looks and partitions as commands print them as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync_monitor.measurements import Cell, Figures
from sync_monitor.verdicts import Look
from sync_monitor.web.json_objects import moment


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
