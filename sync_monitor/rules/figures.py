"""The figures of a sync, out of its cells: summed over partitions, never of two totals.

A double in one partition must not cancel a row that another lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sync_monitor.measurements import (
    Cell,
    CellState,
    Differences,
    Figures,
    Newest,
    SchemaDifference,
)
from sync_monitor.model import Bound, Deletes
from sync_monitor.rules.differences import faulty_extra
from sync_monitor.rules.quality import quality_of

HUNDREDTH = Decimal("0.01")
TENTH = Decimal("0.1")
#: Clocks of hosts that write rows differ by less. What is further ahead is no row's time.
FUTURE_TOLERANCE = timedelta(minutes=90)


def measure(
    cells: Sequence[Cell],
    newest: Newest,
    schema: SchemaDifference | None = None,
    *,
    deletes: Deletes = Deletes.PROPAGATE,
    expected_low: tuple[str, ...] = (),
    unmeasured_count: int = 0,
) -> Figures:
    """Return the figures of the judged cells among these.

    The newest times count whatever was judged.

    Parameters:
        expected_low: the partitions of which Oracle itself holds too few rows.
        unmeasured_count: of the promised partitions.
    """
    judged = [cell for cell in cells if cell.is_judged]
    oracle = sum(rows(cell.oracle_rows) for cell in judged)
    gap, extra, bound = differing_rows(judged)
    confirmed = confirmed_rows(judged, deletes)
    certain = [cell for cell in judged if cell.is_confirmed]
    changed = changed_rows(judged)
    return Figures(
        oracle_count=oracle,
        lake_count=sum(rows(cell.lake_rows) for cell in judged),
        sync_gap=gap,
        extra_rows=extra,
        changed_rows=changed,
        bound=bound,
        gap_percentage=gap_percentage(gap, oracle),
        lag=freshness_lag(newest),
        age=age(newest),
        missing_partitions=missing_partitions(judged),
        unconfirmed_rows=unconfirmed_rows(judged, deletes),
        confirmed_gap=confirmed[0],
        confirmed_extra=confirmed[1],
        confirmed_changed=confirmed[2],
        confirmed_missing=missing_partitions(certain),
        late_partitions=keys_of(judged, CellState.LATE),
        judged_count=len(judged),
        quality=quality_of(judged, schema),
        has_future_rows=newest.has_future_rows,
        expected_low=expected_low,
        unmeasured_count=unmeasured_count,
        confirmed_other=keys_of(certain, CellState.CHANGED),
        is_lag_unknown=is_lag_unknown(cells, newest),
    )


def differing_rows(judged: Sequence[Cell]) -> tuple[int, int, Bound]:
    """Return what is missing, and too many, and whether that is exact."""
    gap = extra = 0
    bound = Bound.EXACT
    for cell in judged:
        found = differences_of(cell)
        gap += found.missing
        extra += found.extra
        if found.bound is Bound.AT_LEAST:
            bound = Bound.AT_LEAST
    return gap, extra, bound


def rows(count: int | None) -> int:
    """Return a count of a judged cell, whose lake may have no partition to count."""
    return count or 0


def differences_of(cell: Cell) -> Differences:
    """Return the differences of a judged cell."""
    assert cell.differences is not None
    return cell.differences


def changed_rows(judged: Sequence[Cell]) -> int | None:
    """Return the rows with other contents, None where no cell's rows were compared."""
    found = None
    for cell in judged:
        changed = differences_of(cell).changed
        if changed is not None:
            found = (found or 0) + changed
    return found


def confirmed_rows(judged: Sequence[Cell], deletes: Deletes) -> tuple[int, int, int]:
    """Return what is missing, at fault too many, and changed in cells that were confirmed."""
    missing = extra = changed = 0
    for cell in judged:
        if cell.is_confirmed:
            found = differences_of(cell)
            missing += found.missing
            extra += faulty_extra(found, deletes)
            changed += found.changed or 0
    return missing, extra, changed


def unconfirmed_rows(judged: Sequence[Cell], deletes: Deletes) -> int:
    """Return what is at fault in cells that one look alone has seen so."""
    count = 0
    for cell in judged:
        if cell.is_faulty and not cell.is_confirmed:
            found = differences_of(cell)
            count += found.missing + faulty_extra(found, deletes) + (found.changed or 0)
    return count


def missing_partitions(judged: Sequence[Cell]) -> tuple[str, ...]:
    """Return the keys of the partitions that Oracle has rows of and the lake none, ascending."""
    return keys_of(judged, CellState.NO_PARTITION)


def keys_of(cells: Sequence[Cell], state: CellState) -> tuple[str, ...]:
    """Return the keys of the cells in a state, ascending."""
    return tuple(sorted(cell.partition.key for cell in cells if cell.state is state))


def gap_percentage(gap: int, oracle_count: int) -> Decimal | None:
    """Return the gap in percent of Oracle's rows, half up to two decimals.

    None where Oracle has no row, of which nothing can be missing. It is shown, never decided on.
    """
    if not oracle_count:
        return None
    return (Decimal(100 * gap) / oracle_count).quantize(HUNDREDTH, ROUND_HALF_UP)


def gap_text(gap: int | None, percentage: Decimal | None) -> str:
    """Return the gap as people read it: no gap that is there shows as 0."""
    if percentage is None:
        return "n/a"
    if gap and not percentage:
        return "< 0.01 %"
    return f"{percentage} %"


def is_future(moment: datetime, now: datetime) -> bool:
    """Return whether a row's time is further ahead of the clock than clocks differ."""
    return moment > now + FUTURE_TOLERANCE


def freshness_lag(newest: Newest) -> timedelta | None:
    """Return how far the lake's newest row is behind Oracle's: data is compared with data.

    So an idle source has no lag. None where a side has no row, or none that counts.
    """
    for moment in (newest.oracle, newest.lake):
        if moment is None or is_future(moment, newest.now):
            return None
    assert newest.oracle and newest.lake
    return max(timedelta(0), newest.oracle - newest.lake)


def is_lag_unknown(cells: Sequence[Cell], newest: Newest) -> bool:
    """Return whether Oracle has rows within these partitions or behind, and no lag is known."""
    if not cells or newest.oracle is None or is_future(newest.oracle, newest.now):
        return False
    begin = min(cell.partition.begin for cell in cells)
    return newest.oracle >= begin and freshness_lag(newest) is None


def age(newest: Newest) -> timedelta | None:
    """Return how old the lake's newest row is by the database's clock."""
    if newest.lake is None or is_future(newest.lake, newest.now):
        return None
    return max(timedelta(0), newest.now - newest.lake)


def in_hours(length: timedelta | None) -> Decimal | None:
    """Return a length in hours, half up to one decimal, as it is shown."""
    if length is None:
        return None
    microseconds = length // timedelta(microseconds=1)
    return (Decimal(microseconds) / 3_600_000_000).quantize(TENTH, ROUND_HALF_UP)
