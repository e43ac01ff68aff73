"""A monitor that runs: workers that look, one loop that writes what they found, and a purge."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from oracle_cdc.errors import CdcError
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.service import Leg, Loop
from oracle_cdc.watching.readiness import Deadlines, Readiness
from sync_monitor.errors import LookHangs, code_of
from sync_monitor.history.purging import purge
from sync_monitor.history.store import Store
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.model import Sync
from sync_monitor.records import Retention
from sync_monitor.rounds import Rounds
from sync_monitor.rules.conclusion import Taken, conclude_failure
from sync_monitor.schedule import Schedule, Turn

logger = logging.getLogger(__name__)

#: How long a worker waits where nobody's turn is.
IDLE_SECONDS = 0.2
#: Between two writes of what was found. Looks that end meanwhile are written together.
WRITE_SECONDS = 0.5
PURGE_SECONDS = 3600.0
#: Statements that a look may take, each as long as it may, until it is said to hang.
STATEMENTS_OF_A_LOOK = 5
#: Of a look that hangs, one worker more is begun, up to this.
MOST_REPLACED = 8
#: All workers together, as one of the loops by which the monitor is alive or not.
LOOKS = "monitor-looks"
#: What a loop may take beyond the longest look until it is said to hang, for a slow disk.
GRACE = timedelta(seconds=60)
#: What the loops that write and purge do after a failure, in seconds.
RETRY_SECONDS, MOST_RETRY_SECONDS = 1.0, 60.0


@dataclass(frozen=True)
class Plan:
    """What a monitor does.

    Parameters:
        workers: looks at once.
        statement: the longest time of one statement.
    """

    syncs: Sequence[Sync]
    pace: Pace
    retention: Retention
    workers: int
    statement: timedelta

    @property
    def hangs_after(self) -> timedelta:
        """Return how long a look may take, whatever its statements' deadlines come to."""
        return self.statement * STATEMENTS_OF_A_LOOK

    @property
    def progress_deadline(self) -> timedelta:
        """Return in which each loop gets on, while it does not hang itself."""
        return self.hangs_after + GRACE


class Monitor:
    """Looks at all syncs until it is stopped.

    Parameters:
        progress: of its loops, by which it is alive or not.
    """

    def __init__(self, store: Store, rounds: Rounds, plan: Plan, progress: Progress) -> None:
        self.store = store
        self.rounds = rounds
        self.plan = plan
        self.progress = progress
        self.stop = threading.Event()
        self.schedule = Schedule(
            plan.syncs, plan.pace.interval, plan.workers, plan.statement, monotonic()
        )
        self.found: queue.Queue[Turn] = queue.Queue()
        self.hanging: set[str] = set()
        self.workers: list[threading.Thread] = []

    def loops(self) -> list[Loop]:
        """Return the loops of the service: writing and purging. The workers are its own."""
        backoff = Backoff(initial_seconds=RETRY_SECONDS, max_seconds=MOST_RETRY_SECONDS)
        repeats = RepeatLimiter()
        legs = (
            Leg("monitor", self.step, WRITE_SECONDS, finish=self.finish),
            Leg("monitor-purge", self.purge, PURGE_SECONDS, may_be_abandoned=lambda: True),
        )
        return [Loop(leg, backoff, self.progress, repeats, self.stop) for leg in legs]

    def readiness(self) -> Readiness:
        """Return by what the monitor is alive: what it looks at may be down for ever."""
        limit = self.plan.progress_deadline.total_seconds()
        return Readiness(self.progress, (), Deadlines(limit, limit))

    def start(self) -> None:
        """Begin to look."""
        for _ in range(self.plan.workers):
            self.add_worker()

    def add_worker(self) -> None:
        """Begin one worker more."""
        worker = threading.Thread(
            target=self.work, name=f"look-{len(self.workers) + 1}", daemon=True
        )
        self.workers.append(worker)
        worker.start()

    def work(self) -> None:
        """Look at whose turn it is, until the stop.

        The looks get on while a worker is free for a sync whose own does not hang.
        """
        while not self.stop.is_set():
            if not self.is_stuck():
                self.progress.stepped(LOOKS, succeeded=True)
            turn = self.schedule.take(monotonic())
            if turn is None:
                self.stop.wait(IDLE_SECONDS)
                continue
            try:
                self.rounds.look(turn.sync, Asked(turn.trigger, turn.by))
            except CdcError as error:
                # The history can't be read: there is nothing to look with.
                logger.error("%s: no look: %s", turn.sync.name, error)
                self.schedule.done(turn, monotonic())
            except Exception as error:
                # It is of this sync alone, which is looked at again: the worker goes on.
                name, kind = turn.sync.name, type(error).__name__
                logger.critical("%s: no look: a bug: %s", name, kind, exc_info=error)
                self.schedule.done(turn, monotonic())
            else:
                self.found.put(turn)

    def is_stuck(self) -> bool:
        """Return whether the looks at all syncs hang: nobody's turn comes any more."""
        return bool(self.hanging) and len(self.hanging) == len(self.plan.syncs)

    def step(self) -> None:
        """Write what was found since the last step, and what hangs."""
        self.note_hanging()
        turns: list[Turn] = []
        while not self.found.empty():
            turns.append(self.found.get())
        if not turns:
            return
        try:
            self.rounds.record([turn.sync for turn in unique(turns)])
        finally:
            # A sync is looked at again once its last look is written: it is what the next knows.
            for turn in turns:
                self.hanging.discard(turn.sync.name)
                self.schedule.done(turn, monotonic())

    def finish(self) -> None:
        """Write what the workers still bring, and what waited for the history."""
        self.step()
        self.rounds.recorder.finish()

    def purge(self) -> None:
        """Let go what is old, in small steps."""
        while not self.stop.is_set():
            if not self.store.write(
                lambda connection: purge(connection, utc_now(), self.plan.retention)
            ):
                return
            self.progress.moved()

    def ask(self, name: str, by: str) -> bool:
        """Look at a sync as soon as a worker is free, because a person asks for it.

        Returns False for a sync that is not there.
        """
        return self.schedule.ask(name, by, monotonic())

    def note_hanging(self) -> None:
        """Write that looks hang, once each, and begin a worker in the place of each."""
        limit = self.plan.hangs_after.total_seconds()
        for sync in self.schedule.hanging(monotonic(), limit):
            if sync.name in self.hanging:
                continue
            self.hanging.add(sync.name)
            logger.error("%s: the look does not come back after %g s", sync.name, limit)
            self.record_hanging(sync)
            if len(self.workers) < self.plan.workers + MOST_REPLACED:
                self.add_worker()

    def record_hanging(self, sync: Sync) -> None:
        """Write a look that failed because it hangs."""
        now = utc_now()
        before = self.rounds.knowledge.before(sync, now)
        limit = self.plan.hangs_after
        taken = Taken(
            now - limit,
            limit,
            self.plan.pace.interval,
            settings_hash=self.plan.pace.settings_hash,
        )
        code = code_of(LookHangs("LOOK-HANGS", sync.name))
        self.rounds.recorder.record([conclude_failure(sync, before, code, taken)])


def unique(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns, one of each sync."""
    return list({turn.sync.name: turn for turn in turns}.values())
