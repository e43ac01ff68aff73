"""The time of day, as every program reads it."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(timezone.utc)
