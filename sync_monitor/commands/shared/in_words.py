"""Looks and issues in words, for a terminal."""

from __future__ import annotations

from sync_monitor.measurements import Figures
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


def issue_in_words(issue: Issue) -> str:
    """Return an issue in one line."""
    where = f" {issue.partition}" if issue.partition else ""
    rows = f", {issue.rows:,} rows" if issue.rows else ""
    sure = "" if issue.confirmed_at else ", not confirmed"
    return f"#{issue.number} {issue.kind.value}{where}{rows}{sure}"
