"""SLA out of spans: compliance, coverage, error budget, and how fast it burns.

Spans, not samples: counting looks of 90 days is slow, and looks do not come evenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sync_monitor.measurements import Cell, Ratio
from sync_monitor.model import Grain, Severity
from sync_monitor.rules.quality import punctuality
from sync_monitor.rules.severity import is_stale
from sync_monitor.verdicts import Span, Standing

HUNDREDTH = Decimal("0.01")
NONE = timedelta(0)
#: Measured for less of the time, compliance says little, and that is a warning of its own.
LEAST_COVERAGE_PERCENT = 95
#: A short window with fewer looks says nothing.
LEAST_LOOKS = 3


@dataclass(frozen=True)
class BurnRule:
    """A rate at which the budget is used up that somebody should know of, in both windows.

    Source: Google, The Site Reliability Workbook, chapter 5, table 5-8.
    """

    factor: Decimal
    long: timedelta
    short: timedelta


BURN_RULES = (
    BurnRule(Decimal("14.4"), timedelta(hours=1), timedelta(minutes=5)),
    BurnRule(Decimal(6), timedelta(hours=6), timedelta(minutes=30)),
    BurnRule(Decimal(1), timedelta(days=3), timedelta(hours=6)),
)


@dataclass(frozen=True)
class Compliance:
    """How much of a period a sync was not critical.

    Parameters:
        period: the time looked at, which begins no earlier than the sync itself.
        measured: the time in which its state was known. The rest is UNKNOWN.
        critical: of the measured time.
    """

    period: timedelta
    measured: timedelta
    critical: timedelta

    @property
    def percent(self) -> Decimal | None:
        """Return the time not critical, of the time measured, rounded down to two decimals."""
        return percent_of(self.measured - self.critical, self.measured)

    @property
    def coverage_percent(self) -> Decimal | None:
        """Return the time measured, of the period, rounded down to two decimals."""
        return percent_of(self.measured, self.period)

    @property
    def is_covered(self) -> bool:
        """Return whether enough of the period was measured for compliance to say something."""
        return 100 * self.measured >= LEAST_COVERAGE_PERCENT * self.period

    def budget_left_percent(self, goal_percent: Decimal) -> Decimal | None:
        """Return how much of the error budget is left: negative once it is overspent.

        None where the goal leaves no budget at all.
        """
        budget = (100 - goal_percent) * (self.period // timedelta(microseconds=1)) / 100
        if not budget:
            return None
        used = self.critical // timedelta(microseconds=1)
        return (100 * (budget - used) / budget).quantize(HUNDREDTH, ROUND_FLOOR)


def percent_of(part: timedelta, total: timedelta) -> Decimal | None:
    """Return a part in percent of a total, rounded down to two decimals. None of no time."""
    if total <= NONE:
        return None
    hundredths = 10_000 * part // total
    return Decimal(hundredths) / 100


def comply(
    spans: Sequence[Span], begin: datetime, end: datetime, known_since: datetime
) -> Compliance:
    """Return how a sync did in [begin, end), of which only what is behind `known_since` counts."""
    begin = min(max(begin, known_since), end)
    measured = critical = NONE
    for span in spans:
        length = span.within(begin, end).length
        if span.severity is not Severity.UNKNOWN:
            measured += length
        if span.severity is Severity.CRITICAL:
            critical += length
    return Compliance(end - begin, measured, critical)


def record(last: Span | None, standing: Standing, interval: timedelta) -> tuple[Span, ...]:
    """Return the spans to be written after a look: the last one as it is now, and new ones.

    Parameters:
        last: the newest span before the look.
        standing: the sync's after it.
        interval: of the looks. Where more than 2.5 of them lie between two looks, nothing is known
            of the time between.

    A state that is dated back to its first look shortens the span before it, which is always given
    back so that it replaces the one with the same begin.
    """
    at = standing.looked_at
    if last is None:
        return (Span(standing.severity, standing.since, at),)
    if is_stale(last.end, at, interval):
        hole = Span(Severity.UNKNOWN, last.end, at)
        return (last, *joined(hole, standing.severity, at, at))
    return joined(last, standing.severity, standing.since, at)


def joined(last: Span, severity: Severity, since: datetime, at: datetime) -> tuple[Span, ...]:
    """Return a span that goes on until now, or it and the one that follows it at `since`."""
    if last.severity is severity:
        return (replace(last, end=at),)
    if since <= last.begin:
        return (Span(severity, last.begin, at),)
    return (replace(last, end=since), Span(severity, since, at))


def burn_rate(
    spans: Sequence[Span], window: timedelta, now: datetime, goal_percent: Decimal
) -> Decimal | None:
    """Return how many times too fast the budget is used up in the time before now.

    None where nothing was measured or the goal leaves no budget.
    """
    found = comply(spans, now - window, now, now - window)
    if not found.measured or goal_percent >= 100:
        return None
    critical = Decimal(found.critical // timedelta(microseconds=1))
    share = critical / (found.measured // timedelta(microseconds=1))
    return share * 100 / (100 - goal_percent)


def burning(
    spans: Sequence[Span],
    now: datetime,
    goal_percent: Decimal,
    interval: timedelta,
    grain: Grain | None = None,
) -> BurnRule | None:
    """Return the fastest burn that both windows of a rule show, None where there is none.

    Partitions of days are too few for a rate: their budget is counted in partitions.
    """
    if grain is Grain.DAY:
        return None
    for rule in BURN_RULES:
        if rule.short < LEAST_LOOKS * interval:
            continue
        rates = [burn_rate(spans, each, now, goal_percent) for each in (rule.long, rule.short)]
        if all(rate is not None and rate >= rule.factor for rate in rates):
            return rule
    return None


@dataclass(frozen=True)
class PartitionBudget:
    """The error budget of partitions: how many may be late, and how many are left of these."""

    allowed: int
    used: int

    @property
    def left(self) -> int:
        """Return how many more may be late, negative once too many were."""
        return self.allowed - self.used


def partition_budget(cells: Sequence[Cell], goal_percent: Decimal) -> PartitionBudget:
    """Return the budget of the judged cells: one at least, unless the goal is all of them."""
    judged = [cell for cell in cells if cell.is_judged]
    on_time = punctuality(judged) or Ratio(0, 0)
    allowed = (100 - goal_percent) * on_time.total / 100
    return PartitionBudget(
        int(allowed.to_integral_value(ROUND_CEILING)), on_time.total - on_time.good
    )


def source_low(oracle_rows: int, same_weekdays: Sequence[int]) -> bool:
    """Return whether Oracle itself holds less than half of what such days have.

    Parameters:
        same_weekdays: rows of the same weekday of six weeks before. Fewer say nothing.

    It is weak evidence, and the only one for rows that both sides lack.
    """
    if len(same_weekdays) < WEEKS:
        return False
    ordered = sorted(same_weekdays)
    middle = len(ordered) // 2
    twice_median = ordered[middle] + ordered[-middle - 1]
    return 4 * oracle_rows < twice_median


#: Of the same weekday, before it is said that a day is low.
WEEKS = 6
