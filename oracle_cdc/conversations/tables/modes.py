"""CDC_PROCESSING_STATUS: watermark and switch of the two modes, and their first watermark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.rules.claims import Clocks
from oracle_cdc.oracle.session import Session

NORMAL_MODE = "CDC_NORMAL_MODE"
HISTORICAL_MODE = "CDC_HISTORICAL_MODE"


@dataclass(frozen=True)
class Mode:
    """A mode's row, and the database's clocks when it was read."""

    is_enabled: bool
    watermark: datetime | None
    coverage_start: datetime | None
    total_processed: int
    clocks: Clocks

    @property
    def lag_seconds(self) -> float | None:
        """Return how far the watermark is behind the database's clock."""
        if self.watermark is None:
            return None
        return round(max(0.0, (self.clocks.now - self.watermark).total_seconds()), 3)


def read_mode(session: Session, name: str) -> Mode | None:
    """Return the mode's row, or None when there is none."""
    for record in session.query("read_modes", mode_name=name):
        return to_mode(record)
    return None


def read_total(session: Session, name: str) -> int:
    """Return how many accepted sendings the mode's row counts."""
    mode = read_mode(session, name)
    if mode is None:
        return 0
    return mode.total_processed


def to_mode(record: dict[str, object]) -> Mode:
    return Mode(
        is_enabled=record["is_enabled"] == 1,
        watermark=_time(record["watermark"]),
        coverage_start=_time(record["coverage_start"]),
        total_processed=int(str(record["total_processed"] or 0)),
        clocks=Clocks(_moment(record["now_time"]), _moment(record["utc_time"])),
    )


def begin_mode(session: Session, name: str, window_minutes: int) -> None:
    """Make the row and its first watermark where they are missing, and commit."""
    session.execute("restore_mode", mode_name=name)
    session.execute("begin_coverage", commit=True, mode_name=name, window_minutes=window_minutes)


def _time(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("the database's clock came back as no time")
    return value
