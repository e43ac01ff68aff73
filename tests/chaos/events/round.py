"""A round of events while it runs."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.events.disturbing import Disturbance
from tests.chaos.events.ears import Ears
from tests.chaos.events.environment import make_environment
from tests.chaos.events.plan import SCHEMA, EventPlan
from tests.chaos.events.site import Site
from tests.chaos.events.store import StoreWitness
from tests.chaos.events.stream import StreamWitness
from tests.chaos.events.table import Writers
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes

LOOK_SECONDS = 0.2
#: Looks in a row at which all is accounted for and nothing is sent.
LOOKS_AT_REST = 4
HEALTHY_END, ABANDONED = 0, 1


class EventCopies(Copies):
    """The copies of the service: one, one that stands by, or each with a share."""

    def __init__(self, plan: EventPlan, directory: Path) -> None:
        super().__init__(
            directory,
            {},
            plan.orders or {},
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
            program="events",
        )
        self.plan = plan

    def environment_of(self, copy: str, name: str) -> dict[str, str]:
        environment = super().environment_of(copy, name)
        if self.plan.has_shares:
            number = self.plan.copies.index(copy) + 1
            environment["PUBLISHER_SHARE"] = f"{number}/{len(self.plan.copies)}"
        return environment

    def expected_codes(self, name: str) -> tuple[int, ...]:
        if self.plan.is_sound and self.stops[name] == 1:
            return (HEALTHY_END,)
        expected = super().expected_codes(name)
        if self.is_over:
            # All is well by then: nothing is abandoned.
            return tuple(code for code in expected if code != ABANDONED)
        return expected


class Round:
    """The parts of a round."""

    def __init__(
        self, plan: EventPlan, directory: Path, tree: Path, template: Path, stack: ExitStack
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.site = Site(directory, template, plan.servers, stack)
        self.stream = StreamWitness(self.site)
        self.stream.create(plan.most_messages)
        self.copies = EventCopies(plan, directory)
        self.processes = Processes(tree, self.copies.listen)
        stack.callback(self.processes.close)
        self.copies.processes = self.processes
        self.database = Database(self.processes, directory, template / "oracle.db")
        self.copies.environment = make_environment(plan, self.site, self.database)
        self.store = StoreWitness(self.site)
        stack.callback(self.store.close)
        self.disturbance = Disturbance(
            plan,
            site=self.site,
            database=self.database,
            copies=self.copies,
            store=self.store,
            stream=self.stream,
        )
        self.ears = Ears(directory / "audit", self.disturbance)
        stack.callback(self.ears.close)
        self.complaints: list[str] = []

    def run(self) -> Writers:
        """Write and disturb, then wait for rest, and return who wrote."""
        started_at = time.monotonic()
        plan = self.plan
        writers = Writers(self.database.dsn, plan.table, plan.deposits, started_at, plan.writers)
        writers.write_backlog()
        # The time of the backlog's writing is not the round's.
        started_at = writers.started_at = time.monotonic()
        self.store.thread.start()
        for copy in self.plan.copies:
            self.copies.start(copy)
        writers.start()
        self.disturbance.start(started_at)
        writers.join()
        time.sleep(max(0.0, started_at + self.plan.trouble_seconds - time.monotonic()))
        self.disturbance.join()
        self.disturbance.end()
        self.await_rest()
        self.copies.end()
        # What was asked for at one of the last points.
        self.disturbance.join()
        self.store.sample()
        return writers

    def await_rest(self) -> None:
        """Wait until every row is accounted for, and nothing is sent any more."""
        deadline = time.monotonic() + self.plan.rest_seconds
        seen, looks = -1, 0
        while looks < LOOKS_AT_REST:
            if time.monotonic() > deadline:
                self.processes.dump_stacks()
                self.complaints.append(f"no rest within {self.plan.rest_seconds:.0f} s")
                return
            time.sleep(LOOK_SECONDS)
            missing = self.count_missing()
            sent = len(self.site.sent())
            looks += 1
            if missing > 0 or sent != seen or self.copies.frozen_at:
                looks = 0
            seen = sent

    def count_missing(self) -> int:
        """Return how many rows are not accounted for.

        A full stream is emptied, as its consumers do. Where a person skipped some, nobody knows how
        many they are: then the watermark must have come to the end.
        """
        if self.plan.most_messages:
            self.stream.empty()
        ((count, newest),) = self.database.dba.rows(
            f"SELECT COUNT(*), MAX(CREATED_AT) FROM {SCHEMA}.{self.plan.table}"
        )
        if any(move.new > move.old for move in self.store.moves):
            return int(not self.store.is_beyond(newest))
        return int(count) - self.stream.count() - len(self.store.asides())
