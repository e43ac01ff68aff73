"""What is old goes, in small steps: looks thinned to one an hour, then all, with an anchor each."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.history.chain import BEGINNING, link
from sync_monitor.history.writing import put
from sync_monitor.records import Retention

#: Looks of one step: some hundredths of a second.
STEP = 500
HOUR_DIGITS = len("2026-11-25T09")


def purge(
    connection: sqlite3.Connection, now: datetime, retention: Retention, step: int = STEP
) -> int:
    """Do one step within the caller's transaction, and return how many rows it went over.

    0 means that there is nothing left to do.
    """
    count = remove_looks(connection, codec.written(now - retention.figures), now, step)
    count += thin_looks(connection, codec.written(now - retention.looks), now, step)
    border = codec.written(now - retention.figures)
    for table, key, column in (
        ("cell", "sync, partition", "ends"),
        ("span", "sync, begins", "ends"),
        ("triage", "number", "asked_at"),
    ):
        removed = connection.execute(
            f"DELETE FROM {table} WHERE ({key}) IN "
            f"(SELECT {key} FROM {table} WHERE {column} < ? LIMIT ?)",
            (border, step),
        )
        count += removed.rowcount
    return count


def remove_looks(connection: sqlite3.Connection, border: str, now: datetime, step: int) -> int:
    """Remove the first looks that are older than a moment, and return how many."""
    rows = connection.execute("SELECT * FROM look ORDER BY run_id LIMIT ?", (step,)).fetchall()
    old: list[sqlite3.Row] = []
    for row in rows:
        if row["began"] >= border:
            break
        old.append(row)
    take_out(connection, old, now)
    return len(old)


def thin_looks(connection: sqlite3.Connection, border: str, now: datetime, step: int) -> int:
    """Remove the next looks older than a moment that are not a sync's first of their hour.

    Returns how many were looked at. What was thinned once is not looked at again.
    """
    rows = connection.execute(
        "SELECT * FROM look WHERE run_id > ? AND began < ? ORDER BY run_id LIMIT ?",
        (thinned_until(connection), border, step),
    ).fetchall()
    if not rows:
        return 0
    kept_hours: dict[str, str] = {}
    surplus: list[list[sqlite3.Row]] = [[]]
    for row in rows:
        sync, hour = row["sync"], row["began"][:HOUR_DIGITS]
        if sync not in kept_hours:
            kept_hours[sync] = hour_before(connection, sync, row["run_id"])
        if kept_hours[sync] == hour:
            surplus[-1].append(row)
        else:
            kept_hours[sync] = hour
            surplus.append([])
    for group in surplus:
        take_out(connection, group, now)
    note_thinned(connection, rows[-1]["run_id"])
    return len(rows)


def hour_before(connection: sqlite3.Connection, sync: str, run_id: int) -> str:
    """Return the hour of the look of a sync before another."""
    found = connection.execute(
        "SELECT began FROM look WHERE sync = ? AND run_id < ? ORDER BY run_id DESC LIMIT 1",
        (sync, run_id),
    ).fetchone()
    if found is None:
        return ""
    return str(found["began"])[:HOUR_DIGITS]


def take_out(connection: sqlite3.Connection, looks: Sequence[sqlite3.Row], now: datetime) -> None:
    """Remove looks, and leave an anchor for each stretch of the chain that they were."""
    stretch: list[sqlite3.Row] = []
    for row in looks:
        if stretch and row["prev_hash"] != stretch[-1]["hash"]:
            leave_anchor(connection, stretch, now)
            stretch = []
        stretch.append(row)
    if stretch:
        leave_anchor(connection, stretch, now)
    connection.executemany("DELETE FROM look WHERE run_id = ?", [(row["run_id"],) for row in looks])


def leave_anchor(
    connection: sqlite3.Connection, stretch: Sequence[sqlite3.Row], now: datetime
) -> None:
    """Leave the anchor that leads over a stretch of looks."""
    last = connection.execute("SELECT number, hash FROM anchor ORDER BY number DESC LIMIT 1")
    number, prev_hash = last.fetchone() or (0, BEGINNING)
    columns: dict[str, object] = {
        "number": number + 1,
        "first_run": stretch[0]["run_id"],
        "last_run": stretch[-1]["run_id"],
        "looks": len(stretch),
        "before_hash": stretch[0]["prev_hash"],
        "after_hash": stretch[-1]["hash"],
        "purged_at": codec.written(now),
    }
    new_hash = link(prev_hash, columns)
    put(connection, "anchor", {**columns, "prev_hash": prev_hash, "hash": new_hash})


def thinned_until(connection: sqlite3.Connection) -> int:
    """Return the run id up to which looks were thinned."""
    found = connection.execute("SELECT value FROM meta WHERE name = 'thinned_run'").fetchone()
    if found is None:
        return 0
    return int(found["value"])


def note_thinned(connection: sqlite3.Connection, run_id: int) -> None:
    """Note up to which run id looks were thinned."""
    put(connection, "meta", {"name": "thinned_run", "value": str(run_id)}, ("name",))
