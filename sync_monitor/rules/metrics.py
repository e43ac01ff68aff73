"""The seven keys of /api/metrics, in their order and with their types."""

from __future__ import annotations

from decimal import Decimal

from sync_monitor.measurements import Figures
from sync_monitor.model import Severity
from sync_monitor.rules.figures import in_hours


def metrics(figures: Figures | None, severity: Severity) -> dict[str, object]:
    """Return the figures of a sync as the page's oldest readers know them.

    What was not measured is null, and then the severity is UNKNOWN.
    """
    if figures is None:
        return {
            "oracle_count": None,
            "lake_count": None,
            "sync_gap": None,
            "gap_percentage": None,
            "freshness_lag_hours": None,
            "severity": Severity.UNKNOWN.value,
            "missing_partitions": None,
        }
    return {
        "oracle_count": figures.oracle_count,
        "lake_count": figures.lake_count,
        "sync_gap": figures.sync_gap,
        "gap_percentage": as_number(figures.gap_percentage),
        "freshness_lag_hours": as_number(in_hours(figures.lag)),
        "severity": severity.value,
        "missing_partitions": list(figures.missing_partitions),
    }


def as_number(value: Decimal | None) -> float | None:
    """Return a number as JSON has it."""
    if value is None:
        return None
    return float(value)
