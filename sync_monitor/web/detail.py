"""All that the page shows of one sync."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from sync_monitor.history import queries
from sync_monitor.measurements import Cell, CellState, Figures
from sync_monitor.model import Sync
from sync_monitor.rules.compliance import PartitionBudget, partition_budget
from sync_monitor.rules.periods import settled_until
from sync_monitor.verdicts import Look
from sync_monitor.web.asking_claude import Advice, read_advice
from sync_monitor.web.charts import Panel, Point, trend
from sync_monitor.web.issues import ShownIssue, read_issues
from sync_monitor.web.site import Site
from sync_monitor.web.states import State
from sync_monitor.web.streams import StreamWords, lag_of, short, stream_words, target_of
from sync_monitor.web.sync_rows import at_least, gap_of
from sync_monitor.web.timeline import Timeline
from sync_monitor.web.triage import Said, read_answers
from sync_monitor.web.words import HOUR, Clock, count


@dataclass(frozen=True)
class Sum:
    """A figure with its name."""

    name: str
    value: str


@dataclass(frozen=True)
class Detail:
    """One sync.

    Parameters:
        words: of a stream. None: it is a table.
        sums: rows on both sides, and what they do not share. Of a stream what it counts.
        unconfirmed: issues that one look alone has seen.
        advice: of asking Claude. None: the rules say nothing of it.
        cells: of its partitions that are not in sync, the newest first.
    """

    state: State
    words: StreamWords | None
    target: str
    sums: tuple[Sum, ...]
    judged_until: str
    trend: Markup
    length: str
    issues: tuple[ShownIssue, ...]
    unconfirmed: int
    answers: tuple[Said, ...]
    advice: Advice | None
    cells: tuple[Cell, ...]
    budget: PartitionBudget | None


def read_detail(
    connection: sqlite3.Connection, site: Site, state: State, now: datetime, asked: frozenset[str]
) -> Detail:
    """Return what the history knows of a sync. asked: as asking_claude.read_advice has it."""
    issues, unconfirmed = read_issues(connection, state, site.clock, now)
    timeline = Timeline.over(connection, state.name, now, site.interval)
    looks = timeline.read(connection, state.name)
    cells = list(queries.cells(connection, state.name).values())
    until = settled_until(now, state.sync)
    return Detail(
        state=state,
        words=stream_words(state.sync),
        target=target_of(state.sync),
        sums=tuple(sums_of(state)),
        judged_until=site.clock.moment(until),
        trend=draw_trend(state, timeline, looks, site.clock),
        length=timeline.in_words,
        issues=tuple(issues),
        unconfirmed=unconfirmed,
        answers=tuple(read_answers(connection, state)),
        advice=read_advice(connection, site, state, asked),
        cells=tuple(reversed([cell for cell in cells if cell.state is not CellState.OK])),
        budget=budget_of(cells, state),
    )


def budget_of(cells: Sequence[Cell], state: State) -> PartitionBudget | None:
    """Return how many partitions may still be late, None where none was judged."""
    if not any(cell.is_judged for cell in cells):
        return None
    return partition_budget(cells, state.sync.goal_percent)


def sums_of(state: State) -> list[Sum]:
    """Return the figures of the window, none where nobody measured them."""
    figures = state.figures
    if figures is None:
        return []
    words = stream_words(state.sync)
    if words is not None:
        return sums_of_stream(words, figures)
    found = [
        Sum("Oracle", count(figures.oracle_count)),
        Sum("lake", count(figures.lake_count)),
        Sum("missing", at_least(figures, figures.sync_gap)),
        Sum("too many", at_least(figures, figures.extra_rows)),
    ]
    if figures.changed_rows is not None:
        found.append(Sum("changed", count(figures.changed_rows)))
    if figures.has_null_partition:
        found.append(Sum(f"in the lake without {state.sync.partition_column}", "in no figure"))
    return found


def sums_of_stream(words: StreamWords, figures: Figures) -> list[Sum]:
    """Return the figures of a stream."""
    found = [Sum(f"{words.unit}s {words.expected}", count(figures.oracle_count))]
    if words.has_gap:
        found.append(Sum(words.arrived, count(figures.lake_count)))
        found.append(Sum(words.missing, count(figures.sync_gap)))
    if figures.lag is not None:
        found.append(Sum(words.lag, short(figures.lag)))
    if figures.age is not None:
        found.append(Sum(f"{words.heard} ago", short(figures.age)))
    return found


def captions_of(sync: Sync) -> tuple[str, str]:
    """Return what both panels of the trend show. The first is empty where no gap is counted."""
    words = stream_words(sync)
    if words is None:
        return (
            f"Sync gap, % of the rows of {sync.window_days} settled days",
            "Freshness lag, hours (lake's newest row behind Oracle's newest)",
        )
    lag = f"Lag, hours ({words.lag})"
    if not words.has_gap:
        return "", lag
    return f"{words.missing.capitalize()}, % of the {words.unit}s {words.expected}", lag


def draw_trend(
    state: State, timeline: Timeline, looks: Sequence[Look | None], clock: Clock
) -> Markup:
    """Return gap and lag over time."""
    limits = state.sync.limits
    gap, lag = captions_of(state.sync)
    panels = (
        Panel(
            gap,
            points_of(timeline, looks, gap_point, clock),
            float(limits.warning_gap_percent),
            float(limits.critical_gap_percent),
            "%",
        ),
        Panel(
            lag,
            points_of(timeline, looks, lambda look: lag_point(state.sync, look), clock),
            limits.warning_lag / HOUR,
            limits.critical_lag / HOUR,
            "h",
        ),
    )
    title = f"{state.name}: gap and lag, {timeline.in_words}"
    return trend(title, [each for each in panels if each.caption], timeline.ticks(clock))


def gap_point(look: Look) -> tuple[float, str] | None:
    """Return the gap of a look."""
    figures = look.figures
    if figures is None or figures.gap_percentage is None or not figures.judged_count:
        return None
    return float(figures.gap_percentage), gap_of(figures)


def lag_point(sync: Sync, look: Look) -> tuple[float, str] | None:
    """Return the lag of a look."""
    if look.figures is None or look.figures.lag is None:
        return None
    return look.figures.lag / HOUR, lag_of(sync, look.figures)


def points_of(
    timeline: Timeline,
    looks: Sequence[Look | None],
    value_of: Callable[[Look], tuple[float, str] | None],
    clock: Clock,
) -> tuple[Point, ...]:
    """Return a figure over time, from the first look on."""
    points: list[Point] = []
    half = timedelta(seconds=timeline.length.total_seconds() / len(looks) / 2)
    for look, border in zip(looks, timeline.borders, strict=False):
        measured = None
        moment = border + half
        if look is not None:
            moment = look.began
            measured = value_of(look)
        if measured is not None:
            value, text = measured
            points.append(Point(timeline.place(moment), value, f"{clock.moment(moment)}: {text}"))
        elif points:
            points.append(Point(timeline.place(moment), None, ""))
    return tuple(points)
