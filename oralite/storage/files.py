"""The SQLite file of a database: where it lies, who may use it, and connections to it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import apsw

_MEMORY = Path("/dev/shm")
_BUSY_MILLISECONDS = 10_000
#: Whoever may read the file needs no password for what is in it.
_MODE = 0o600


class DatabaseFile:
    """The file of one database.

    path None: in memory, gone when closed. Raises OSError when another process uses the file.
    """

    def __init__(self, path: str | None) -> None:
        self._directory = contextlib.ExitStack()
        self._lock: apsw.Connection | None = None
        self._synchronous = "OFF"
        if path is None:
            self.path = self._temporary()
        else:
            self.path = str(Path(path).absolute())
            self._synchronous = "NORMAL"
            self._lock = self._claim()

    def _temporary(self) -> str:
        parent = None
        if _MEMORY.is_dir():
            parent = _MEMORY
        directory = tempfile.TemporaryDirectory(prefix="oralite-", dir=parent)
        return str(Path(self._directory.enter_context(directory)) / "database")

    def _claim(self) -> apsw.Connection:
        """Take a lock that ends with the process, however it ends."""
        for name in (self.path, f"{self.path}.lock"):
            os.close(os.open(name, os.O_RDWR | os.O_CREAT, _MODE))
        lock = apsw.Connection(f"{self.path}.lock")
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError as error:
            lock.close()
            raise OSError(f"{self.path} is in use by another process") from error
        return lock

    def connect(self) -> apsw.Connection:
        connection = apsw.Connection(self.path)
        connection.set_busy_timeout(_BUSY_MILLISECONDS)
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32768")
        return connection

    def close(self) -> None:
        """Let others use it, once all connections are closed."""
        if self._lock is not None:
            self._lock.close()
        self._directory.close()
