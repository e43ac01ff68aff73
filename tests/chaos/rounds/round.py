"""One round: set up, recorded, disturbed, and left alone until it comes to rest."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path

from standins.queues import Queue
from standins.queueserver import Queues, serve_queues
from tests.chaos.actors.interference import Interference
from tests.chaos.actors.mlservice import MlService
from tests.chaos.actors.recorder import Recorder
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes
from tests.chaos.plans.plan import Act, Deposit, Plan
from tests.chaos.plans.shared import healthy_calls
from tests.chaos.rounds.disturbing import Disturbance
from tests.chaos.rounds.environment import make_environment
from tests.chaos.witnesses.audit import Auditor
from tests.chaos.witnesses.reading import read_coverage
from tests.chaos.witnesses.resting import count_unfinished, count_versions

LOOK_SECONDS = 0.15
LOOKS_AT_REST = 3
SECONDS_BETWEEN_HEALTHY_CALLS = 1.0
HOUR_SECONDS = 3600.0


class Round:
    """The parts of a round while it runs."""

    def __init__(
        self, plan: Plan, directory: Path, tree: Path, template: Path, stack: ExitStack
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.queues: Queues = stack.enter_context(serve_queues())
        ending = ""
        if plan.fifo:
            ending = ".fifo"
        self.outbound: Queue = self.queues.create(f"outbound{ending}")
        self.results: Queue = self.outbound
        if not plan.is_shared:
            self.results = self.queues.create(f"results{ending}")
        self.interference = Interference(plan)
        self.queues.treat = self.interference.treat
        self.copies = Copies(
            directory,
            {},
            plan.orders,
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
        )
        self.processes = Processes(tree, self.copies.listen)
        stack.callback(self.processes.close)
        self.database = Database(self.processes, directory, template)
        if plan.sessions:
            self.database.limit_sessions(plan.sessions)
        self.copies.environment = make_environment(
            plan, self.database, self.queues, self.outbound, self.results
        )
        self.copies.processes = self.processes
        self.auditor = Auditor(
            directory / "audit",
            self.database.dsn,
            overlap_seconds=plan.overlap_minutes * 60,
            pause_seconds=plan.audit_pause_seconds,
        )
        stack.callback(self.auditor.close)
        self.ml = MlService(self.queues, self.outbound, self.results, plan)
        stack.callback(self.ml.stop.set)
        self.disturbance = Disturbance(plan, self.database, self.copies, self.interference)
        self.complaints: list[str] = []

    def run(self) -> Recorder:
        """Record and disturb, then wait for rest, and return who recorded."""
        started_at = time.monotonic()
        recorder = Recorder(self.database.dsn, self.plan.deposits, started_at)
        recorder.write_backlog()
        self.ml.thread.start()
        for copy in self.plan.copies:
            self.copies.start(copy)
        recorder.start()
        acting = threading.Thread(target=self.disturbance.run, args=(started_at,), daemon=True)
        acting.start()
        recorder.join()
        acting.join()
        self.end_trouble(started_at)
        self.await_rest(recorder)
        self.copies.end()
        self.ml.stop.set()
        return recorder

    def end_trouble(self, started_at: float) -> None:
        """End all faults. What is ordered and has not happened yet may still happen."""
        time.sleep(max(0.0, started_at + self.plan.trouble_seconds - time.monotonic()))
        self.disturbance.end()

    def await_rest(self, recorder: Recorder) -> None:
        """Wait until nothing is left to do and nothing stirs any more."""
        healthy: Iterator[Deposit] = iter(())
        if self.plan.has_poison:
            healthy = healthy_calls()
        talked_at = time.monotonic()
        deadline = time.monotonic() + self.plan.rest_seconds
        moved_at = time.monotonic() + self.plan.rest_seconds / 2
        seen, looks = -1, 0
        while looks < LOOKS_AT_REST:
            if time.monotonic() > moved_at and self.disturbance.has_moved_clock():
                moved_at = math.inf
                self.disturbance.carry_out(Act(0.0, "clock", seconds=HOUR_SECONDS))
            if time.monotonic() > deadline:
                self.processes.dump_stacks()
                self.complaints.append(f"no rest within {self.plan.rest_seconds:.0f} s")
                return
            time.sleep(LOOK_SECONDS)
            unfinished = self.count_unfinished()
            if unfinished and time.monotonic() - talked_at > SECONDS_BETWEEN_HEALTHY_CALLS:
                recorder.work(list(islice(healthy, 1)))
                talked_at = time.monotonic()
            stirring = count_versions(self.database.dba)
            if stirring == seen and not unfinished and self.is_quiet():
                looks += 1
            else:
                looks = 0
            seen = stirring

    def is_quiet(self) -> bool:
        """Return whether nothing is on its way, and nobody is about to send.

        Who is frozen may have a message in his hands that he sends when he wakes.
        """
        if self.outbound.messages or self.results.messages or self.copies.frozen_at:
            return False
        return self.ml.is_idle and self.disturbance.is_seen()

    def count_unfinished(self) -> int:
        return count_unfinished(
            self.database.dba, self.coverage_start(), self.plan.unreadable_calls
        )

    def coverage_start(self) -> datetime:
        """Return from when on the service must account for everything.

        With the historical mode that is since ever.
        """
        if "CDC_HISTORICAL_MODE_ENABLED" in self.plan.settings:
            return datetime(2000, 1, 1)
        return read_coverage(self.database.dba)
