"""`backfill` of conversations: historical mode in the foreground, with its progress.

The same range goes on where it was.
"""

from __future__ import annotations

import logging
from argparse import Namespace
from functools import partial

from oracle_cdc.commands.backfill_view import Shown, View, open_view
from oracle_cdc.commands.foreground_steps import Steps
from oracle_cdc.conversations.chores.backfill import Backfill
from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.jobs import Job
from oracle_cdc.conversations.wiring import make_backfill
from oracle_cdc.conversations.wiring_parts import Parts, make_parts
from oracle_cdc.errors import CdcError, ExitCode, OracleCredentialsError
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.signals import signals
from oracle_cdc.running.terminal import complain, say

logger = logging.getLogger(__name__)


def backfill_calls(settings: Settings, options: Namespace) -> int:
    """Send the calls of a range, and return 0 when it is done, or when a signal stopped it.

    The same command goes on from there. Raises JobRefused.
    """
    parts = make_parts(settings)
    try:
        parts.startup.ensure_database()
        parts.startup.ensure_queue(settings.sqs.outbound_queue_url)
        request = JobRequest(
            options.start,
            options.end,
            options.rate,
            is_resend=options.resend,
            replaces=options.replace,
        )
        with parts.database.session() as session:
            job = begin_or_resume(session, request)
        say_beginning(job)
        with signals(parts.stop, lambda: None):
            view = open_view(describe(job, 0, 0))
            return work(parts, make_backfill(parts, is_foreground=True), view)
    finally:
        parts.close()


def say_beginning(job: Job) -> None:
    verb = "begins at"
    if job.cursor > job.start:
        verb = "goes on at"
    say(f"{job.start.isoformat()} to {job.end.isoformat()}, {verb} {job.cursor.isoformat()}")


def work(parts: Parts, mode: Backfill, view: View) -> int:
    """Work step by step to the end of the range, and wait for failures to pass."""
    steps = make_steps(parts, mode)
    try:
        while not parts.stop.is_set() and not mode.is_done:
            pause = steps.run_one()
            show(parts, mode, view)
            if mode.is_done or waits_for_switch(mode):
                break
            parts.progress.rest(pause, parts.stop)
    finally:
        view.close()
        parts.row_lock.forget()
        mode.end()
    return conclude(parts, mode)


def make_steps(parts: Parts, mode: Backfill) -> Steps:
    """Return the steps of the job, which go on after what passes."""
    backoff = Backoff(
        initial_seconds=parts.settings.cdc.retry_initial_seconds,
        max_seconds=parts.settings.cdc.retry_max_seconds,
    )
    return Steps(
        "backfill",
        lambda: mode.run_once().next_seconds,
        may_pass=partial(may_pass, parts),
        backoff=backoff,
        repeats=parts.repeats,
        logger=logger,
    )


def may_pass(parts: Parts, error: CdcError) -> bool:
    """Return whether to go on after a failure. A password that was never accepted does not pass."""
    if isinstance(error, OracleCredentialsError):
        return parts.database.password.may_pass
    return error.is_retryable


def show(parts: Parts, mode: Backfill, view: View) -> None:
    if mode.status is not None and mode.status.job is not None:
        sent = parts.progress.counts["sent"]
        has_passed = mode.job_search.has_passed
        view.show(describe(mode.status.job, sent, mode.unfinished_calls, has_passed=has_passed))


def describe(job: Job, sent: int, waiting: int, *, has_passed: bool = False) -> Shown:
    """Say how far a job is, and what keeps it there or a finished range from being done: calls that
    others hold, retries, and leases of a killed copy."""
    reason = ""
    if has_passed and not job.is_finished:
        reason = "past calls that others hold"
    if waiting:
        reason = f"{counted(waiting, 'call is', 'calls are')} put off or leased"
    return Shown(job.cursor, job.fraction, f"{sent} sent", reason)


def waits_for_switch(mode: Backfill) -> bool:
    """Return whether the range is through, and its calls wait until a DBA sets IS_ENABLED to 1."""
    return mode.status is not None and mode.status.is_finished and mode.is_paused


def conclude(parts: Parts, mode: Backfill) -> int:
    """Say what was done, and return the exit code."""
    counts = parts.progress.counts
    done = f"{counts['sent']} sent, {counts['rejected']} rejected, {counts['failed']} failed"
    if counts["withheld"]:
        done += f", {counts['withheld']} not sent again: the source has less of them than was sent"
    if mode.is_done:
        say(f"done: {done}")
        return ExitCode.DONE
    if waits_for_switch(mode):
        complain(
            "CDC_NORMAL_MODE is paused",
            f"{counted(mode.unfinished_calls, 'call waits', 'calls wait')} "
            f"for IS_ENABLED = 1; {done}",
        )
        return ExitCode.FAILED
    say(f"stopped: {done}; the same command goes on from here")
    return ExitCode.DONE
