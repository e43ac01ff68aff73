"""A log file that rotates, and is looked for by its name: who moves or deletes it loses no line."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.files import DIRECTORY_MODE, has_name, open_regular
from oracle_cdc.running.lock import LOCK_FILE, lock_directory
from oracle_cdc.running.privacy import describe

#: Seconds between two complaints on stderr about one file.
COMPLAINT_SECONDS = 60.0


class LogDirectory:
    """The directory of all log files of this process, which no other process has meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        self.lock = lock_directory(path)
        self.turn = threading.Lock()

    def ensure(self) -> None:
        """Make and lock it again where it was deleted.

        Raises SettingsError when another process has it by now, and OSError.
        """
        with self.turn:
            self.path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
            if not has_name(self.path / LOCK_FILE, os.fstat(self.lock.fileno())):
                lost, self.lock = self.lock, lock_directory(self.path)
                lost.close()

    def close(self) -> None:
        """Let it go. Idempotent."""
        self.lock.close()


class LogFile(RotatingFileHandler):
    """A rotating file whose failures never reach the work, nor flood stderr.

    The first one that is closed lets the directory of all go.
    """

    def __init__(
        self, directory: LogDirectory, name: str, *, max_bytes: int, backup_count: int
    ) -> None:
        self.directory = directory
        self.path = directory.path / name
        self.is_stale = False
        self.complained_at = -COMPLAINT_SECONDS
        super().__init__(
            self.path,
            maxBytes=max_bytes,
            backupCount=backup_count,
            encoding="utf-8",
            errors="backslashreplace",
        )

    def _open(self) -> TextIOWrapper:
        self.directory.ensure()
        descriptor = open_regular(self.path, os.O_WRONLY | os.O_APPEND)
        self.opened = os.fstat(descriptor)
        return TextIOWrapper(
            os.fdopen(descriptor, "ab"), encoding=self.encoding, errors=self.errors
        )

    def emit(self, record: logging.LogRecord) -> None:
        if self.is_stale or self._is_gone():
            self._open_again()
        super().emit(record)

    def doRollover(self) -> None:
        """Start a new file.

        Where that fails (on Windows, while somebody reads it) the old one goes on.
        """
        old, self.stream = self.stream, None
        try:
            if old is not None:
                old.close()
            self._make_room()
            self.rotate(self.baseFilename, str(self._older(1)))
            self.stream = self._open()
        except (OSError, SettingsError) as error:
            self._complain(error)

    def handleError(self, record: logging.LogRecord) -> None:
        self._complain(sys.exc_info()[1])

    def close(self) -> None:
        # On a full disk even closing fails, for what is still in the buffer.
        with suppress(OSError):
            super().close()
        self.directory.close()

    def _make_room(self) -> None:
        """Move older files up, but only as far as the first number that is free.

        After a rotation that failed it is 1, so that trying again at each line loses none of them.
        """
        free = 1
        while free < self.backupCount and os.path.lexists(self._older(free)):
            free += 1
        for number in range(free, 1, -1):
            self._older(number - 1).replace(self._older(number))

    def rotate(self, source: str, dest: str) -> None:
        """Give the file the name of the newest older one, unless it is gone."""
        with suppress(FileNotFoundError):
            Path(source).replace(dest)

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def _is_gone(self) -> bool:
        """Return whether what is written to has lost its name."""
        return self.stream is not None and not has_name(self.path, self.opened)

    def _open_again(self) -> None:
        self.is_stale = False
        try:
            old, self.stream = self.stream, self._open()
            if old is not None:
                old.close()
        except (OSError, SettingsError) as error:
            self._complain(error)

    def _complain(self, error: BaseException | None) -> None:
        now = time.monotonic()
        if error is None or now - self.complained_at < COMPLAINT_SECONDS:
            return
        self.complained_at = now
        with suppress(Exception):
            sys.stderr.write(f"log file {self.baseFilename} can't be written: {describe(error)}\n")
