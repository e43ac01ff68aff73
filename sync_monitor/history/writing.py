"""What a look leaves behind, written within one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from sync_monitor.history import codec
from sync_monitor.history.chain import head, link, move_head
from sync_monitor.records import Entry
from sync_monitor.verdicts import Issue, Look


def write_entries(connection: sqlite3.Connection, entries: Iterable[Entry]) -> list[int]:
    """Write what looks left behind, and return their run ids."""
    return [write_entry(connection, entry) for entry in entries]


def write_entry(connection: sqlite3.Connection, entry: Entry) -> int:
    """Write all that a look left behind, and return its run id."""
    sync = entry.look.sync
    run_id = write_look(connection, entry.look)
    for cell in entry.cells:
        put(connection, "cell", codec.cell_columns(sync, cell), ("sync", "partition"))
    for span in entry.spans:
        columns: dict[str, object] = {
            "sync": sync,
            "begins": codec.written(span.begin),
            "ends": codec.written(span.end),
            "severity": span.severity.value,
        }
        put(connection, "span", columns, ("sync", "begins"))
    for issue in entry.issues:
        write_issue(connection, issue, run_id)
    standing = codec.standing_columns(sync, entry.standing, run_id)
    put(connection, "sync", standing, ("name",), kept=("added_at",))
    return run_id


def write_look(connection: sqlite3.Connection, look: Look) -> int:
    """Add a look to the chain, and return its run id."""
    last_run, prev_hash = head(connection)
    columns = codec.look_columns(look, last_run + 1)
    new_hash = link(prev_hash, columns)
    put(connection, "look", {**columns, "prev_hash": prev_hash, "hash": new_hash})
    move_head(connection, last_run + 1, new_hash)
    return last_run + 1


def write_issue(connection: sqlite3.Connection, issue: Issue, run_id: int) -> None:
    """Write an issue as it is after a look. One that is open already is not opened again."""
    columns = codec.issue_columns(issue, run_id)
    if issue.number is not None:
        put(connection, "issue", columns, ("number",))
        return
    found = connection.execute(
        "SELECT number, opened_at, first_look FROM issue "
        "WHERE sync = ? AND kind = ? AND partition = ? AND closed_at IS NULL",
        (columns["sync"], columns["kind"], columns["partition"]),
    ).fetchone()
    if found is not None:
        columns.update(dict(found))
    put(connection, "issue", columns, ("number",))


def put(
    connection: sqlite3.Connection,
    table: str,
    columns: Mapping[str, object],
    key: tuple[str, ...] = (),
    *,
    kept: tuple[str, ...] = (),
) -> int | None:
    """Insert a row, or update the one with the same key, and return its number.

    Parameters:
        table, columns: of the schema, never from outside.
        kept: columns that an update leaves as they are.
    """
    sql = upsert(table, tuple(columns), key, kept)
    return connection.execute(sql, dict(columns)).lastrowid


@lru_cache(maxsize=64)
def upsert(
    table: str, columns: tuple[str, ...], key: tuple[str, ...], kept: tuple[str, ...]
) -> str:
    """Return the statement that `put` runs."""
    names = ", ".join(columns)
    binds = ", ".join(f":{name}" for name in columns)
    sql = f"INSERT INTO {table} ({names}) VALUES ({binds})"
    if key:
        changes = []
        for name in columns:
            if name not in key and name not in kept:
                changes.append(f"{name} = excluded.{name}")
        sql += f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)}"
    return sql


def declare_syncs(connection: sqlite3.Connection, names: Collection[str], now: datetime) -> None:
    """Note which syncs there are: new ones from now on, and since when others are gone."""
    at = codec.written(now)
    for name in names:
        connection.execute(
            "INSERT INTO sync (name, added_at) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET removed_at = NULL",
            (name, at),
        )
    known = connection.execute("SELECT name FROM sync WHERE removed_at IS NULL").fetchall()
    for row in known:
        if row["name"] not in names:
            connection.execute("UPDATE sync SET removed_at = ? WHERE name = ?", (at, row["name"]))
