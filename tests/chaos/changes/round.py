"""A round of row changes while it runs."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.disturbing import Disturbance
from tests.chaos.changes.environment import make_environment
from tests.chaos.changes.journal import Journal
from tests.chaos.changes.plan import SERVICE_USER, ChangesPlan
from tests.chaos.changes.site import Site
from tests.chaos.changes.tables import TABLES
from tests.chaos.changes.writing import Writers
from tests.chaos.harness.database import Database
from tests.chaos.harness.processes import Processes

LOOK_SECONDS = 0.2
#: Looks in a row at which all is accounted for and nothing is sent.
LOOKS_AT_REST = 3
#: Longer than a lease and all waits in between: after that nothing stirs any more.
STILL_SECONDS = 12.0


class Round:
    """The parts of a round."""

    def __init__(
        self, plan: ChangesPlan, directory: Path, tree: Path, template: Path, stack: ExitStack
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.site = Site(plan, stack)
        self.copies = ChangeCopies(plan, directory)
        self.processes = Processes(tree, self.copies.listen)
        stack.callback(self.processes.close)
        self.copies.processes = self.processes
        self.database = Database(self.processes, directory, template / "oracle.db")
        models = directory / "models"
        shutil.copytree(template / "models", models)
        self.copies.environment = make_environment(plan, self.site, self.database, models)
        self.journal = Journal()
        self.disturbance = Disturbance(
            plan,
            directory,
            site=self.site,
            database=self.database,
            copies=self.copies,
            journal=self.journal,
        )
        self.logs = self.read_logs()
        #: What others see of the copies, by where.
        self.shown: dict[str, str] = {}
        self.complaints: list[str] = []

    def read_logs(self) -> dict[str, str]:
        """Return the change table of each table, as the registry names it."""
        found = self.database.dba.rows(
            f"SELECT TABLE_NAME, CHANGE_TABLE FROM {SERVICE_USER}.CDC_CHANGE_TABLES"
        )
        logs = dict(found)
        assert logs.keys() >= TABLES.keys(), f"only {sorted(logs)} are captured"
        return logs

    def run(self) -> Writers:
        """Write and disturb, then wait for rest, and return who wrote."""
        started_at = time.monotonic()
        writers = Writers(self.database.dsn, self.plan.transactions, started_at, self.journal)
        writers.write_backlog()
        # The time of the backlog's writing is not the round's.
        started_at = writers.started_at = time.monotonic()
        for copy in self.plan.copies:
            self.copies.start(copy)
        writers.start()
        self.disturbance.start(started_at)
        writers.join()
        time.sleep(max(0.0, started_at + self.plan.trouble_seconds - time.monotonic()))
        self.disturbance.join()
        self.disturbance.end()
        self.await_rest()
        self.shown = self.copies.read_shown()
        self.copies.end()
        return writers

    def await_rest(self) -> None:
        """Wait until every change is accounted for, and nothing is sent any more."""
        deadline = time.monotonic() + self.plan.rest_seconds
        seen, looks, moved_at = (-1, -1), 0, time.monotonic()
        while looks < LOOKS_AT_REST:
            now = time.monotonic()
            if now > deadline or now > moved_at + STILL_SECONDS:
                self.processes.dump_stacks()
                self.complaints.append(
                    f"no rest within {self.plan.rest_seconds:.0f} s: {seen[0]} left to do"
                )
                return
            time.sleep(LOOK_SECONDS)
            state = (self.count_unfinished(), self.count_accepted())
            looks += 1
            if state[0] or state != seen or self.copies.frozen_at:
                looks = 0
            if state != seen or self.copies.frozen_at:
                moved_at = now
            seen = state

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
