"""What triage answered: each answer once, found again by what was asked."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.history.writing import put
from sync_monitor.records import Consultation

#: Who answered. UNANSWERED: the model was asked, and its answer does not count.
CLAUDE = "claude"
UNANSWERED = "claude-unanswered"


def write_consultation(connection: sqlite3.Connection, asked: Consultation) -> int:
    """Write an answer, or what became of a question that has a number, and return its number."""
    columns: dict[str, object] = {
        "number": asked.number,
        "sync": asked.sync,
        "run_id": asked.run_id,
        "source": asked.source,
        "model": asked.model,
        "payload_key": asked.payload_key,
        "payload": asked.payload,
        "answer": asked.answer,
        "asked_at": codec.written(asked.asked_at),
        "input_tokens": asked.input_tokens,
        "output_tokens": asked.output_tokens,
        "failure": asked.failure,
    }
    number = put(connection, "triage", columns, ("number",))
    return asked.number or number or 0


def newest_consultation(
    connection: sqlite3.Connection, sync: str, source: str
) -> Consultation | None:
    """Return the newest answer of a writer about a sync."""
    return first(
        connection.execute(
            "SELECT * FROM triage WHERE sync = ? AND source = ? ORDER BY number DESC LIMIT 1",
            (sync, source),
        )
    )


def newest_asked(connection: sqlite3.Connection, sync: str) -> Consultation | None:
    """Return the newest question about a sync that went to the model, answered or not."""
    return first(
        connection.execute(
            "SELECT * FROM triage WHERE sync = ? AND source IN (?, ?) ORDER BY number DESC LIMIT 1",
            (sync, CLAUDE, UNANSWERED),
        )
    )


def answered_before(connection: sqlite3.Connection, payload_key: str) -> Consultation | None:
    """Return the model's newest answer to the same payload, so that it is asked once."""
    return first(
        connection.execute(
            "SELECT * FROM triage WHERE payload_key = ? AND source = ? "
            "ORDER BY number DESC LIMIT 1",
            (payload_key, CLAUDE),
        )
    )


def count_asked(connection: sqlite3.Connection, begin: datetime) -> int:
    """Return how often the model was asked since a moment, whatever came of it.

    An answer that was found again keeps the moment in which it was asked for: it counts once.
    """
    found = connection.execute(
        "SELECT COUNT(*) FROM (SELECT DISTINCT payload_key, asked_at FROM triage "
        "WHERE source IN (?, ?) AND asked_at >= ?)",
        (CLAUDE, UNANSWERED, codec.written(begin)),
    ).fetchone()
    return int(found[0])


def first(rows: sqlite3.Cursor) -> Consultation | None:
    """Return the answer that the first row holds."""
    row = rows.fetchone()
    if row is None:
        return None
    return Consultation(
        sync=row["sync"],
        run_id=row["run_id"],
        source=row["source"],
        model=row["model"],
        payload_key=row["payload_key"],
        payload=row["payload"],
        answer=row["answer"],
        asked_at=codec.read(row["asked_at"]),
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        number=row["number"],
        failure=row["failure"],
    )
