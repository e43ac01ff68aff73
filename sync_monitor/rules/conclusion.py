"""A look put together: what was known and what was measured, to all that it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sync_monitor.measurements import Cell, Figures, Newest, SchemaDifference
from sync_monitor.model import Grain, Sync
from sync_monitor.records import Entry
from sync_monitor.rules.cells import unmeasured
from sync_monitor.rules.compliance import WEEKS, burning, record, source_low
from sync_monitor.rules.figures import measure
from sync_monitor.rules.hysteresis import follow
from sync_monitor.rules.issues import Found, find_issues, follow_issues
from sync_monitor.rules.periods import promised_at, window
from sync_monitor.rules.rechecks import is_overdue
from sync_monitor.rules.severity import is_stale, judge, not_measured
from sync_monitor.verdicts import (
    Cost,
    Issue,
    Look,
    Outcome,
    Span,
    Standing,
    Trigger,
    Verdict,
)


@dataclass(frozen=True)
class Before:
    """What was known of a sync.

    Parameters:
        cells: by their partitions' keys, of six weeks and more.
        issues: that are open.
        spans: of the last 30 days, ascending.
    """

    standing: Standing | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    issues: Sequence[Issue] = ()
    spans: Sequence[Span] = ()


@dataclass(frozen=True)
class Taken:
    """How a look was taken.

    Parameters:
        interval: of the looks at this sync.
    """

    began: datetime
    took: timedelta
    interval: timedelta
    trigger: Trigger = Trigger.TIMER
    by: str = ""
    settings_hash: str = ""
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True)
class Measured:
    """What a look measured.

    Parameters:
        cells: the partitions that it measured, as `make_cell` and `with_rows` give them back.
        newest: of both sides, with the database's clock.
        has_null_partition: the lake has rows that belong to no partition.
    """

    cells: Sequence[Cell]
    newest: Newest
    schema: SchemaDifference | None = None
    has_null_partition: bool = False


def conclude(sync: Sync, before: Before, measured: Measured, taken: Taken) -> Entry:
    """Return all that a look leaves behind that measured both sides."""
    now = measured.newest.now
    fresh = {cell.partition.key: cell for cell in measured.cells}
    cells = cells_of_window(sync, before.cells, fresh, now)
    low = low_partitions({**before.cells, **cells}, sync)
    figures = measure(
        tuple(cells.values()),
        measured.newest,
        measured.schema,
        deletes=sync.deletes,
        expected_low=low,
        unmeasured_count=count_unmeasured(cells, sync, now),
    )
    figures = replace(figures, has_null_partition=measured.has_null_partition)
    verdict = judge(
        sync,
        figures,
        measured.schema,
        is_burning=is_burning(sync, before, now, taken.interval),
    )
    changed: list[Cell] = []
    for key, cell in {**fresh, **cells}.items():
        known = before.cells.get(key)
        if cell is not known and cell != known:
            changed.append(cell)
    return finish(sync, before, taken, Conclusion(verdict, figures, cells, changed))


def conclude_failure(
    sync: Sync, before: Before, error_code: str, taken: Taken, cells: Sequence[Cell] = ()
) -> Entry:
    """Return all that a look leaves behind that failed on either side.

    It opens and closes no issue but that nothing was measured.

    Parameters:
        cells: the partitions that it measured before it failed, which the next look need not.
    """
    return finish(
        sync, before, taken, Conclusion(not_measured(), changed=cells, error_code=error_code)
    )


@dataclass(frozen=True)
class Conclusion:
    """What a look came to.

    Parameters:
        cells: of the window.
        changed: cells that are not as they were before.
        others: issues that no cell is.
    """

    verdict: Verdict
    figures: Figures | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    changed: Sequence[Cell] = ()
    error_code: str = ""
    others: tuple[Found, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return how the look ended."""
        if self.figures is None:
            return Outcome.FAILED
        return Outcome.MEASURED


def finish(sync: Sync, before: Before, taken: Taken, conclusion: Conclusion) -> Entry:
    """Return what a look leaves behind that came to this."""
    verdict = conclusion.verdict
    look = Look(
        sync=sync.name,
        began=taken.began,
        took=taken.took,
        trigger=taken.trigger,
        by=taken.by,
        settings_hash=taken.settings_hash,
        outcome=conclusion.outcome,
        verdict=verdict,
        figures=conclusion.figures,
        cost=taken.cost,
        error_code=conclusion.error_code,
    )
    is_decisive = taken.trigger is Trigger.ONCE
    standing = follow(standing_before(before, taken), verdict, taken.began, is_decisive=is_decisive)
    last_span = None
    if before.spans:
        last_span = before.spans[-1]
    is_first = before.standing is None or is_decisive
    found = find_issues(tuple(conclusion.cells.values()), verdict, is_first=is_first)
    found.extend(conclusion.others)
    unseen = frozenset(key for key, cell in conclusion.cells.items() if cell.differences is None)
    issues = follow_issues(
        before.issues,
        found,
        sync.name,
        verdict,
        taken.began,
        unseen=unseen,
        is_standing=standing.severity is verdict.severity,
    )
    spans = record(last_span, standing, taken.interval)
    return Entry(look, standing, tuple(conclusion.changed), spans, tuple(issues))


def standing_before(before: Before, taken: Taken) -> Standing | None:
    """Return how a sync was until a look, None where nobody had looked for too long."""
    standing = before.standing
    if standing is None or is_stale(standing.looked_at, taken.began, taken.interval):
        return None
    return standing


def cells_of_window(
    sync: Sync, before: Mapping[str, Cell], fresh: Mapping[str, Cell], now: datetime
) -> dict[str, Cell]:
    """Return the cells of the window, ascending: what was measured now, else what was before.

    What should have been measured again long ago is not claimed any more, but for a fault that was
    confirmed: nothing has said that it is over.
    """
    found: dict[str, Cell] = {}
    for partition in window(now, sync):
        cell = fresh.get(partition.key)
        if cell is None:
            cell = before.get(partition.key)
            if cell is None or (is_overdue(cell, now, sync) and not cell.is_confirmed):
                cell = unmeasured(partition, cell)
        found[partition.key] = cell
    return found


def count_unmeasured(cells: Mapping[str, Cell], sync: Sync, now: datetime) -> int:
    """Return how many partitions were promised by now, and are not known."""
    count = 0
    for cell in cells.values():
        if not cell.is_judged and promised_at(cell.partition, sync) <= now:
            count += 1
    return count


def low_partitions(cells: Mapping[str, Cell], sync: Sync) -> tuple[str, ...]:
    """Return the newest judged day if Oracle itself holds too few rows of it.

    Only that one, so that a holiday is a warning of one day.
    """
    if sync.grain is not Grain.DAY:
        return ()
    newest: Cell | None = None
    for cell in cells.values():
        if cell.is_judged and (newest is None or cell.partition.begin > newest.partition.begin):
            newest = cell
    if newest is None:
        return ()
    counts: list[int] = []
    for week in range(1, WEEKS + 1):
        key = (newest.partition.day - timedelta(weeks=week)).isoformat()
        earlier = cells.get(key)
        if earlier is not None and earlier.oracle_rows is not None:
            counts.append(earlier.oracle_rows)
    if source_low(newest.oracle_rows or 0, counts):
        return (newest.partition.key,)
    return ()


def is_burning(sync: Sync, before: Before, now: datetime, interval: timedelta) -> bool:
    """Return whether the error budget is used up too fast."""
    found = burning(before.spans, now, sync.goal_percent, interval, sync.grain)
    return found is not None
