"""Historical mode: a durable job over a range of old times, turn by turn, yielding to normal mode."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from oracle_cdc.errors import CdcError, OracleConfigurationError, SettingsError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.jobs import (
    History,
    Job,
    begin_job,
    count_unsettled,
    next_time,
    read_history,
    set_rate,
)
from oracle_cdc.oracle.modes import Heartbeat
from oracle_cdc.oracle.session import Session
from oracle_cdc.turns import Turns
from oracle_cdc.windows import Stretch, Window

logger = logging.getLogger(__name__)

#: There is nothing to do: asked again after so many seconds.
IDLE_SECONDS = 30.0
#: Normal mode is behind, a DBA has paused the mode, or the rest is in other hands: asked again after so many seconds.
YIELD_SECONDS = 1.0
PAUSED_SECONDS = 10.0
#: Normal mode counts as behind, and as not running, after so long beyond two of its poll intervals.
LAG_SECONDS = 60.0


class JobRefused(CdcError):
    """Another historical job is unfinished."""


@dataclass(frozen=True)
class Order:
    """What somebody wants done. end None: up to the start of coverage; rate None: as it is, or no limit."""

    start: datetime
    end: datetime | None
    rate: float | None = None
    is_resend: bool = False
    replaces: bool = False
    #: The range as the settings have it, when they order it.
    setting: str | None = None


@dataclass(frozen=True)
class Terms:
    """How the job is worked on. yields: normal mode may be running beside it, and goes first; takes_due: also what is
    due in the ledger, because no normal mode of this process does it."""

    batch_size: int
    poll_seconds: float
    yields: bool
    takes_due: bool

    @property
    def lag_seconds(self) -> float:
        return LAG_SECONDS + 2 * self.poll_seconds


def place(session: Session, order: Order) -> Job:
    """Begin the job, or go on with the same one if it is unfinished; commits.

    Raises JobRefused when another is unfinished, SettingsError for a range that is empty or has no end yet.
    """
    history = read_history(session)
    job = history.job
    unfinished = job if job and not job.is_finished and not order.replaces else None
    # A range without an end is the unfinished one, wherever coverage begins by now.
    same_end = unfinished.end if unfinished and unfinished.start == order.start else None
    end = order.end or same_end or history.coverage_start
    if end is None:
        raise SettingsError(
            "the end of the range is missing: normal mode has not begun yet, so it has no default"
        )
    if end > history.now:
        raise SettingsError(
            f"the range ends in the future: {end.isoformat()} is to come; the database's clock says "
            f"{history.now.isoformat()}"
        )
    if order.start >= end:
        raise SettingsError(
            f"the range is empty: it begins at {order.start.isoformat()} and ends at {end.isoformat()}"
        )
    if unfinished:
        return resume(session, unfinished, order, end)
    begin_job(
        session,
        start=order.start,
        end=end,
        rate=order.rate or 0.0,
        is_resend=order.is_resend,
        setting=order.setting,
        seen=history.job_id,
    )
    return placed(session)


def placed(session: Session) -> Job:
    """The job as it stands now, whoever began it."""
    job = read_history(session).job
    if job is None:
        raise OracleConfigurationError("CDC_PROCESSING_STATUS: the historical job can't be written")
    return job


def resume(session: Session, job: Job, order: Order, end: datetime) -> Job:
    if (job.start, job.end, job.is_resend) != (order.start, end, order.is_resend):
        kind = " with --resend" if job.is_resend else ""
        raise JobRefused(
            f"another historical job is unfinished: {job.start.isoformat()} to {job.end.isoformat()}{kind}, done up to "
            f"{job.cursor.isoformat()}; --replace gives it up"
        )
    if order.rate is not None:
        set_rate(session, job, order.rate)
    return placed(session)


class Backfill:
    """Works on the job in CDC_PROCESSING_STATUS step by step, whoever began it; several copies can do so at once.

    The cursor is written after each step. What is before it the ledger knows, so nothing is sent twice after a kill.
    """

    def __init__(
        self,
        database: Database,
        turns: Turns,
        heartbeat: Heartbeat,
        terms: Terms,
        order: Order | None = None,
    ) -> None:
        self.database = database
        self.turns = turns
        self.heartbeat = heartbeat
        self.terms = terms
        #: What the settings order; begun once, when no other job is unfinished.
        self.order = order
        self.history: History | None = None
        self.stretch: Stretch | None = None
        self.known: tuple[str, datetime] | None = None
        #: Calls of the job that are claimed and not done, when its range is through.
        self.unsettled = 0

    @property
    def is_done(self) -> bool:
        return self.history is not None and self.history.is_finished and not self.unsettled

    @property
    def is_paused(self) -> bool:
        """By a DBA: the mode itself, or normal mode, whose switch also stops retries and takeovers."""
        if self.history is None:
            return False
        return not (
            self.history.is_normal_enabled if self.history.is_finished else self.history.is_enabled
        )

    def step(self) -> float:
        """One turn; the seconds until the next. Raises what kept it from going on."""
        began_at = monotonic()
        with self.database.session() as session:
            self.history = history = self.read(session)
            job = history.job
            if job and job.is_finished:
                self.unsettled = count_unsettled(session, job) if self.terms.takes_due else 0
        if job is None:
            return IDLE_SECONDS
        if job.is_finished:
            return self.settle_rest(history, job)
        if not history.is_enabled:
            self.turns.tell_switch(False)
            return PAUSED_SECONDS
        if self.must_yield(history):
            return YIELD_SECONDS
        leased = self.search(job)
        if leased is None:
            return YIELD_SECONDS
        return max(0.0, leased / job.rate - (monotonic() - began_at)) if job.rate else 0.0

    def read(self, session: Session) -> History:
        """The job; the one of the settings is begun when its time has come."""
        history = read_history(session, self.terms.lag_seconds)
        if self.order is None:
            return history
        if (
            history.is_finished
            and history.setting != self.order.setting
            and history.coverage_start is not None
        ):
            place(session, self.order)
            logger.info("historical job begun: %s", self.order.setting)
            return read_history(session, self.terms.lag_seconds)
        return history

    def must_yield(self, history: History) -> bool:
        is_running = self.terms.yields and history.is_normal_enabled and history.is_normal_alive
        return is_running and history.lag_seconds > self.terms.lag_seconds

    def search(self, job: Job) -> int | None:
        """One turn in the range, and the cursor; how many calls it leased. None: there is nothing to do now."""
        stretch = self.follow(job)
        window = stretch.window(job.end)
        turn = self.turns.take(
            window,
            with_due=self.terms.takes_due,
            is_thorough=True,
            most_calls=self.most_calls(job),
            job_id=job.job_id,
            resend=job.is_resend,
        )
        if turn is None:
            return None
        stretch = turn.advance(stretch, window)
        with self.database.session() as session:
            if turn.found.is_whole and not turn.claims and not stretch.is_finished:
                stretch = stretch.skipped_to(next_time(session, stretch.position))
            if self.heartbeat.record(session, seen=job.cursor, watermark=stretch.position):
                self.known = (job.job_id, stretch.position)
        self.stretch = stretch
        return turn.leased if turn.found.is_whole else None

    def follow(self, job: Job) -> Stretch:
        """Where this copy was, unless another copy or a person has moved the cursor meanwhile."""
        if self.stretch is None or self.known != (job.job_id, job.cursor):
            if self.known and self.known[0] == job.job_id and job.cursor < self.known[1]:
                logger.info(
                    "the job's cursor was moved back to %s by `checkpoint reset` or SQL",
                    job.cursor.isoformat(),
                )
            length = self.turns.scope.slice_length
            self.stretch = Stretch(job.cursor, length, length, end=job.end)
        self.known = (job.job_id, job.cursor)
        return self.stretch

    def most_calls(self, job: Job) -> int:
        """A batch, or as much of it as a second may bring."""
        return (
            min(self.terms.batch_size, max(1, int(job.rate))) if job.rate else self.terms.batch_size
        )

    def settle_rest(self, history: History, job: Job) -> float:
        """The range is through; calls that were put off are still this process's, if nobody else works."""
        others = history.is_normal_alive and self.terms.yields
        if self.unsettled and not others and history.is_normal_enabled:
            self.turns.take(
                Window(job.end, job.end), with_due=True, most_calls=self.terms.batch_size
            )
            with self.database.session() as session:
                self.unsettled = count_unsettled(session, job)
                self.heartbeat.record(session)
            return YIELD_SECONDS
        return IDLE_SECONDS if not self.unsettled else YIELD_SECONDS
