"""Says whose a file is, for whoever may not use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import pwd


def nearest_that_is_there(path: Path) -> Path:
    """Return a file, or the nearest directory above it."""
    nearest = path.absolute()
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    return nearest


def name_user(number: int) -> str:
    """Return the name of a user, or the number where it has none."""
    if sys.platform == "win32":
        return ""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def describe_owner(path: Path, error: BaseException) -> str:
    """Say what a user can do who was denied a file. It is empty for other errors."""
    if not isinstance(error, PermissionError):
        return ""
    there = nearest_that_is_there(path)
    owner = name_user(there.lstat().st_uid)
    if not owner:
        return ""
    named = "it"
    if there != path.absolute():
        named = str(there)
    return f"; {named} belongs to {owner}: {advise(owner, name_user(os.geteuid()))}"


def advise(owner: str, user: str) -> str:
    """Say what a user does about a file that is denied. Nothing is run as root for it."""
    to_own = f"sudo chown it to {user}"
    if owner == user:
        return "see its rights, `ls -ld`"
    if owner == "root":
        return to_own
    return f"sudo -u {owner} COMMAND, or {to_own}"
