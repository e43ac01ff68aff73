"""Files in a directory that others may write: no link is followed, only a regular file opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from oracle_cdc.errors import SettingsError

#: Others have no business in the logs.
MODE, DIRECTORY_MODE = 0o640, 0o750
#: Neither follow a link nor wait for the other end of a FIFO; Windows knows neither.
CAREFULLY = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
)


def open_regular(path: Path, flags: int, setting: str = "LOG_DIR") -> int:
    """Open a file, or make it with mode 0640, and return its descriptor.

    `setting` is what names its directory, for the error.

    Raises SettingsError, with its name, for what is a link, has a second name or is no regular
    file, and OSError for what this user may not open.
    """
    try:
        descriptor = os.open(path, flags | os.O_CREAT | CAREFULLY, MODE)
    except OSError:
        if os.path.lexists(path):
            refuse_odd(path, path.lstat(), setting)
        raise
    try:
        refuse_odd(path, os.fstat(descriptor), setting)
    except SettingsError:
        os.close(descriptor)
        raise
    return descriptor


def has_name(path: Path, opened: os.stat_result) -> bool:
    """Return whether an open file still has this name: somebody may have moved or deleted it."""
    try:
        return os.path.samestat(path.lstat(), opened)
    except FileNotFoundError:
        return False
    except OSError:
        # Nobody knows. What is open is better than nothing.
        return True


def refuse_odd(path: Path, found: os.stat_result, setting: str) -> None:
    """Raise SettingsError unless it is a regular file of one name."""
    kind = name_kind(found)
    if kind:
        raise SettingsError(
            f"{setting}: {path} is {kind}; allowed: regular files only; remove it, "
            "and see who else may write into the directory"
        )


def name_kind(found: os.stat_result) -> str:
    """Say what a file is that may not be opened. It is empty for one that may."""
    if stat.S_ISLNK(found.st_mode):
        return "a link"
    if not stat.S_ISREG(found.st_mode):
        return "no regular file"
    if found.st_nlink > 1:
        return "a second name of another file"
    return ""
