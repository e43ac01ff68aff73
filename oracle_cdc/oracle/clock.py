"""The database's clock in SQL, as a column of plain times has it."""

from __future__ import annotations

#: The database's clock as its own columns are written. Bare SYSTIMESTAMP beside a TIMESTAMP column
#: would convert the column, and the session's zone would count.
DATABASE_NOW = "CAST(SYSTIMESTAMP AS TIMESTAMP)"


def zone_now(time_zone: str) -> str:
    """Return the database's clock in an IANA zone (checked before, by the settings)."""
    return f"CAST(SYSTIMESTAMP AT TIME ZONE '{time_zone}' AS TIMESTAMP)"


def source_now(time_zone: str | None) -> str:
    """Return the database's clock as times are written that have a zone of their own, or none."""
    if time_zone:
        return zone_now(time_zone)
    return DATABASE_NOW
