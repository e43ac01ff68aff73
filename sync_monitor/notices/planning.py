"""What the history says is to be sent on a channel now, and what becomes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_monitor.history import queries
from sync_monitor.history.notices import (
    due_notices,
    issues_over,
    issues_unheard_of,
    notices_of,
    pending_notices,
    sent_since,
    silences,
    write_notice,
)
from sync_monitor.model import Sync
from sync_monitor.notices.message import Item
from sync_monitor.notices.policy import (
    GROUP_WAIT,
    STALE,
    STORM_WAIT,
    Batch,
    Due,
    batches,
    group_of,
    is_oracle_down,
    is_silent,
    next_reminder,
    opened_due,
    retry_at,
    who_is_asked,
)
from sync_monitor.records import Notice, NoticeKind
from sync_monitor.verdicts import Issue, IssueKind

UNDER_WAY = "under way"
SENT = "sent"
OVER = "over before"
STALE_RESULT = "too late"


@dataclass(frozen=True)
class Facts:
    """What is known of the syncs when notices are planned.

    Parameters:
        codes: why the newest look at each sync failed, by its name.
        down: syncs of which a confirmed issue says that Oracle can't be reached.
    """

    codes: Mapping[str, str]
    down: frozenset[str]

    def code_of(self, issue: Issue) -> str:
        """Return the error code of an issue, empty where it is about something else."""
        if issue.kind is not IssueKind.NOT_MEASURED:
            return ""
        return self.codes.get(issue.sync, "")

    def inhibits(self, issue: Issue) -> bool:
        """Return whether Oracle is down, so that nothing else of the sync is worth a message."""
        is_it = is_oracle_down(issue, self.code_of(issue))
        return issue.sync in self.down and not is_it and issue.closed_at is None


def read_facts(connection: sqlite3.Connection) -> Facts:
    """Return what is known of the syncs."""
    codes = {name: look.error_code for name, look in queries.newest_looks(connection).items()}
    down: list[str] = []
    for issue in queries.open_issues(connection):
        is_down = is_oracle_down(issue, codes.get(issue.sync, ""))
        if is_down and issue.confirmed_at is not None:
            down.append(issue.sync)
    return Facts(codes, frozenset(down))


def plan(connection: sqlite3.Connection, channel: str, now: datetime) -> None:
    """Write the notices that a channel does not have yet: of new issues, and of closed ones."""
    new = issues_unheard_of(connection, channel)
    over = issues_over(connection, channel, now - STALE)
    if not (new or over):
        return
    waiting: dict[NoticeKind, datetime] = {}
    for notice in pending_notices(connection, channel):
        # One that is due just now takes the new ones along.
        if notice.tries == 0 and notice.due_at > now - GROUP_WAIT:
            due_at = min(notice.due_at, waiting.get(notice.kind, notice.due_at))
            waiting[notice.kind] = due_at
    for kind, issues in ((NoticeKind.OPENED, new), (NoticeKind.CLOSED, over)):
        recent = sent_since(connection, channel, kind, now - STORM_WAIT)
        due_at = opened_due(now, waiting.get(kind), recent)
        for issue in issues:
            write_notice(connection, Notice(issue.number or 0, channel, kind, due_at))


def take_due(
    connection: sqlite3.Connection, channel: str, syncs: Mapping[str, Sync], now: datetime
) -> list[Batch]:
    """Return what a channel is sent now.

    What nobody needs any more is ended, what falls into a silence waits for its end, and what
    Oracle's being down makes pointless waits until that is over.
    """
    notices = due_notices(connection, now, channel)
    if not notices:
        return []
    facts = read_facts(connection)
    silent = silences(connection, now)
    due: list[Due] = []
    for notice in notices:
        issue = queries.issue(connection, notice.issue)
        if issue is None:
            continue
        word = why_ended(notice, issue, now)
        if word:
            write_notice(connection, replace(notice, ended_at=now, result=word))
            continue
        # Either may be over before its time, so that the notice stays due.
        is_held = is_silent(issue.sync, silent, now) or facts.inhibits(issue)
        if not is_held:
            sync = syncs.get(issue.sync)
            code = facts.code_of(issue)
            item = Item(issue, code, who_is_asked(issue, sync), has_left(issue, sync))
            due.append(Due(notice, item, group_of(issue, code, sync)))
    return batches(due)


def has_left(issue: Issue, sync: Sync | None) -> bool:
    """Return whether an issue ended as its partition came to lie behind what is looked at."""
    if sync is None or issue.closed_at is None or not issue.partition:
        return False
    settled = (issue.closed_at - sync.settle).astimezone(sync.zone).date()
    oldest = settled - timedelta(days=sync.window_days)
    return issue.partition < oldest.isoformat()


def why_ended(notice: Notice, issue: Issue, now: datetime) -> str:
    """Return why nobody needs a notice any more, empty where somebody does."""
    if issue.closed_at is None:
        return ""
    if notice.kind is not NoticeKind.CLOSED:
        return OVER
    if now - issue.closed_at > STALE:
        return STALE_RESULT
    return ""


def note_under_way(connection: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """Write that a message is sent now, and when again if nobody learns what becomes of it."""
    for each in batch.due:
        due_at = retry_at(each.notice.tries + 1, now)
        write_notice(connection, replace(each.notice, due_at=due_at, result=UNDER_WAY))


def note_sent(connection: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """Write that a message was sent, and when each of its issues is due again."""
    for each in batch.due:
        notice = each.notice
        write_notice(
            connection,
            replace(notice, sent_at=now, ended_at=now, tries=notice.tries + 1, result=SENT),
        )
        if notice.kind is NoticeKind.CLOSED:
            continue
        opened_at = first_sent(connection, notice, now)
        reminder = Notice(
            notice.issue, notice.channel, NoticeKind.REMINDER, next_reminder(opened_at, now)
        )
        write_notice(connection, reminder)


def first_sent(connection: sqlite3.Connection, notice: Notice, now: datetime) -> datetime:
    """Return when the channel first heard of an issue."""
    for each in notices_of(connection, notice.issue):
        if each.channel == notice.channel and each.kind is NoticeKind.OPENED and each.sent_at:
            return each.sent_at
    return now


def note_failed(connection: sqlite3.Connection, batch: Batch, word: str, now: datetime) -> None:
    """Write that a channel did not take a message, and when it is tried again."""
    for each in batch.due:
        tries = each.notice.tries + 1
        write_notice(
            connection,
            replace(each.notice, tries=tries, result=word, due_at=retry_at(tries, now)),
        )
