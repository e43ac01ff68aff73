"""The data quality score: the smallest of what was measured, no weights and no average.

So 100 means that no fault is known, and nothing good hides anything bad.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync_monitor.measurements import Cell, CellState, Quality, Ratio, SchemaDifference


def quality_of(judged: Sequence[Cell], schema: SchemaDifference | None) -> Quality:
    """Return the five ratios of judged cells and the score."""
    ratios = (
        ("completeness", completeness(judged)),
        ("uniqueness", uniqueness(judged)),
        ("agreement", agreement(judged)),
        ("punctuality", punctuality(judged)),
        ("schema", schema_ratio(schema)),
    )
    return Quality(ratios, score(ratios))


def score(ratios: Sequence[tuple[str, Ratio | None]]) -> int | None:
    """Return the smallest measured ratio in whole percent, rounded down.

    None without completeness: the others say nothing of rows that are not there.
    """
    percents: list[int] = []
    for name, ratio in ratios:
        if ratio is not None:
            percents.append(ratio.percent_floor)
        elif name == "completeness":
            return None
    return max(0, min(percents))


def ratio_of(good: int, total: int) -> Ratio | None:
    """Return a ratio, None of nothing."""
    if total <= 0:
        return None
    return Ratio(good, total)


def completeness(judged: Sequence[Cell]) -> Ratio | None:
    """Return the rows of Oracle that the lake has, of all."""
    missing = 0
    total = 0
    for cell in judged:
        total += cell.oracle_rows or 0
        if cell.differences:
            missing += cell.differences.missing
    return ratio_of(total - missing, total)


def uniqueness(judged: Sequence[Cell]) -> Ratio | None:
    """Return the rows of the lake that are no further copies, of those whose doubles were counted.

    Where rows were not compared, as many as are too many may be copies: they count as such only
    where the key level says so.
    """
    doubled = 0
    total = 0
    for cell in judged:
        if cell.differences and cell.differences.doubled is not None:
            doubled += cell.differences.doubled
            total += cell.lake_rows or 0
    return ratio_of(total - doubled, total)


def agreement(judged: Sequence[Cell]) -> Ratio | None:
    """Return the rows with equal contents, of those whose contents were compared."""
    changed = 0
    total = 0
    for cell in judged:
        found = cell.differences
        if found and found.changed is not None and found.compared is not None:
            changed += found.changed
            total += found.compared
    return ratio_of(total - changed, total)


def punctuality(judged: Sequence[Cell]) -> Ratio | None:
    """Return the partitions that were whole by their promise, of those watched in time.

    One that was whole already when the monitor first saw it, long after its promise, is neither.
    """
    total = 0
    on_time = 0
    for cell in judged:
        is_absent = cell.state in (CellState.NO_PARTITION, CellState.ROWS_MISSING)
        if cell.oracle_rows and (is_absent or cell.whole_at is not None):
            total += 1
            on_time += not is_absent and cell.state is not CellState.LATE
    return ratio_of(on_time, total)


def schema_ratio(schema: SchemaDifference | None) -> Ratio | None:
    """Return the columns that are the same, of all of Oracle."""
    if schema is None:
        return None
    return ratio_of(schema.agreeing, schema.column_count)
