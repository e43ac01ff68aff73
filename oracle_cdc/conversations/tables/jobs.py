"""The historical job in its row of CDC_PROCESSING_STATUS: range, cursor, pace."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.oracle.session import Session


@dataclass(frozen=True)
class Job:
    """A range of the source's times, the end not included, and how far it is done.

    Parameters:
        cursor: everything before it is in the ledger.
        rate: calls a second, 0 for no limit.
    """

    job_id: str
    start: datetime
    end: datetime
    rate: float
    is_resend: bool
    cursor: datetime

    @property
    def is_finished(self) -> bool:
        return self.cursor >= self.end

    @property
    def fraction(self) -> float:
        """Return how much of the range is done, 0 to 1."""
        return min(1.0, max(0.0, (self.cursor - self.start) / (self.end - self.start)))


@dataclass(frozen=True)
class JobStatus:
    """The job, if there ever was one, and how both modes are.

    Parameters:
        setting: the settings' range that became a job last.
        job_id: what stands there, also where somebody emptied the job's other columns.
    """

    job: Job | None
    job_id: str | None
    is_enabled: bool
    setting: str | None
    is_normal_enabled: bool
    is_normal_alive: bool
    watermark: datetime | None
    coverage_start: datetime | None
    now: datetime

    @property
    def is_finished(self) -> bool:
        return self.job is None or self.job.is_finished

    @property
    def lag_seconds(self) -> float:
        """Return how far normal mode is behind."""
        if self.watermark is None:
            return 0.0
        return (self.now - self.watermark).total_seconds()


def read_job_status(session: Session, stale_seconds: float = 0.0) -> JobStatus:
    """Return the job and the modes. Raises OracleConfigurationError when the mode has no row.

    Parameters:
        stale_seconds: without a sign of life for longer, normal mode is not running.
    """
    records = session.query("read_job", stale_seconds=stale_seconds)
    if not records:
        raise OracleConfigurationError(
            f"CDC_PROCESSING_STATUS has no row {HISTORICAL_MODE}; run init-tables"
        )
    record = records[0]
    return JobStatus(
        job=to_job(record),
        job_id=record["job_id"],
        is_enabled=record["is_enabled"] == 1,
        setting=record["job_setting"],
        is_normal_enabled=record["normal_enabled"] == 1,
        is_normal_alive=record["is_normal_alive"] == 1,
        watermark=record["watermark"],
        coverage_start=record["coverage_start"],
        now=record["now_time"],
    )


def to_job(record: dict[str, object]) -> Job | None:
    """Return the job, or None where there is none, or somebody emptied its columns."""
    start, end, cursor = record["job_start"], record["job_end"], record["cursor_time"]
    if not (
        isinstance(start, datetime) and isinstance(end, datetime) and isinstance(cursor, datetime)
    ):
        return None
    return Job(
        job_id=str(record["job_id"]),
        start=start,
        end=end,
        rate=float(str(record["job_rate"] or 0)),
        is_resend=record["job_resend"] == 1,
        cursor=cursor,
    )


def begin_job(
    session: Session,
    *,
    start: datetime,
    end: datetime,
    rate: float,
    is_resend: bool,
    setting: str | None,
    seen: str | None,
) -> bool:
    """Put a new job in place of the one whose JOB_ID was seen, and commit.

    Returns False when somebody was faster.
    """
    count = session.execute(
        "begin_job",
        commit=True,
        job_id=secrets.token_hex(16),
        job_start=start,
        job_end=end,
        job_rate=rate,
        is_resend=int(is_resend),
        job_setting=setting,
        seen_job=seen,
    )
    return count > 0


def set_rate(session: Session, job: Job, rate: float) -> None:
    """Change a job's pace, and commit."""
    session.execute("set_rate", commit=True, job_id=job.job_id, job_rate=rate)


def count_unfinished(session: Session, job: Job) -> int:
    """Count the calls of the job that are claimed and not done."""
    return int(session.query("count_unfinished", job_id=job.job_id)[0]["calls"])


def next_time(session: Session, start: datetime) -> datetime | None:
    """Return the first TEXT_TIME not before start, or None when there is none."""
    found: datetime | None = session.query("next_segment", window_start=start)[0]["next_time"]
    return found
