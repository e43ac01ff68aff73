"""Who runs a command, as the audit trail keeps it."""

from __future__ import annotations

import getpass


def user_name() -> str:
    """Return the name of this user, empty where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
