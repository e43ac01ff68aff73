"""The database's clock: the host's, moved by an offset, in the database's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """The clock of one database.

    offset_seconds: set by ALTER SYSTEM SET oralite_clock_offset_seconds.

    zone: that of SYSTIMESTAMP. None: the host's.
    """

    def __init__(self, zone: str | None = None) -> None:
        self.offset_seconds = 0.0
        self._zone = zone

    def now(self) -> datetime:
        """Return the database's present moment, aware."""
        return datetime.now(timezone.utc) + timedelta(seconds=self.offset_seconds)

    @property
    def zone(self) -> str:
        """Return the database's time zone, as an offset where it is the host's: daylight saving
        moves it.
        """
        return self._zone or offset_text(self.now().astimezone().utcoffset() or timedelta())


def offset_text(offset: timedelta) -> str:
    """Return an offset as +02:00."""
    seconds = int(offset.total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"
