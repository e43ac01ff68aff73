"""When the state of a sync changes: after two looks in a row, both ways, dated back to the first.

So a sync that wobbles neither alarms nor is well every few minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sync_monitor.model import Severity
from sync_monitor.verdicts import Standing, Verdict


def follow(
    standing: Standing | None, verdict: Verdict, at: datetime, *, is_decisive: bool = False
) -> Standing:
    """Return the standing of a sync after a look.

    The first look of all decides at once, and so does a verdict that a second look has confirmed.
    Looks that agree in being worse, or better, and in no more, move it as far as each of them does:
    a sync that is bad at each look, however differently, does not stay OK.

    Parameters:
        is_decisive: no second look is to come, so that this one decides.
    """
    severity = verdict.severity
    if standing is None:
        return Standing(severity, at, at)
    if severity is standing.severity:
        return Standing(severity, standing.since, at)
    if verdict.is_confirmed or is_decisive:
        return Standing(severity, begin_of(standing, severity) or at, at)
    before, begin = standing.candidate, standing.candidate_since
    if before is None or begin is None or not are_beside(before, severity, standing.severity):
        return replace(
            standing, looked_at=at, candidate=severity, candidate_since=at, candidate_count=1
        )
    nearest = nearer(before, severity, standing.severity)
    if nearest is severity:
        return Standing(severity, begin, at)
    # This look alone found it further away: the next one may, too.
    return Standing(nearest, begin, at, severity, at, 1)


def begin_of(standing: Standing, severity: Severity) -> datetime | None:
    """Return since when looks found a severity that is not shown yet, None where they did not."""
    if standing.candidate is severity:
        return standing.candidate_since
    return None


def are_beside(first: Severity, second: Severity, shown: Severity) -> bool:
    """Return whether two severities are both worse than the one that is shown, or both better."""
    return (first.rank > shown.rank) is (second.rank > shown.rank)


def nearer(first: Severity, second: Severity, shown: Severity) -> Severity:
    """Return the one of two that is nearer to what is shown: as bad, or well, as both at least."""
    return min(first, second, key=lambda each: abs(each.rank - shown.rank))
