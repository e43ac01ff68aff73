"""The five cards: of all syncs the worst, with its name. What nobody measured is not green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from statistics import median_low

from markupsafe import Markup

from sync_monitor.measurements import Figures
from sync_monitor.model import Severity
from sync_monitor.rules.figures import in_hours
from sync_monitor.web.sparklines import Value, draw_gap, draw_lag, draw_missing, draw_quality
from sync_monitor.web.states import State
from sync_monitor.web.streams import NONE_OF_IT, unit_of
from sync_monitor.web.sync_rows import (
    LOW_SCORE,
    gap_limits,
    gap_of,
    lag_limits,
    level_of_gap,
    level_of_lag,
    since,
)
from sync_monitor.web.words import NOTHING, Clock, count, isolated, many, percent, plain

NO_SPARK = Markup("")


@dataclass(frozen=True)
class Card:
    """A figure of all syncs.

    Parameters:
        name: of the sync that it is of, empty where it is of none or of all.
        lead: before that name, `where` behind it.
        limit: what the figure is held against.
        budget: percent of the error budget that are left. None: it has none.
        draws: what the line beside it draws of that sync.
    """

    title: str
    value: str
    unit: str
    severity: Severity
    name: str = ""
    lead: str = ""
    where: str = ""
    limit: str = ""
    budget: int | None = None
    draws: Value | None = None
    spark: Markup = NO_SPARK


def make_cards(states: Sequence[State], clock: Clock) -> list[Card]:
    """Return the cards, still without their lines."""
    return [
        gap_card(states),
        lag_card(states, clock),
        missing_card(states),
        quality_card(states),
        sla_card(states),
    ]


def level_with(level: Severity, states: Sequence[State]) -> Severity:
    """Return how a card is shown: what nobody measured keeps it from being green."""
    if level is not Severity.OK:
        return level
    if not states or unmeasured(states):
        return Severity.UNKNOWN
    return level


def limit_with(limit: str, level: Severity, states: Sequence[State]) -> str:
    """Return what a figure is held against, or why it is not green."""
    if level is Severity.OK:
        return unmeasured(states) or limit
    return limit


def is_measured(state: State) -> bool:
    """Return whether the figures of a sync are of all that it promised, its lag among them."""
    figures = state.figures
    if figures is None:
        return False
    return not (figures.unmeasured_count or figures.is_lag_unknown)


def unmeasured(states: Sequence[State]) -> str:
    """Return how many syncs a figure is not of."""
    missing = sum(not is_measured(state) for state in states)
    if not missing:
        return ""
    return f"{missing} of {count(len(states))} not measured"


def of_none(title: str, states: Sequence[State]) -> Card:
    """Return a card without a figure."""
    return Card(title, NOTHING, "", Severity.UNKNOWN, limit=unmeasured(states) or "no sync yet")


def of_uncounted(title: str, states: Sequence[State]) -> Card:
    """Return a card of rows without a figure, which is well where no sync counts what is missing.

    Such are streams whose lag says all.
    """
    figures = [state.figures for state in states]
    if figures and all(each is not None and each.sync_gap is None for each in figures):
        return Card(title, NONE_OF_IT, "", Severity.OK, limit="no sync here counts it")
    return of_none(title, states)


def gap_card(states: Sequence[State]) -> Card:
    """Return the greatest gap."""
    title = "Sync gap"
    worst: tuple[State, Figures, Decimal] | None = None
    for state in states:
        figures = state.figures
        if figures is None or figures.gap_percentage is None:
            continue
        if worst is None or figures.gap_percentage > worst[2]:
            worst = state, figures, figures.gap_percentage
    if worst is None:
        return of_uncounted(title, states)
    state, figures, _ = worst
    level = level_of_gap(state.sync, figures)
    where = f", {count(figures.sync_gap)} of {many(figures.oracle_count, unit_of(state.sync))}"
    if not figures.sync_gap:
        return Card(
            title,
            "0",
            "%",
            level_with(level, states),
            where="no row is missing",
            limit=limit_with(gap_limits(state.sync, level), level, states),
        )
    return Card(
        title=title,
        value=gap_of(figures).removesuffix(" %"),
        unit="%",
        severity=level_with(level, states),
        name=state.name,
        lead="worst: ",
        where=where,
        limit=gap_limits(state.sync, level),
        draws=draw_gap,
    )


def lag_card(states: Sequence[State], clock: Clock) -> Card:
    """Return the greatest lag."""
    title = "Freshness lag"
    worst: tuple[State, timedelta] | None = None
    for state in states:
        figures = state.figures
        if figures is None or figures.lag is None:
            continue
        if worst is None or figures.lag > worst[1]:
            worst = state, figures.lag
    if worst is None:
        return of_none(title, states)
    state, lag = worst
    level = level_of_lag(state.sync, lag)
    where = ""
    if level is not Severity.OK:
        where = f", {since(state, clock)}"
    return Card(
        title=title,
        value=str(in_hours(lag)),
        unit="h",
        severity=level_with(level, states),
        name=state.name,
        lead="worst: ",
        where=where,
        limit=limit_with(lag_limits(state.sync, level), level, states),
        draws=draw_lag,
    )


def missing_card(states: Sequence[State]) -> Card:
    """Return how many partitions are missing."""
    title = "Missing partitions"
    found: list[tuple[int, str]] = []
    is_confirmed = False
    for state in states:
        figures = state.figures
        if figures is not None and figures.missing_partitions:
            found.append((-len(figures.missing_partitions), state.name))
            is_confirmed = is_confirmed or bool(figures.confirmed_missing)
    if all(state.figures is None for state in states):
        return of_none(title, states)
    found.sort()
    total = -sum(number for number, _ in found)
    level = Severity.OK
    if is_confirmed:
        level = Severity.CRITICAL
    elif found:
        level = Severity.WARNING
    card = Card(title, count(total), "", level_with(level, states), where="all are there")
    limit = unmeasured(states) or "promised and settled ones alone are judged"
    if not found:
        return replace(card, limit=limit)
    number, name = found[0]
    others = ""
    if len(found) > 1:
        others = f", {isolated(found[1][1])}\u00a0{-found[1][0]}"
    if len(found) > 2:
        others += f" and {many(len(found) - 2, 'other sync')}"
    limit = "their promises have passed"
    if not is_confirmed:
        limit = "seen once: a second look confirms it"
    return replace(card, name=name, where=f" {-number}{others}", limit=limit, draws=draw_missing)


def quality_card(states: Sequence[State]) -> Card:
    """Return the lowest score."""
    title = "Data quality"
    scored: list[tuple[int, str]] = []
    for state in states:
        if state.figures is not None and state.figures.quality.score is not None:
            scored.append((state.figures.quality.score, state.name))
    if not scored:
        return of_uncounted(title, states)
    scored.sort()
    score, name = scored[0]
    values = [each for each, _ in scored]
    low = sum(each < LOW_SCORE for each in values)
    level = Severity.OK
    if low:
        level = Severity.WARNING
    limit = f"under {LOW_SCORE} in {low} of {count(len(scored))} scored"
    return Card(
        title=title,
        value=str(score),
        unit="/ 100",
        severity=level_with(level, states),
        name=name,
        lead="lowest: ",
        where=f" · median {median_low(values)}",
        limit=limit_with(limit, level, states),
        draws=draw_quality,
    )


def sla_card(states: Sequence[State]) -> Card:
    """Return the lowest share of 30 days that a sync was not critical."""
    title = "SLA, 30 days"
    worst: tuple[State, Decimal] | None = None
    for state in states:
        if state.share is not None and (worst is None or state.share < worst[1]):
            worst = state, state.share
    if worst is None or worst[0].compliance is None:
        return of_none(title, states)
    state, share = worst
    compliance = worst[0].compliance
    goal = state.sync.goal_percent
    left = compliance.budget_left_percent(goal)
    level = Severity.OK
    limit = f"goal {percent(goal)}"
    if not compliance.is_covered:
        level = Severity.UNKNOWN
        limit += f" · {percent(compliance.coverage_percent)} measured"
    if share < goal or state.burn is not None:
        level = Severity.WARNING
    if state.burn is not None:
        limit += f" · burns over {state.burn.factor} times its rate"
    budget, where = None, ""
    if left is not None:
        budget = max(0, int(left))
        where = f" · budget left\u00a0{budget}\u00a0%"
    return Card(
        title=title,
        value=plain(share),
        unit="%",
        severity=level_with(level, states),
        name=state.name,
        lead="lowest: ",
        where=where,
        limit=limit,
        budget=budget,
    )
