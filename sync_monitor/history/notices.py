"""Notices and silences, kept so that a restart neither repeats nor forgets one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.history.queries import OF_DECLARED
from sync_monitor.history.writing import put
from sync_monitor.model import Severity
from sync_monitor.records import Notice, NoticeKind, Silence
from sync_monitor.verdicts import Issue


def write_notice(connection: sqlite3.Connection, notice: Notice) -> int:
    """Write a notice, or what became of one that has a number, and return its number."""
    columns: dict[str, object] = {
        "number": notice.number,
        "issue": notice.issue,
        "channel": notice.channel,
        "kind": notice.kind.value,
        "due_at": codec.written(notice.due_at),
        "sent_at": codec.to_text(notice.sent_at),
        "ended_at": codec.to_text(notice.ended_at),
        "tries": notice.tries,
        "result": notice.result,
    }
    number = put(connection, "notice", columns, ("number",))
    return notice.number or number or 0


def due_notices(
    connection: sqlite3.Connection, now: datetime, channel: str | None = None
) -> list[Notice]:
    """Return the notices that are due and not ended, the longest due first, of a channel or all.

    Those of a sync that the settings have no more wait for it to be declared again.
    """
    sql = "SELECT notice.* FROM notice JOIN issue ON issue.number = notice.issue "
    sql += f"WHERE ended_at IS NULL AND due_at <= ? AND {OF_DECLARED}"
    binds: list[object] = [codec.written(now)]
    if channel is not None:
        sql += " AND channel = ?"
        binds.append(channel)
    return read_notices(connection.execute(f"{sql} ORDER BY due_at, notice.number", binds))


def pending_notices(connection: sqlite3.Connection, channel: str) -> list[Notice]:
    """Return the notices of a channel that are not ended, due or not, the oldest first."""
    return read_notices(
        connection.execute(
            "SELECT * FROM notice WHERE ended_at IS NULL AND channel = ? ORDER BY number",
            (channel,),
        )
    )


def sent_since(
    connection: sqlite3.Connection, channel: str, kind: NoticeKind, begin: datetime
) -> list[datetime]:
    """Return when notices of a kind were sent on a channel since a moment."""
    rows = connection.execute(
        "SELECT sent_at FROM notice WHERE channel = ? AND kind = ? AND sent_at >= ?",
        (channel, kind.value, codec.written(begin)),
    )
    return [codec.read(row["sent_at"]) for row in rows]


def issues_unheard_of(connection: sqlite3.Connection, channel: str) -> list[Issue]:
    """Return the confirmed open issues of which a channel has no notice yet, the oldest first.

    One that is no fault by its severity is none to be heard of.
    """
    rows = connection.execute(
        "SELECT * FROM issue WHERE closed_at IS NULL AND confirmed_at IS NOT NULL "
        "AND severity <> ? AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.issue = issue.number "
        "AND channel = ? AND kind = ?) ORDER BY number",
        (Severity.OK.value, channel, NoticeKind.OPENED.value),
    )
    return list(map(codec.read_issue, rows))


def issues_over(connection: sqlite3.Connection, channel: str, begin: datetime) -> list[Issue]:
    """Return the issues that were closed since a moment, which a channel had heard of.

    Those of which it has heard that they are closed are left out.
    """
    rows = connection.execute(
        "SELECT * FROM issue WHERE closed_at >= ? "
        "AND EXISTS (SELECT 1 FROM notice WHERE notice.issue = issue.number "
        "AND channel = ? AND kind = ? AND sent_at IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.issue = issue.number "
        "AND channel = ? AND kind = ?) ORDER BY number",
        (
            codec.written(begin),
            channel,
            NoticeKind.OPENED.value,
            channel,
            NoticeKind.CLOSED.value,
        ),
    )
    return list(map(codec.read_issue, rows))


def count_results(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how often a notice was sent, and how often a channel did not take one, of all time."""
    sent, tries = connection.execute(
        "SELECT COUNT(sent_at), COALESCE(SUM(tries), 0) FROM notice"
    ).fetchone()
    return {"sent": sent, "failed": tries - sent}


def notices_of(connection: sqlite3.Connection, issue: int) -> list[Notice]:
    """Return the notices of an issue, the oldest first."""
    return read_notices(
        connection.execute("SELECT * FROM notice WHERE issue = ? ORDER BY number", (issue,))
    )


def read_notices(rows: Iterable[sqlite3.Row]) -> list[Notice]:
    """Return the notices that rows hold."""
    found: list[Notice] = []
    for row in rows:
        notice = Notice(
            issue=row["issue"],
            channel=row["channel"],
            kind=NoticeKind(row["kind"]),
            due_at=codec.read(row["due_at"]),
            sent_at=codec.to_moment(row["sent_at"]),
            ended_at=codec.to_moment(row["ended_at"]),
            tries=row["tries"],
            result=row["result"],
            number=row["number"],
        )
        found.append(notice)
    return found


def write_silence(connection: sqlite3.Connection, silence: Silence) -> int:
    """Write a silence, or its new end where it has a number, and return its number."""
    columns: dict[str, object] = {
        "number": silence.number,
        "sync": silence.sync,
        "asked_by": silence.asked_by,
        "reason": silence.reason,
        "begins": codec.written(silence.begins),
        "ends": codec.written(silence.ends),
    }
    number = put(connection, "silence", columns, ("number",))
    return silence.number or number or 0


def silences(connection: sqlite3.Connection, now: datetime) -> list[Silence]:
    """Return the silences that have not ended, the first to end first."""
    rows = connection.execute(
        "SELECT * FROM silence WHERE ends > ? ORDER BY ends, number", (codec.written(now),)
    )
    found: list[Silence] = []
    for row in rows:
        silence = Silence(
            sync=row["sync"],
            asked_by=row["asked_by"],
            reason=row["reason"],
            begins=codec.read(row["begins"]),
            ends=codec.read(row["ends"]),
            number=row["number"],
        )
        found.append(silence)
    return found
