"""The reconciliation's columns of CDC_PROCESSING_STATUS, and how source and ledger compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables.modes import NORMAL_MODE
from oracle_cdc.oracle.session import Session


@dataclass(frozen=True)
class Tally:
    """How the calls of a range stand in the ledger. oldest_missing is a time of the source."""

    source: int = 0
    sent: int = 0
    summarized: int = 0
    missing: int = 0
    oldest_missing: datetime | None = None
    shrunk: int = 0
    shrunk_call: str | None = None

    def plus(self, other: Tally) -> Tally:
        """Add the tally of another range."""
        oldest = [time for time in (self.oldest_missing, other.oldest_missing) if time is not None]
        return Tally(
            self.source + other.source,
            self.sent + other.sent,
            self.summarized + other.summarized,
            self.missing + other.missing,
            min(oldest, default=None),
            self.shrunk + other.shrunk,
            self.shrunk_call or other.shrunk_call,
        )


@dataclass(frozen=True)
class SweepState:
    """What the mode's row says of sweeps.

    Parameters:
        last_end: the database's clock when the last one began that reached as far back as it
            should, and finished.
        cursor, range_start, clock: of one that was left unfinished.
    """

    is_enabled: bool
    watermark: datetime
    coverage_start: datetime
    created_at: datetime | None
    now: datetime
    last_end: datetime | None
    is_full_due: bool
    cursor: datetime | None
    range_start: datetime | None
    clock: datetime | None

    @property
    def age_seconds(self) -> float:
        """Return how long ago the last finished sweep began.

        Before the first it is how long there has been something to sweep.
        """
        since = self.last_end or max(self.coverage_start, self.created_at or self.coverage_start)
        return max(0.0, (self.now - since).total_seconds())


def read_sweep_state(session: Session, *, full_minutes: float) -> SweepState | None:
    """Return what the row says, or None while coverage has not begun."""
    records = session.query("read_sweep", mode_name=NORMAL_MODE, full_minutes=full_minutes)
    if not records or records[0]["watermark"] is None or records[0]["coverage_start"] is None:
        return None
    (record,) = records
    return SweepState(
        is_enabled=record["is_enabled"] == 1,
        watermark=record["watermark"],
        coverage_start=record["coverage_start"],
        created_at=record["created_at"],
        now=record["now_time"],
        last_end=record["sweep_end"],
        is_full_due=record["is_full_due"] == 1,
        cursor=record["sweep_cursor"],
        range_start=record["sweep_from"],
        clock=record["sweep_clock"],
    )


def take_sweep(
    session: Session, owner: str, *, lease_seconds: int, interval_minutes: float
) -> bool:
    """Take the sweep for this copy if it is time and no other has it, and commit.

    Returns whether it is this copy's.
    """
    count = session.execute(
        "take_sweep",
        commit=True,
        mode_name=NORMAL_MODE,
        owner=owner,
        lease_seconds=lease_seconds,
        interval_minutes=interval_minutes,
    )
    return count > 0


def begin_sweep(
    session: Session, owner: str, *, range_start: datetime, clock: datetime, cursor: datetime | None
) -> None:
    """Write what the sweep covers, unless another copy took it over, and commit."""
    session.execute(
        "begin_sweep",
        commit=True,
        mode_name=NORMAL_MODE,
        owner=owner,
        range_start=range_start,
        clock_time=clock,
        cursor_time=cursor,
    )


def save_sweep(
    session: Session, owner: str, *, cursor: datetime | None, lease_seconds: int
) -> bool:
    """Write how far it has come, commit, and return whether it is still this copy's."""
    count = session.execute(
        "save_sweep",
        commit=True,
        mode_name=NORMAL_MODE,
        owner=owner,
        cursor_time=cursor,
        lease_seconds=lease_seconds,
    )
    return count > 0


def finish_sweep(
    session: Session, owner: str, *, clock: datetime | None, tally: Tally | None
) -> bool:
    """Write its end, commit, and return whether it was still this copy's.

    Parameters:
        clock: of its beginning, if it reached back as far as it should.
        tally: if it was measured as a whole.
    """
    figures = tally or Tally()
    count = session.execute(
        "finish_sweep",
        commit=True,
        mode_name=NORMAL_MODE,
        owner=owner,
        clock_time=clock,
        is_measured=int(tally is not None),
        source_count=figures.source,
        sent_count=figures.sent,
        summarized_count=figures.summarized,
        missing_count=figures.missing,
        oldest_time=figures.oldest_missing,
    )
    return count > 0


def measure_window(
    session: Session, window: Window, *, range_start: datetime, settled_until: datetime
) -> Tally:
    """Compare source and ledger in a window.

    Only rows before settled_until can be missing: newer ones are normal mode's.
    """
    (record,) = session.query(
        "measure_window",
        window_start=window.start,
        window_end=window.end,
        range_start=range_start,
        settled_until=settled_until,
    )
    return Tally(
        int(record["source_count"]),
        int(record["sent_count"]),
        int(record["summarized_count"]),
        int(record["missing_count"]),
        record["oldest_time"],
        int(record["shrunk_count"]),
        record["shrunk_call"],
    )
