"""What triage answered: each answer once, found again by what was asked."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.history.writing import put
from sync_monitor.remembered import Consultation


def write_consultation(connection: sqlite3.Connection, asked: Consultation) -> int:
    """Write an answer, and return its number."""
    columns: dict[str, object] = {
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
    }
    return put(connection, "triage", columns) or 0


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


def answered_before(connection: sqlite3.Connection, payload_key: str) -> Consultation | None:
    """Return the newest answer to the same payload, so that it is asked once."""
    return first(
        connection.execute(
            "SELECT * FROM triage WHERE payload_key = ? ORDER BY number DESC LIMIT 1",
            (payload_key,),
        )
    )


def count_asked(connection: sqlite3.Connection, source: str, begin: datetime) -> int:
    """Return how often a writer was asked since a moment."""
    found = connection.execute(
        "SELECT COUNT(*) FROM triage WHERE source = ? AND asked_at >= ?",
        (source, codec.written(begin)),
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
    )
