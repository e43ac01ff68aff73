"""The runbooks of confirmed issues, so that a page shows them and asks neither side."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sync_monitor.history import codec
from sync_monitor.history.writing import put
from sync_monitor.records import KeptRunbook


def write_runbooks(connection: sqlite3.Connection, runbooks: Iterable[KeptRunbook]) -> None:
    """Keep runbooks, each in the place of the one before."""
    for each in runbooks:
        columns: dict[str, object] = {
            "issue": each.issue,
            "run_id": each.run_id,
            "dialect": each.dialect,
            "text": each.text,
            "void_after": codec.written(each.void_after),
        }
        put(connection, "runbook", columns, ("issue",))


def runbook(connection: sqlite3.Connection, issue: int) -> KeptRunbook | None:
    """Return the runbook of an issue, None where none heals it."""
    row = connection.execute("SELECT * FROM runbook WHERE issue = ?", (issue,)).fetchone()
    if row is None:
        return None
    return KeptRunbook(
        row["issue"], row["run_id"], row["dialect"], row["text"], codec.read(row["void_after"])
    )
