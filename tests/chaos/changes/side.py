"""Row changes' side of a round: who changes rows, AWS, and what AWS took."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.disturbing import Disturbance
from tests.chaos.changes.environment import make_environment
from tests.chaos.changes.journal import Journal
from tests.chaos.changes.ledger import WitnessedQueues
from tests.chaos.changes.plan import SERVICE_USER, ChangesPlan
from tests.chaos.changes.site import Site
from tests.chaos.changes.tables import TABLES
from tests.chaos.changes.writing import Writers
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.side import Look, Side


class Changes(Side):
    """The parts of a round that are the row changes'.

    Parameters:
        template: has the models of the tables.
        queues: where that of dead letters is made.
    """

    #: Longer than a lease and all waits in between: after that nothing stirs any more.
    still_seconds = 12.0

    writers: Writers
    disturbance: Disturbance

    def __init__(
        self,
        plan: ChangesPlan,
        machine: Machine[ChangeCopies],
        template: Path,
        queues: WitnessedQueues,
        stack: ExitStack,
    ) -> None:
        self.plan = plan
        self.directory = machine.directory
        self.copies = machine.copies
        self.database = machine.database
        self.site = Site(plan, queues, stack)
        self.models = self.directory / "models"
        shutil.copytree(template / "models", self.models)
        self.journal = Journal()
        self.disturbance = Disturbance(
            plan,
            self.directory,
            site=self.site,
            database=self.database,
            copies=self.copies,
            journal=self.journal,
        )
        self.writers = Writers(self.database.dsn, plan.transactions, self.journal)
        self.logs = self.read_logs()
        #: What others see of the copies, by where.
        self.shown: Mapping[str, str] = {}
        self.complaints: list[str] = []

    @property
    def environment(self) -> Mapping[str, str]:
        return make_environment(self.plan, self.site, self.database, self.models)

    def read_logs(self) -> dict[str, str]:
        """Return the change table of each table, as the registry names it."""
        found = self.database.dba.rows(
            f"SELECT TABLE_NAME, CHANGE_TABLE FROM {SERVICE_USER}.CDC_CHANGE_TABLES"
        )
        logs = dict(found)
        assert logs.keys() >= TABLES.keys(), f"only {sorted(logs)} are captured"
        return logs

    def look(self) -> Look:
        """Look at the change tables, and at what AWS took."""
        left = self.count_unfinished()
        return Look(left, (left, self.count_accepted()))

    def rested(self) -> None:
        self.shown = self.copies.read_shown()

    def count_accepted(self) -> int:
        ledger = self.site.ledger
        return len(ledger.records) + len(ledger.published) + len(ledger.letters)

    def count_unfinished(self) -> int:
        """Return how many changes are still in Oracle, and how many shards are not read."""
        return sum(self.count_left().values()) + self.site.count_behind()

    def count_left(self) -> dict[str, int]:
        """Return how many rows each change table has."""
        left = {}
        for table, log in self.logs.items():
            rows = self.database.dba.rows(f'SELECT COUNT(*) FROM {SERVICE_USER}."{log}"')
            left[table] = int(rows[0][0])
        return left
