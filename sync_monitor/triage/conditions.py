"""When each cause applies. A condition is None where what it needs was not measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from sync_monitor.measurements import Cell, CellState
from sync_monitor.model import Deletes
from sync_monitor.triage.case import Case
from sync_monitor.verdicts import Reason

#: What counts as all of some rows.
NEARLY_ALL_PERCENT = 95
#: A lake that keeps less of what it had was emptied.
TRUNCATED_PERCENT = 10
#: Syncs of one loader that stop within this time stopped together.
TOGETHER = timedelta(hours=1)


def not_measured(case: Case) -> bool:
    """Say whether the look failed on either side."""
    return case.verdict.has(Reason.NOT_MEASURED)


def both_empty(case: Case) -> bool | None:
    """Say whether neither side has a row."""
    if case.figures is None:
        return None
    return case.verdict.has(Reason.BOTH_EMPTY)


def zone_shift(case: Case) -> bool | None:
    """Say whether what partitions lack is what their neighbours have too many, to 95 percent.

    Either all of it is in the next one, or all of it in the one before.
    """
    if case.figures is None:
        return None
    if (case.doubled or 0) * 100 > (case.figures.extra_rows or 0) * (100 - NEARLY_ALL_PERCENT):
        return False
    judged = case.judged
    return moves(judged) or moves(judged[::-1])


def moves(cells: Sequence[Cell]) -> bool:
    """Return whether each cell lacks what the next of these has too many, nearly."""
    same = larger = 0
    for cell, following in pairwise(cells):
        if CellState.NO_PARTITION in (cell.state, following.state):
            continue
        same += min(lacks(cell), exceeds(following))
        larger += max(lacks(cell), exceeds(following))
    return same > 0 and 100 * same >= NEARLY_ALL_PERCENT * larger


def lacks(cell: Cell) -> int:
    """Return the rows that a judged cell lacks."""
    if cell.differences is None:
        return 0
    return cell.differences.missing


def exceeds(cell: Cell) -> int:
    """Return the rows that a judged cell has too many."""
    if cell.differences is None:
        return 0
    return cell.differences.extra


def partition_unregistered(case: Case) -> bool | None:
    """Say whether files of a missing partition lie there, though the lake does not know them."""
    if not case.absent:
        return False
    if case.unregistered is None:
        return None
    return bool(set(case.absent) & set(case.unregistered))


def partition_dropped(case: Case) -> bool | None:
    """Say whether a partition is missing between neighbours that are there.

    One whose files lie there is not dropped.
    """
    if case.figures is None:
        return None
    if truncated(case):
        return False
    judged, lying = case.judged, set(case.unregistered or ())
    for before, cell, after in zip(judged, judged[1:], judged[2:], strict=False):
        is_absent = cell.state is CellState.NO_PARTITION
        if is_absent and cell.partition.key not in lying and is_there(before) and is_there(after):
            return True
    return False


def is_there(cell: Cell) -> bool:
    """Return whether a partition is in the lake with nearly all of its rows."""
    if not cell.lake_rows:
        return False
    return 100 * lacks(cell) <= (100 - NEARLY_ALL_PERCENT) * (cell.oracle_rows or 0)


def load_never_ran(case: Case) -> bool | None:
    """Say whether the newest partitions are missing, or the lake stands still and Oracle does not.

    Where other syncs of the loader stand still too, it is the loader.
    """
    if case.figures is None:
        return None
    if truncated(case) or loader_stopped(case):
        return False
    return newest_absent(case) or stands_still(case)


def newest_absent(case: Case) -> bool:
    """Return whether the newest judged partitions are missing, and one before them is there."""
    judged = [cell for cell in case.judged if cell.oracle_rows]
    count = 0
    while judged and judged[-1].state is CellState.NO_PARTITION:
        judged.pop()
        count += 1
    return bool(count and judged and is_there(judged[-1]))


def stands_still(case: Case) -> bool:
    """Return whether the lake lags over its limit, and Oracle has rows that are younger."""
    if not case.verdict.has(Reason.LAG) or case.newest is None or case.newest.oracle is None:
        return False
    return case.now - case.newest.oracle < case.sync.limits.warning_lag


def loader_stopped(case: Case) -> bool | None:
    """Say whether other syncs of the same loader stopped within an hour of this one."""
    if case.newest is None or case.newest.lake is None or case.stopped_at is None:
        return None
    if not (case.verdict.has(Reason.LAG) or newest_absent(case)):
        return False
    return any(abs(moment - case.newest.lake) <= TOGETHER for moment in case.stopped_at)


def source_late(case: Case) -> bool | None:
    """Say whether Oracle itself has no young row, where rows are expected."""
    expected = case.sync.expect_rows_every
    if expected is None or case.newest is None or case.newest.oracle is None:
        return None
    return case.now - case.newest.oracle >= expected


def cdc_lag(case: Case) -> bool | None:
    """Say whether what carries changes between databases lags."""
    if case.cdc_lag is None or case.cdc_limit is None:
        return None
    return case.cdc_lag >= case.cdc_limit


def load_retried(case: Case) -> bool | None:
    """Say whether nearly all rows too many are further copies with equal contents."""
    doubled = case.doubled
    if case.figures is None or (doubled is None and case.figures.extra_rows):
        return None
    extra = case.figures.extra_rows
    if not doubled or not extra or case.figures.changed_rows:
        return False
    return 100 * doubled >= NEARLY_ALL_PERCENT * extra


def partial_write(case: Case) -> bool | None:
    """Say whether a partition has some of its rows and none twice.

    Where they are in a neighbour they were written: who loads them again has them twice.
    """
    if case.figures is None:
        return None
    if zone_shift(case):
        return False
    for cell in case.faulty:
        if cell.state is CellState.ROWS_MISSING and not exceeds(cell):
            return True
    return False


def deletes_not_carried(case: Case) -> bool | None:
    """Say whether nearly all rows too many have keys that Oracle has not, and no row is missing."""
    if case.figures is None:
        return None
    extra = case.figures.extra_rows
    if not extra or case.figures.sync_gap or case.sync.deletes is Deletes.KEEP:
        return False
    if case.doubled is None:
        return None
    return 100 * (extra - case.doubled) >= NEARLY_ALL_PERCENT * extra


def updates_not_carried(case: Case) -> bool | None:
    """Say whether rows have other contents, and none is missing or too many."""
    if case.figures is None or case.figures.changed_rows is None:
        return None
    others = case.figures.sync_gap or case.figures.extra_rows
    return bool(case.figures.changed_rows or case.figures.confirmed_other) and not others


def schema_drift(case: Case) -> bool | None:
    """Say whether the columns differ."""
    if case.schema is None:
        return None
    return bool(case.schema.missing or case.schema.retyped)


def truncated(case: Case) -> bool | None:
    """Say whether the lake has less than a tenth of what it had when it was well."""
    if case.figures is None or case.figures.lake_count is None or not case.lake_count_before:
        return None
    return 100 * case.figures.lake_count < TRUNCATED_PERCENT * case.lake_count_before


def source_low(case: Case) -> bool | None:
    """Say whether Oracle itself holds less than half of what such days have."""
    if case.figures is None:
        return None
    return bool(case.figures.expected_low)


def pipeline_stopped(case: Case) -> bool | None:
    """Say whether what carries a pipeline of ours does not work, fails, or was paused."""
    if not case.sync.is_pipeline or case.figures is None:
        return None
    return case.verdict.has(Reason.STOPPED)


def pipeline_behind(case: Case) -> bool | None:
    """Say whether what carries a pipeline of ours works, and lags over its limit all the same."""
    if not case.sync.is_pipeline or case.figures is None or case.figures.lag is None:
        return None
    return case.verdict.has(Reason.LAG) and not case.verdict.has(Reason.STOPPED)


def not_delivered(case: Case) -> bool | None:
    """Say whether something of a pipeline is neither delivered nor on its way."""
    if not case.sync.is_pipeline or case.figures is None or case.figures.sync_gap is None:
        return None
    return bool(case.figures.sync_gap)


def refused(case: Case) -> bool | None:
    """Say whether a pipeline's destination refused something."""
    if case.set_aside is None:
        return None
    return case.set_aside > 0
