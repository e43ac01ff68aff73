"""Notices and silences, kept so that a restart neither repeats nor forgets one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.history.writing import put
from sync_monitor.remembered import Notice, NoticeKind, Silence


def write_notice(connection: sqlite3.Connection, notice: Notice) -> int:
    """Write a notice, or what became of one that has a number, and return its number."""
    columns: dict[str, object] = {
        "number": notice.number,
        "issue": notice.issue,
        "channel": notice.channel,
        "kind": notice.kind.value,
        "due_at": codec.written(notice.due_at),
        "sent_at": codec.to_text(notice.sent_at),
        "tries": notice.tries,
        "result": notice.result,
    }
    number = put(connection, "notice", columns, ("number",))
    return notice.number or number or 0


def due_notices(connection: sqlite3.Connection, now: datetime) -> list[Notice]:
    """Return the notices that are due and not sent, the longest due first."""
    return read_notices(
        connection.execute(
            "SELECT * FROM notice WHERE sent_at IS NULL AND due_at <= ? ORDER BY due_at, number",
            (codec.written(now),),
        )
    )


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
