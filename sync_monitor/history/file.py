"""The file of the history: opened, private to its user, moved aside where it is damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

from oracle_cdc.running.files import MODE

FILE = "history.db"


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged history and what belongs to it out of the way, and return where it is now."""
    stamp = now.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for ending in ("-wal", "-shm", ""):
        file = path.with_name(path.name + ending)
        if file.exists():
            file.rename(aside.with_name(aside.name + ending))
    return aside


def make_private(path: Path) -> None:
    """Make a file of SQLite, unless it is there. What SQLite puts beside it has its rights, too."""
    with suppress(OSError):
        # What is wrong with the place, SQLite says in its own words.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, MODE))


def connect(path: Path, *, to_read: bool = False) -> sqlite3.Connection:
    """Open the history: to write for its one writer, or to read for any thread or process.

    Transactions are begun by hand. Raises sqlite3.Error.
    """
    mode = "ro"
    if not to_read:
        mode = "rw"
        make_private(path)
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=5.0,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    try:
        for pragma in ("trusted_schema = OFF", "foreign_keys = ON", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        if not to_read:
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
