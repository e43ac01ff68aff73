"""One process at a time in a directory."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.files import open_regular

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_FILE = "cdc_service.lock"
#: Windows forbids others to read what is locked, so it is a byte far behind the process id.
LOCKED_BYTE = 1 << 20


def lock_directory(directory: Path, setting: str = "LOG_DIR", name: str = LOCK_FILE) -> IO[str]:
    """Take the directory for this process until the file is closed or the process ends.

    Parameters:
        setting: that names the directory, for the error.
        name: of the file that is locked.

    Raises SettingsError when another process, which it names, has it, or the lock is no regular
    file.
    """
    descriptor = open_regular(directory / name, os.O_RDWR | os.O_APPEND, setting)
    file = os.fdopen(descriptor, "a+", encoding="ascii", errors="replace")
    try:
        _lock(file)
    except OSError as error:
        file.seek(0)
        owner = file.read(20).strip() or "unknown"
        file.close()
        raise SettingsError(
            f"{setting}: given {str(directory)!r}; "
            "allowed: a directory of its own for each copy of the service; "
            f"locked by process {owner}, which is running"
        ) from error
    file.truncate(0)
    # A full disk keeps nobody from the lock. It only hides from others whose it is.
    with suppress(OSError):
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return file


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        file.seek(LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
