"""When who hears what: waits, reminders, silences, what one message holds. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sync_monitor.model import Sync
from sync_monitor.notices.message import ORACLE_DOWN, STORM, Item
from sync_monitor.records import Notice, NoticeKind, Silence
from sync_monitor.verdicts import Issue, IssueKind

#: What one loader's syncs come to within it is one message.
GROUP_WAIT = timedelta(seconds=60)
#: After a message about many, those that come to it wait longer: a storm is not one a minute.
STORM_WAIT = timedelta(minutes=15)
#: Behind the first notice: the first reminder, the second, and all others.
REMINDERS = (timedelta(hours=4), timedelta(hours=12))
DAILY = timedelta(days=1)
#: After a failure: the first wait, doubled with each, and the longest.
RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
#: From when on nobody needs to hear any more that something is over.
STALE = timedelta(days=2)
#: Groups of one kind that are due at once, beyond which they are one message.
MOST_MESSAGES = 5
#: Codes of Oracle and its driver for a database that nobody reaches.
DOWN = re.compile(
    r"DPY-(60\d\d|4011|1001)|ORA-(01033|01034|01089|01090|03113|03114|12[15]\d\d)"
    r"|OracleUnavailable|NoSessionFree"
)


class Due(NamedTuple):
    """A notice that is due, what it is of, and its group."""

    notice: Notice
    item: Item
    group: str


class Batch(NamedTuple):
    """What goes into one message."""

    kind: NoticeKind
    group: str
    due: tuple[Due, ...]


def next_reminder(opened_at: datetime, now: datetime) -> datetime:
    """Return when the next reminder is due. Those that nobody sent in their time are left out."""
    for after in REMINDERS:
        if opened_at + after > now:
            return opened_at + after
    days = (now - opened_at) // DAILY + 1
    return opened_at + days * DAILY


def opened_due(now: datetime, waiting: datetime | None, recent: Sequence[datetime]) -> datetime:
    """Return when a new notice is sent, so that others may join it.

    Parameters:
        waiting: when others like it are sent that wait already.
        recent: when others were sent within STORM_WAIT.
    """
    due_at = now + GROUP_WAIT
    if len(recent) > MOST_MESSAGES:
        due_at = max(due_at, max(recent) + STORM_WAIT)
    if waiting is None:
        return due_at
    return min(waiting, due_at)


def retry_at(tries: int, now: datetime) -> datetime:
    """Return when a message is tried again that failed some times already."""
    factor: int = 2 ** min(tries - 1, 10)
    return now + min(RETRY * factor, LONGEST_RETRY)


def is_silent(sync: str, silences: Iterable[Silence], now: datetime) -> bool:
    """Return whether a sync is in a silence."""
    return any(each.sync in ("", sync) and each.begins <= now < each.ends for each in silences)


def is_oracle_down(issue: Issue, error_code: str) -> bool:
    """Return whether an issue is that Oracle can't be reached."""
    return issue.kind is IssueKind.NOT_MEASURED and bool(DOWN.fullmatch(error_code))


def group_of(issue: Issue, error_code: str, sync: Sync | None) -> str:
    """Return what an issue has in common with others: Oracle, its loader, else its sync alone."""
    if is_oracle_down(issue, error_code):
        return ORACLE_DOWN
    if sync is not None and sync.loader:
        return sync.loader
    return issue.sync


def who_is_asked(issue: Issue, sync: Sync | None) -> str:
    """Return who can do something: of what was not measured those who grant, else the owner."""
    if sync is None:
        return ""
    if issue.kind is IssueKind.NOT_MEASURED:
        return sync.grants_to or sync.owner
    return sync.owner


def batches(due: Sequence[Due]) -> list[Batch]:
    """Return what goes into which message: one a group, and one for all where they are many."""
    groups: dict[tuple[NoticeKind, str], list[Due]] = {}
    for each in due:
        groups.setdefault((each.notice.kind, each.group), []).append(each)
    found: list[Batch] = []
    for kind in NoticeKind:
        own = [(group, each) for (other, group), each in groups.items() if other is kind]
        if len(own) > MOST_MESSAGES:
            found.append(Batch(kind, STORM, ordered([each for _, some in own for each in some])))
            continue
        for group, some in own:
            found.append(Batch(kind, group, ordered(some)))
    return found


def ordered(due: Sequence[Due]) -> tuple[Due, ...]:
    """Return what is due, the worst first."""
    return tuple(sorted(due, key=lambda each: (-each.item.issue.severity.rank, each.notice.issue)))
