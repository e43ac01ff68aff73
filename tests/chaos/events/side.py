"""Events' side of a round: writers, a stream and MariaDB, and who looks at both."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.chaos.events.disturbing import Disturbance
from tests.chaos.events.environment import make_environment
from tests.chaos.events.plan import SCHEMA, EventPlan
from tests.chaos.events.site import Site
from tests.chaos.events.store import StoreWitness
from tests.chaos.events.stream import StreamWitness
from tests.chaos.events.table import Writers
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.side import Look, Side


class Events(Side):
    """The parts of a round that are the events'.

    Parameters:
        template: has the data of a MariaDB with its tables.
    """

    writers: Writers
    disturbance: Disturbance

    def __init__(
        self, plan: EventPlan, machine: Machine[Any], template: Path, stack: ExitStack
    ) -> None:
        self.plan = plan
        self.directory = machine.directory
        self.copies = machine.copies
        self.database = machine.database
        self.site = Site(self.directory, template, plan.servers, stack)
        self.stream = StreamWitness(self.site)
        self.stream.create(plan.most_messages)
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
        self.writers = Writers(self.database.dsn, plan.table, plan.deposits, plan.writers)
        self.complaints: list[str] = []

    @property
    def environment(self) -> Mapping[str, str]:
        return make_environment(self.plan, self.site, self.database)

    def begin(self) -> None:
        self.store.thread.start()

    def look(self) -> Look:
        return Look(max(0, self.count_missing()), len(self.site.sent()))

    def ended(self) -> None:
        self.store.sample()

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
