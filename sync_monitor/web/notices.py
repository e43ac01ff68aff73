"""Who was notified of what, and who wanted to hear nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sync_monitor.history import queries
from sync_monitor.history.notices import notices_of, silences
from sync_monitor.records import Notice, NoticeKind, Silence
from sync_monitor.verdicts import Issue
from sync_monitor.web.words import Clock, many

MOST_ISSUES = 6


@dataclass(frozen=True)
class Notified:
    """An open issue, what was said of it, and by what it is silenced."""

    issue: Issue
    lines: tuple[str, ...]
    silence: Silence | None


def read_notified(
    connection: sqlite3.Connection, clock: Clock, now: datetime
) -> tuple[list[Notified], int]:
    """Return the worst confirmed issues, one for each sync, with who was notified.

    Beside them how many other syncs have any.
    """
    quiet = silences(connection, now)
    found: dict[str, Issue] = {}
    issues = [each for each in queries.open_issues(connection) if each.confirmed_at is not None]
    issues.sort(key=lambda issue: (-issue.severity.rank, -issue.rows))
    for issue in issues:
        found.setdefault(issue.sync, issue)
    shown: list[Notified] = []
    for issue in list(found.values())[:MOST_ISSUES]:
        silence = silence_of(issue, quiet, now)
        notices = notices_of(connection, issue.number or 0)
        shown.append(Notified(issue, tuple(said(issue, notices, silence, clock)), silence))
    return shown, len(found) - len(shown)


def silence_of(issue: Issue, quiet: Sequence[Silence], now: datetime) -> Silence | None:
    """Return the silence that an issue falls into, the last to end."""
    for silence in reversed(quiet):
        if silence.sync in ("", issue.sync) and silence.begins <= now:
            return silence
    return None


def said(
    issue: Issue, notices: Sequence[Notice], silence: Silence | None, clock: Clock
) -> list[str]:
    """Return what was said of an issue, in lines."""
    lines = [f"opened {clock.near(issue.opened_at)}"]
    sent = [notice for notice in notices if notice.sent_at is not None]
    failed = [notice for notice in notices if notice.sent_at is None and notice.tries]
    reminders = [notice for notice in sent if notice.kind is NoticeKind.REMINDER]
    if sent:
        channels = sorted({notice.channel for notice in sent})
        line = f"sent to {', '.join(channels)}"
        if reminders:
            line += f", reminded {many(len(reminders), 'time')}"
        lines.append(line)
    if failed:
        lines.append(f"{len(failed)} not delivered: {failed[-1].result}")
    waiting = [notice.due_at for notice in notices if notice.sent_at is None]
    if waiting and silence is None:
        lines.append(f"next {clock.near(min(waiting))}")
    if silence is not None:
        lines.append(f"silenced by {silence.asked_by} until {clock.near(silence.ends)}")
    elif not notices:
        lines.append("nobody was notified")
    return lines
