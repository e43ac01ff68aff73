"""Requests for a historical job: begins it, or goes on with the same one that is unfinished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.tables.jobs import (
    Job,
    JobStatus,
    begin_job,
    read_job_status,
    set_rate,
)
from oracle_cdc.errors import CdcError, OracleConfigurationError, SettingsError
from oracle_cdc.oracle.session import Session


class JobRefused(CdcError):
    """Another historical job is unfinished."""


@dataclass(frozen=True)
class JobRequest:
    """What somebody wants done.

    Parameters:
        end: None for up to the start of coverage.
        rate: None for as it is, or no limit.
        setting: the range as the settings have it, when they ask for it.
    """

    start: datetime
    end: datetime | None
    rate: float | None = None
    is_resend: bool = False
    replaces: bool = False
    setting: str | None = None


def begin_or_resume(session: Session, request: JobRequest) -> Job:
    """Begin the job, or go on with the same one if it is unfinished, and commit.

    Raises JobRefused when another is unfinished, and SettingsError for a range that is empty or has
    no end yet.
    """
    status = read_job_status(session)
    unfinished = None
    if status.job and not status.job.is_finished and not request.replaces:
        unfinished = status.job
    end = end_of(request, unfinished, status)
    if unfinished:
        return resume(session, unfinished, request, end)
    begin_job(
        session,
        start=request.start,
        end=end,
        rate=request.rate or 0.0,
        is_resend=request.is_resend,
        setting=request.setting,
        seen=status.job_id,
    )
    return read_job(session)


def end_of(request: JobRequest, unfinished: Job | None, status: JobStatus) -> datetime:
    """Return the end of the range.

    Raises SettingsError for a range that is empty or has no end yet.
    """
    end = request.end
    if end is None and unfinished and unfinished.start == request.start:
        # A range without an end is the unfinished one, wherever coverage begins by now.
        end = unfinished.end
    end = end or status.coverage_start
    if end is None:
        raise SettingsError(
            "the end of the range is missing: normal mode has not begun yet, so it has no default"
        )
    if end > status.now:
        raise SettingsError(
            f"the range ends in the future: {end.isoformat()} is to come; "
            f"the database's clock says {status.now.isoformat()}"
        )
    if request.start >= end:
        raise SettingsError(
            f"the range is empty: it begins at {request.start.isoformat()} "
            f"and ends at {end.isoformat()}"
        )
    return end


def resume(session: Session, job: Job, request: JobRequest, end: datetime) -> Job:
    """Go on with an unfinished job, at the pace that is asked for.

    Raises JobRefused for another range.
    """
    if (job.start, job.end, job.is_resend) != (request.start, end, request.is_resend):
        kind = ""
        if job.is_resend:
            kind = " with --resend"
        raise JobRefused(
            "another historical job is unfinished: "
            f"{job.start.isoformat()} to {job.end.isoformat()}{kind}, "
            f"done up to {job.cursor.isoformat()}; --replace gives it up"
        )
    if request.rate is not None:
        set_rate(session, job, request.rate)
    return read_job(session)


def read_job(session: Session) -> Job:
    """Return the job as it stands now, whoever began it."""
    job = read_job_status(session).job
    if job is None:
        raise OracleConfigurationError("CDC_PROCESSING_STATUS: the historical job can't be written")
    return job
