"""Historical mode: works on a durable job over a range of old times, and yields to normal mode."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from time import monotonic

from oracle_cdc.conversations.chores.job_requests import JobRequest, begin_or_resume
from oracle_cdc.conversations.chores.job_search import JobSearch, RangeSearch
from oracle_cdc.conversations.chores.uncounted_sendings import count_rest
from oracle_cdc.conversations.outbound.turn import Search, Turn
from oracle_cdc.conversations.outbound.turns import Turns
from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables.heartbeat import Heartbeat
from oracle_cdc.conversations.tables.jobs import (
    Job,
    JobStatus,
    count_unfinished,
    next_time,
    read_job_status,
)
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.chore import Chore, Result

logger = logging.getLogger(__name__)

#: What is waited for once all else of the range is done.
OF_OTHERS = "calls that others hold"
#: Between two looks for a job, while there is none.
IDLE_SECONDS = 30.0
#: Between two steps while a DBA has paused the mode.
PAUSED_SECONDS = 10.0
#: Between two steps while normal mode is behind, or the rest of the job is in other hands.
YIELD_SECONDS = 1.0
#: Normal mode counts as behind, and as not running, this far beyond two of its poll intervals.
LAG_SECONDS = 60.0


@dataclass(frozen=True)
class BackfillRules:
    """How the job is worked on.

    Parameters:
        yields: normal mode may be running beside it, and goes first.
        takes_due: also what is due in the ledger, because no normal mode of this process does it.
    """

    batch_size: int
    poll_seconds: float
    yields: bool
    takes_due: bool

    @property
    def lag_seconds(self) -> float:
        return LAG_SECONDS + 2 * self.poll_seconds

    def most_calls(self, job: Job) -> int:
        """Return how many calls a turn may claim: a batch, or what of it a second may bring."""
        if not job.rate:
            return self.batch_size
        return min(self.batch_size, max(1, int(job.rate)))


class Backfill(Chore):
    """Works on the job in CDC_PROCESSING_STATUS step by step, whoever began it.

    Several copies can do so at once. The cursor is written after each step. What is before it the
    ledger knows, so nothing is sent twice after a kill.
    """

    name = "history"
    needs_queue = True

    def __init__(
        self,
        database: Database,
        turns: Turns,
        heartbeat: Heartbeat,
        rules: BackfillRules,
        request: JobRequest | None = None,
    ) -> None:
        self.database = database
        self.turns = turns
        self.heartbeat = heartbeat
        self.rules = rules
        #: What the settings ask for; begun once, when no other job is unfinished.
        self.request = request
        self.status: JobStatus | None = None
        self.job_search = JobSearch(turns.scope.slice_length, turns.repeats)
        #: Calls of the job that are claimed and not done, when its range is through.
        self.unfinished_calls = 0

    @property
    def is_done(self) -> bool:
        return self.status is not None and self.status.is_finished and not self.unfinished_calls

    @property
    def is_paused(self) -> bool:
        """Return whether a DBA paused the mode, or normal mode once the range is through.

        The switch of normal mode also stops retries and takeovers.
        """
        if self.status is None:
            return False
        if self.status.is_finished:
            return not self.status.is_normal_enabled
        return not self.status.is_enabled

    def run_once(self) -> Result:
        """Take one turn."""
        began_at = monotonic()
        with self.database.session() as session:
            self.status = status = self.read(session)
            job = status.job
            if job and job.is_finished and self.rules.takes_due:
                self.unfinished_calls = count_unfinished(session, job)
        if job is None:
            return Result(IDLE_SECONDS, waits_for="a job")
        if job.is_finished:
            return self.finish_put_off_calls(status, job)
        if not status.is_enabled:
            self.turns.note_switch(False)
            return Result(PAUSED_SECONDS, waits_for="the DBA, who paused it")
        if self.must_yield(status):
            return Result(YIELD_SECONDS, waits_for="normal mode, which is behind")
        leased = self.search(job)
        if leased is None:
            return Result(YIELD_SECONDS, waits_for="SQS, or a whole search")
        if self.job_search.goes_back():
            return Result(PAUSED_SECONDS, waits_for=OF_OTHERS)
        if not job.rate:
            return Result(0.0)
        return Result(max(0.0, leased / job.rate - (monotonic() - began_at)))

    def read(self, session: Session) -> JobStatus:
        """Return the job, and begin the one of the settings when its time has come."""
        status = read_job_status(session, self.rules.lag_seconds)
        if self.request is None or not status.is_finished or status.coverage_start is None:
            return status
        if status.setting == self.request.setting:
            return status
        begin_or_resume(session, self.request)
        logger.info("historical job begun: %s", self.request.setting)
        return read_job_status(session, self.rules.lag_seconds)

    def must_yield(self, status: JobStatus) -> bool:
        is_running = self.rules.yields and status.is_normal_enabled and status.is_normal_alive
        return is_running and status.lag_seconds > self.rules.lag_seconds

    def search(self, job: Job) -> int | None:
        """Take one turn in the range, write the cursor, and return how many calls it leased.

        Returns None when there is nothing to do now.
        """
        way = self.job_search.follow(job)
        window = way.stretch.window(job.end)
        turn = self.turns.take(
            Search(
                window,
                with_due=self.rules.takes_due,
                is_thorough=True,
                most_calls=self.rules.most_calls(job),
                job_id=job.job_id,
                is_resend=job.is_resend,
            )
        )
        if turn is None:
            return None
        self.move_cursor(job, turn, way.searched(turn, window))
        if not turn.found.is_whole:
            return None
        return turn.leased

    def move_cursor(self, job: Job, turn: Turn, way: RangeSearch) -> None:
        """Write how far the range is done, past a time in which the source has nothing."""
        with self.database.session() as session:
            if turn.found.is_whole and not turn.claims and not way.is_finished:
                next_found = next_time(session, way.stretch.position)
                way = replace(way, stretch=way.stretch.skipped_to(next_found))
            position = way.position
            if self.heartbeat.record(
                session, seen=job.cursor, watermark=position, job_id=job.job_id
            ):
                self.job_search.seen = (job.job_id, position)
        self.job_search.search = way

    def finish_put_off_calls(self, status: JobStatus, job: Job) -> Result:
        """Take what was put off, once the range is through and if nobody else does it."""
        if not self.unfinished_calls:
            return Result(IDLE_SECONDS, waits_for="a job")
        if status.is_normal_alive and self.rules.yields:
            return Result(YIELD_SECONDS, waits_for="normal mode, which takes what was put off")
        if not status.is_normal_enabled:
            return Result(YIELD_SECONDS, waits_for="the DBA, who paused normal mode")
        self.turns.take(Search(Window(job.end, job.end), most_calls=self.rules.batch_size))
        with self.database.session() as session:
            self.unfinished_calls = count_unfinished(session, job)
            self.heartbeat.record(session)
        return Result(YIELD_SECONDS)

    def end(self) -> None:
        """Count what is not counted yet."""
        count_rest(self.database, self.heartbeat)
