"""`backfill` of conversations: historical mode in the foreground, with its progress.

The same range goes on where it was.
"""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from oracle_cdc.conversations.chores.history import Backfill
from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.parts import Parts, make_parts
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.jobs import Job
from oracle_cdc.conversations.wiring import make_backfill
from oracle_cdc.errors import CdcError, ExitCode, OracleCredentialsError
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import signals
from oracle_cdc.running.terminal import Terminal, complain, say

logger = logging.getLogger(__name__)

#: Where there is no terminal, the seconds from one line to the next.
LINE_SECONDS = 5.0


class View(Protocol):
    """Shows how far the job is."""

    def show(self, job: Job, sent: int, waiting: int) -> None: ...

    def close(self) -> None: ...


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
            return work(parts, make_backfill(parts, is_foreground=True), open_view(job))
    finally:
        parts.close()


def say_beginning(job: Job) -> None:
    verb = "begins at"
    if job.cursor > job.start:
        verb = "goes on at"
    say(f"{job.start.isoformat()} to {job.end.isoformat()}, {verb} {job.cursor.isoformat()}")


def work(parts: Parts, mode: Backfill, view: View) -> int:
    """Work step by step to the end of the range, and wait for failures to pass."""
    backoff = Backoff(
        initial_seconds=parts.settings.cdc.retry_initial_seconds,
        max_seconds=parts.settings.cdc.retry_max_seconds,
    )
    try:
        while not parts.stop.is_set() and not mode.is_done:
            pause = try_step(parts, mode, backoff)
            show(parts, mode, view)
            if mode.is_done or waits_for_switch(mode):
                break
            parts.progress.rest(pause, parts.stop)
    finally:
        view.close()
    return conclude(parts, mode)


def try_step(parts: Parts, mode: Backfill, backoff: Backoff) -> float:
    """Take one step, and return the seconds until the next. Raises what will not pass."""
    try:
        result = mode.run_once()
    except CdcError as error:
        if not may_pass(parts, error):
            raise
        parts.repeats.failure("backfill", logger, "%s", error)
        return backoff.next_wait()
    parts.repeats.recovered("backfill")
    backoff.reset()
    return result.next_seconds


def may_pass(parts: Parts, error: CdcError) -> bool:
    """Return whether to go on after a failure. A password that was never accepted does not pass."""
    if isinstance(error, OracleCredentialsError):
        return parts.database.password.may_pass
    return error.is_retryable


def show(parts: Parts, mode: Backfill, view: View) -> None:
    if mode.status is not None and mode.status.job is not None:
        view.show(mode.status.job, parts.progress.counts["sent"], mode.unfinished_calls)


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
            f"{mode.unfinished_calls} calls wait for IS_ENABLED = 1; {done}",
        )
        return ExitCode.FAILED
    say(f"stopped: {done}; the same command goes on from here")
    return ExitCode.DONE


def open_view(job: Job) -> View:
    """Return a bar where the terminal can draw one, else lines."""
    console = Terminal(highlight=False)
    if console.is_terminal and not console.is_dumb_terminal:
        return Bar(console, job)
    return Lines(job)


def describe_waiting(waiting: int) -> str:
    """Say what keeps a finished range from being done: retries, and leases of a killed copy."""
    return f"{waiting} calls are put off or leased"


class Bar:
    """A bar over the range's time, with what remains at this pace."""

    def __init__(self, console: Console, job: Job) -> None:
        self.progress = Progress(
            TextColumn("{task.fields[at]}"),
            BarColumn(),
            TextColumn("{task.percentage:5.1f} %  {task.fields[sent]} sent"),
            TimeRemainingColumn(),
            console=console,
        )
        self.task = self.progress.add_task("", total=1.0, at=job.cursor.isoformat(), sent=0)
        self.progress.start()

    def show(self, job: Job, sent: int, waiting: int) -> None:
        at = job.cursor.isoformat(timespec="seconds")
        if waiting:
            at = describe_waiting(waiting)
        self.progress.update(self.task, completed=job.fraction, at=at, sent=sent)

    def close(self) -> None:
        self.progress.stop()


class Lines:
    """A line now and then."""

    def __init__(self, job: Job) -> None:
        self.began_at = monotonic()
        self.began_with = job.fraction
        self.shown_at = 0.0
        self.is_end_shown = False

    def show(self, job: Job, sent: int, waiting: int) -> None:
        now = monotonic()
        is_end = job.is_finished and not self.is_end_shown
        if now - self.shown_at < LINE_SECONDS and not is_end:
            return
        self.is_end_shown |= is_end
        self.shown_at = now
        rest = self.remaining(job.fraction)
        if waiting:
            rest = describe_waiting(waiting)
        at = job.cursor.isoformat(timespec="seconds")
        say(f"{at}  {job.fraction * 100:5.1f} %  {sent} sent  {rest}".rstrip())

    def remaining(self, fraction: float) -> str:
        """Return the time that is left at this pace, empty while nothing is done yet."""
        done = fraction - self.began_with
        if done <= 0:
            return ""
        seconds = round((monotonic() - self.began_at) * (1 - fraction) / done)
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} left"

    def close(self) -> None:
        sys.stdout.flush()
