"""Conversations' side of a round: recorder, queues, ML service, and who looks at the ledger."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import Any

from standins.queues import Queue
from standins.queueserver import Accepted, Queues
from tests.chaos.actors.interference import Interference
from tests.chaos.actors.mlservice import ML, MlService
from tests.chaos.actors.recorder import Recorder
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.side import Look, Side
from tests.chaos.plans.acts import Act
from tests.chaos.plans.plan import Deposit, Plan
from tests.chaos.plans.shared import healthy_calls
from tests.chaos.rounds.disturbing import Disturbance
from tests.chaos.rounds.environment import make_environment
from tests.chaos.witnesses.audit import Auditor
from tests.chaos.witnesses.reading import read_coverage
from tests.chaos.witnesses.resting import count_unfinished, count_versions

SECONDS_BETWEEN_HEALTHY_CALLS = 1.0
HOUR_SECONDS = 3600.0


class Conversations(Side):
    """The parts of a round that are the conversations'.

    Parameters:
        queues: where theirs are made.
    """

    writers: Recorder
    disturbance: Disturbance

    def __init__(self, plan: Plan, machine: Machine[Any], queues: Queues, stack: ExitStack) -> None:
        self.plan = plan
        self.directory = machine.directory
        self.copies = machine.copies
        self.database = machine.database
        self.queues = queues
        ending = ""
        if plan.fifo:
            ending = ".fifo"
        self.outbound: Queue = self.queues.create(f"outbound{ending}")
        self.results: Queue = self.outbound
        if not plan.is_shared:
            self.results = self.queues.create(f"results{ending}")
        self.interference = Interference(plan)
        if plan.sessions:
            self.database.limit_sessions(plan.sessions)
        self.auditor = Auditor(
            self.database.dsn,
            overlap_seconds=plan.overlap_minutes * 60,
            pause_seconds=plan.audit_pause_seconds,
        )
        stack.callback(self.auditor.close)
        machine.listener.answers.append(self.auditor.answer)
        self.ml = MlService(self.queues, self.outbound, self.results, plan)
        stack.callback(self.ml.stop.set)
        self.disturbance = Disturbance(plan, self.database, self.copies, self.interference)
        self.writers = Recorder(self.database.dsn, plan.deposits)
        self.complaints: list[str] = []
        self.healthy: Iterator[Deposit] = iter(())
        if plan.has_poison:
            self.healthy = healthy_calls()
        self.talked_at = math.inf
        #: When Oracle's clock is moved on, where it was moved before.
        self.moves_at = math.inf

    @property
    def environment(self) -> Mapping[str, str]:
        return make_environment(self.plan, self.database, self.queues, self.outbound, self.results)

    def begin(self) -> None:
        self.ml.thread.start()

    def look(self) -> Look:
        """Look, and while calls are left let others be made, and time pass."""
        now = time.monotonic()
        if self.talked_at == math.inf:
            self.talked_at = now
            if self.disturbance.has_moved_clock():
                self.moves_at = now + self.plan.rest_seconds / 2
        if now > self.moves_at:
            self.moves_at = math.inf
            self.disturbance.carry_out(Act(0.0, "oracle clock", seconds=HOUR_SECONDS), now)
        unfinished = self.count_unfinished()
        if unfinished and now - self.talked_at > SECONDS_BETWEEN_HEALTHY_CALLS:
            self.writers.work(list(islice(self.healthy, 1)))
            self.talked_at = now
        return Look(unfinished + (not self.is_quiet()), count_versions(self.database.dba))

    def ended(self) -> None:
        self.ml.stop.set()

    def accepted(self) -> list[Accepted]:
        """Return what its queues took of the service."""
        own = (self.outbound.name, self.results.name)
        found: list[Accepted] = []
        for accepted in list(self.queues.accepted):
            # A dead letter is another pipeline's: the judge of the whole finds it.
            is_letter = "errorCode" in accepted.entry.get("MessageAttributes", {})
            if accepted.queue in own and accepted.sender != ML and not is_letter:
                found.append(accepted)
        return found

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
