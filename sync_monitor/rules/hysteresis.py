"""When the state of a sync changes: after some looks in a row, both ways, dated back to the first.

So a sync that wobbles neither alarms nor is well every few minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sync_monitor.model import Severity
from sync_monitor.verdicts import Standing, Verdict

#: How many looks in a row must agree before the state follows them.
USUAL_LOOKS = 2


def follow(
    standing: Standing | None, verdict: Verdict, at: datetime, looks: int = USUAL_LOOKS
) -> Standing:
    """Return the standing of a sync after a look.

    The first look of all decides at once, and so does a verdict that a second look has confirmed.
    """
    severity = verdict.severity
    if standing is None:
        return Standing(severity, at, at)
    if severity is standing.severity:
        return Standing(severity, standing.since, at)
    count = 1
    since = at
    if standing.candidate is severity and standing.candidate_since is not None:
        count = standing.candidate_count + 1
        since = standing.candidate_since
    if count >= looks or verdict.is_confirmed:
        return Standing(severity, since, at)
    return replace(
        standing,
        looked_at=at,
        candidate=severity,
        candidate_since=since,
        candidate_count=count,
    )


def lapse(standing: Standing, at: datetime) -> Standing:
    """Return the standing of a sync that was not measured for too long: UNKNOWN since then."""
    if standing.severity is Severity.UNKNOWN:
        return standing
    return Standing(Severity.UNKNOWN, standing.looked_at, standing.looked_at)
