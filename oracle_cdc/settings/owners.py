"""Says whose a file is, for whoever may not use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import pwd


def name_owner(path: Path) -> str:
    """Return the owner of a file, or of the nearest directory above it.

    It is empty where there are no owners.
    """
    if sys.platform == "win32":
        return ""
    nearest = path.absolute()
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    return name_user(nearest.lstat().st_uid)


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
    owner = name_owner(path)
    if not owner:
        return ""
    return f"; it belongs to {owner}: {advise(owner, name_user(os.geteuid()))}"


def advise(owner: str, user: str) -> str:
    """Say what a user does about a file of another's. Nothing is run as root for it."""
    to_own = f"sudo chown it to {user}"
    if owner == "root":
        return to_own
    return f"sudo -u {owner} COMMAND, or {to_own}"
