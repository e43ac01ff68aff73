"""The syncs as rows of a table: figures in words, and why a sync is not well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from markupsafe import Markup, escape

from sync_monitor.measurements import Figures
from sync_monitor.model import Bound, Severity, Sync
from sync_monitor.rules.figures import gap_text
from sync_monitor.rules.severity import reaches
from sync_monitor.verdicts import Look, Outcome, Reason
from sync_monitor.web.states import State
from sync_monitor.web.streams import NONE_OF_IT, lag_of, stream_words, sum_of, target_of, well
from sync_monitor.web.words import NOTHING, Clock, count, many, percent

#: Of a score, below which the page calls it low.
LOW_SCORE = 95


@dataclass(frozen=True)
class Row:
    """A sync in the table. All but the state is text, ready to be shown.

    Parameters:
        strip: its days, of a stream what was counted.
    """

    state: State
    target: str
    strip: Markup
    gap: str
    why: str
    lag: str
    missing: str
    quality: str
    sla: str


def make_row(state: State, strip: Markup, clock: Clock) -> Row:
    """Return a sync as the table shows it."""
    sla = NOTHING
    if state.share is not None:
        sla = percent(state.share)
    figures = state.figures
    if figures is None:
        reason = why(state, clock)
        target = target_of(state.sync)
        return Row(
            state=state,
            target=target,
            strip=strip,
            gap=NOTHING,
            why=reason,
            lag=NOTHING,
            missing=NOTHING,
            quality=NOTHING,
            sla=sla,
        )
    gap, missing = gap_of(figures), count(len(figures.missing_partitions))
    quality = NOTHING
    if figures.quality.score is not None:
        quality = str(figures.quality.score)
    words = stream_words(state.sync)
    if words is not None:
        missing = NONE_OF_IT
        strip = escape(sum_of(words, figures))
    if words is not None and not words.has_gap:
        gap = quality = NONE_OF_IT
    return Row(
        state=state,
        target=target_of(state.sync),
        strip=strip,
        gap=gap,
        why=why(state, clock),
        lag=lag_of(state.sync, figures),
        missing=missing,
        quality=quality,
        sla=sla,
    )


def gap_of(figures: Figures) -> str:
    """Return the gap, which says so where it is only a lower bound."""
    if not figures.judged_count:
        return NOTHING
    text = gap_text(figures.sync_gap, figures.gap_percentage)
    if figures.bound is Bound.AT_LEAST and figures.sync_gap:
        return f"≥ {text}"
    return text


def at_least(figures: Figures, rows: int | None) -> str:
    """Return a number of rows, which says so where it is only a lower bound."""
    if figures.bound is Bound.AT_LEAST and rows:
        return f"at least {count(rows)}"
    return count(rows)


def why(state: State, clock: Clock) -> str:
    """Return in a few words why a sync is as it is."""
    look = state.look
    if look is None:
        return "nobody has looked yet"
    if state.is_old:
        return f"no look since {clock.near(look.began)}"
    if look.outcome is Outcome.FAILED or look.figures is None:
        since = state.since or look.began
        return f"{look.error_code or 'failed'} since {clock.near(since)}"
    return why_of_figures(state.sync, look, look.figures)


def why_of_figures(sync: Sync, look: Look, figures: Figures) -> str:
    """Return what a look that measured both sides found, the worst first."""
    if not figures.promised_count:
        return "no partition is due yet"
    parts = [*rows_in_words(figures), *reach_in_words(figures)]
    stream = stream_words(sync)
    for reason, words in REASONS.items():
        if not look.verdict.has(reason):
            continue
        if reason is Reason.LAG and stream is not None:
            words = f"{lag_of(sync, figures)} behind"
        parts.append(words)
    if parts:
        return ", ".join(parts[:3])
    if stream is not None:
        return well(stream, figures)
    agree = f"{count(figures.oracle_count)} rows agree"
    if figures.has_null_partition:
        return f"{agree}, others have no {sync.partition_column}"
    return agree


def reach_in_words(figures: Figures) -> list[str]:
    """Return of how much the figures are, where that is not all."""
    if not figures.unmeasured_count:
        return []
    every = many(figures.promised_count, "partition")
    return [f"{count(figures.judged_count)} of {every} measured"]


def rows_in_words(figures: Figures) -> list[str]:
    """Return which rows are not as they should be."""
    parts: list[str] = []
    if figures.judged_count and figures.are_empty:
        parts.append("both sides are empty")
    if figures.sync_gap:
        parts.append(f"{at_least(figures, figures.sync_gap)} missing")
    if figures.extra_rows:
        parts.append(f"{at_least(figures, figures.extra_rows)} too many")
    if figures.changed_rows:
        parts.append(f"{at_least(figures, figures.changed_rows)} changed")
    elif figures.confirmed_other:
        parts.append("contents differ")
    return parts


#: What no count of rows says.
REASONS = {
    Reason.LAG: "the lake is behind",
    Reason.LAG_NOT_MEASURED: "no row says how far the lake is behind",
    Reason.SCHEMA: "columns differ",
    Reason.AGE: "no new rows",
    Reason.FUTURE_ROWS: "rows of the future",
    Reason.SOURCE_LOW: "Oracle itself is low",
    Reason.STOPPED: "the pipeline stands still",
    Reason.SET_ASIDE: "some set aside",
    Reason.BURN: "the error budget burns",
}


def level_of_gap(sync: Sync, figures: Figures) -> Severity:
    """Return how bad the gap is by itself, decided on whole rows."""
    limits = sync.limits
    if not figures.sync_gap:
        return Severity.OK
    if reaches(figures.sync_gap, figures.oracle_count, limits.critical_gap_percent):
        return Severity.CRITICAL
    if reaches(figures.sync_gap, figures.oracle_count, limits.warning_gap_percent):
        return Severity.WARNING
    return Severity.OK


def level_of_lag(sync: Sync, lag: timedelta) -> Severity:
    """Return how bad a lag is by itself."""
    if lag >= sync.limits.critical_lag:
        return Severity.CRITICAL
    if lag >= sync.limits.warning_lag:
        return Severity.WARNING
    return Severity.OK


def limit_hours(limit: timedelta) -> str:
    """Return a limit in hours."""
    return f"{limit / timedelta(hours=1):g} h"


def limits_in_words(level: Severity, critical: str, warning: str) -> str:
    """Return which limit is reached, and the other one."""
    if level is Severity.CRITICAL:
        return f"over critical {critical} · warning {warning}"
    if level is Severity.WARNING:
        return f"over warning {warning} · critical {critical}"
    return f"warning {warning} · critical {critical}"


def gap_limits(sync: Sync, level: Severity) -> str:
    """Return the limits of a sync's gap in words."""
    critical = percent(sync.limits.critical_gap_percent)
    return limits_in_words(level, critical, percent(sync.limits.warning_gap_percent))


def lag_limits(sync: Sync, level: Severity) -> str:
    """Return the limits of a sync's lag in words."""
    critical = limit_hours(sync.limits.critical_lag)
    return limits_in_words(level, critical, limit_hours(sync.limits.warning_lag))


def since(state: State, clock: Clock) -> str:
    """Return since when a sync is as it is."""
    if state.since is None:
        return ""
    return f"since {clock.near(state.since)}"


def hundredths(value: Decimal) -> str:
    """Return a share in percent with two decimals."""
    return f"{value:.2f}"


def looked_last(states: list[State]) -> datetime | None:
    """Return when the newest of all looks began."""
    moments: list[datetime] = []
    for state in states:
        if state.look is not None:
            moments.append(state.look.began)
    return max(moments, default=None)
