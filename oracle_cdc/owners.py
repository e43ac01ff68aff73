"""Whose a file is, for whoever may not use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import pwd


def name_owner(path: Path) -> str:
    """The owner of a file, or of the nearest directory above it that is there; empty where there are no owners."""
    if sys.platform == "win32":
        return ""
    there = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    number = there.lstat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def tell_owner(path: Path, error: BaseException) -> str:
    """What a user can do who was denied a file: who may use it; empty for other errors."""
    owner = name_owner(path) if isinstance(error, PermissionError) else ""
    return f"; it belongs to {owner}: sudo -u {owner} COMMAND, or sudo chown it" if owner else ""
