"""What pages, commands and the next look ask of the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from sync_monitor.history import codec
from sync_monitor.measurements import Cell
from sync_monitor.model import Severity
from sync_monitor.records import Known
from sync_monitor.verdicts import Issue, Look, Span

#: Of issues: those of syncs that the settings have. Nobody looks at the others any more.
OF_DECLARED = "sync IN (SELECT name FROM sync WHERE removed_at IS NULL)"


def sync_rows(connection: sqlite3.Connection) -> dict[str, sqlite3.Row]:
    """Return the row of each sync that is declared, by its name."""
    rows = connection.execute("SELECT * FROM sync WHERE removed_at IS NULL ORDER BY name")
    return {row["name"]: row for row in rows}


def sync_row(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    """Return the row of one sync."""
    found: sqlite3.Row | None = connection.execute(
        "SELECT * FROM sync WHERE name = ?", (name,)
    ).fetchone()
    return found


def known_syncs(connection: sqlite3.Connection) -> dict[str, Known]:
    """Return what is known of each sync that is declared, by its name."""
    return {name: codec.read_known(row) for name, row in sync_rows(connection).items()}


def known_sync(connection: sqlite3.Connection, name: str) -> Known | None:
    """Return what is known of one sync."""
    found = sync_row(connection, name)
    if found is None:
        return None
    return codec.read_known(found)


def last_well(connection: sqlite3.Connection, sync: str) -> Look | None:
    """Return the newest look that found a sync well."""
    found = connection.execute(
        "SELECT * FROM look WHERE sync = ? AND severity = ? ORDER BY run_id DESC LIMIT 1",
        (sync, Severity.OK.value),
    ).fetchone()
    if found is None:
        return None
    return codec.read_look(found)


def newest_looks(connection: sqlite3.Connection) -> dict[str, Look]:
    """Return the newest look of each declared sync, by its name."""
    rows = connection.execute(
        "SELECT look.* FROM sync JOIN look ON look.run_id = sync.last_run WHERE removed_at IS NULL"
    )
    return {row["sync"]: codec.read_look(row) for row in rows}


def look(connection: sqlite3.Connection, run_id: int) -> Look | None:
    """Return a look by its run id."""
    found = connection.execute("SELECT * FROM look WHERE run_id = ?", (run_id,)).fetchone()
    if found is None:
        return None
    return codec.read_look(found)


def looks(
    connection: sqlite3.Connection,
    sync: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Look]:
    """Return looks, the newest first: of one sync or of all, below a run id or from the end."""
    sql = "SELECT * FROM look WHERE run_id < ?"
    binds: list[object] = [before or 2**63 - 1]
    if sync is not None:
        sql += " AND sync = ?"
        binds.append(sync)
    rows = connection.execute(f"{sql} ORDER BY run_id DESC LIMIT ?", (*binds, limit))
    return list(map(codec.read_look, rows))


def looks_after(
    connection: sqlite3.Connection, run_id: int, sync: str | None, limit: int
) -> list[Look]:
    """Return the looks behind a run id, the oldest first: of one sync or of all."""
    sql = "SELECT * FROM look WHERE run_id > ?"
    binds: list[object] = [run_id]
    if sync is not None:
        sql += " AND sync = ?"
        binds.append(sync)
    rows = connection.execute(f"{sql} ORDER BY run_id LIMIT ?", (*binds, limit))
    return list(map(codec.read_look, rows))


def newest_run_id(connection: sqlite3.Connection) -> int:
    """Return the run id of the newest look, 0 where there is none."""
    found: int | None = connection.execute("SELECT MAX(run_id) FROM look").fetchone()[0]
    return found or 0


def trend(connection: sqlite3.Connection, sync: str, begin: datetime) -> list[Look]:
    """Return the looks of a sync since a moment, the oldest first."""
    border = codec.written(begin)
    found: list[Look] = []
    # The newest first, so that nothing older than asked for is read.
    for row in connection.execute(
        "SELECT * FROM look WHERE sync = ? ORDER BY run_id DESC", (sync,)
    ):
        if row["began"] < border:
            break
        found.append(codec.read_look(row))
    return found[::-1]


def cells(
    connection: sqlite3.Connection, sync: str, begin: datetime | None = None
) -> dict[str, Cell]:
    """Return the cells of a sync by their partitions' keys, ascending.

    Parameters:
        begin: behind which they end. None: all.
    """
    border = ""
    if begin is not None:
        border = codec.written(begin)
    rows = connection.execute(
        "SELECT * FROM cell WHERE sync = ? AND ends > ? ORDER BY partition", (sync, border)
    )
    return {row["partition"]: codec.read_cell(row) for row in rows}


def spans(connection: sqlite3.Connection, sync: str, begin: datetime) -> list[Span]:
    """Return the spans of a sync that end behind a moment, ascending."""
    rows = connection.execute(
        "SELECT * FROM span WHERE sync = ? AND ends >= ? ORDER BY begins",
        (sync, codec.written(begin)),
    )
    return list(map(codec.read_span, rows))


def open_issues(connection: sqlite3.Connection, sync: str | None = None) -> list[Issue]:
    """Return the open issues of a sync or of all that are declared, the oldest first."""
    sql = "SELECT * FROM issue WHERE closed_at IS NULL"
    binds: tuple[str, ...] = ()
    if sync is None:
        sql += f" AND {OF_DECLARED}"
    else:
        sql += " AND sync = ?"
        binds = (sync,)
    return read_issues(connection.execute(f"{sql} ORDER BY number", binds))


def issues(
    connection: sqlite3.Connection, sync: str, before: int | None = None, limit: int = 50
) -> list[Issue]:
    """Return the issues of a sync, open or closed, the newest first.

    Parameters:
        before: only issues of a smaller number.
    """
    rows = connection.execute(
        "SELECT * FROM issue WHERE sync = ? AND (? IS NULL OR number < ?) "
        "ORDER BY number DESC LIMIT ?",
        (sync, before, before, limit),
    )
    return read_issues(rows)


def issue(connection: sqlite3.Connection, number: int) -> Issue | None:
    """Return an issue by its number."""
    rows = connection.execute("SELECT * FROM issue WHERE number = ?", (number,))
    for found in read_issues(rows):
        return found
    return None


def read_issues(rows: Iterable[sqlite3.Row]) -> list[Issue]:
    """Return the issues that rows hold."""
    return list(map(codec.read_issue, rows))
