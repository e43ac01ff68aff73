"""Reading the history from any thread, and from other processes than the one that writes it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sync_monitor.errors import HistoryDamaged, HistoryUnavailable
from sync_monitor.history.file import connect

T = TypeVar("T")
#: What SQLite says of a file that is no database, or no whole one.
DAMAGED = ("malformed", "not a database", "database corruption")
#: What it says of a place that must not be written.
NOT_WRITABLE = "readonly database"


@dataclass
class Opened:
    """A thread's connection, and which file it is of."""

    connection: sqlite3.Connection
    file: tuple[int, int]


class Reader:
    """Connections to the history that only read, one for each thread.

    A file that was moved aside is not read on: the one in its place is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Ask something, and return the answer, which is of one moment.

        Raises HistoryDamaged, and HistoryUnavailable where there is no file that can be read.
        """
        try:
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except (OSError, sqlite3.Error) as error:
            self._drop()
            raise translate(error) from error

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                with suppress(sqlite3.Error):
                    connection.close()
            self._all.clear()

    def _connection(self) -> sqlite3.Connection:
        found = self.path.stat()
        file = (found.st_dev, found.st_ino)
        opened: Opened | None = getattr(self._local, "opened", None)
        if opened is not None and opened.file == file:
            return opened.connection
        self._drop()
        connection = connect(self.path, to_read=True)
        self._local.opened = Opened(connection, file)
        with self._lock:
            self._all.append(connection)
        return connection

    def _drop(self) -> None:
        opened: Opened | None = getattr(self._local, "opened", None)
        if opened is None:
            return
        self._local.opened = None
        with suppress(sqlite3.Error):
            opened.connection.close()
        with self._lock, suppress(ValueError):
            self._all.remove(opened.connection)


def translate(error: Exception) -> HistoryUnavailable | HistoryDamaged:
    """Return what a caller can do about an error of SQLite or of the file system."""
    text = str(error)
    if isinstance(error, OSError):
        text = error.strerror or "it can't be opened"
    elif any(sign in text for sign in DAMAGED):
        return HistoryDamaged("the history's file is damaged")
    elif NOT_WRITABLE in text:
        # Also to read, SQLite makes files beside it, unless the writer's are there.
        text = "this user must not write its directory, which is needed while no monitor runs"
    return HistoryUnavailable(f"the history can't be used now: {text}")
