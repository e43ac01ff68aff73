"""What persons do in a round: pause a table, set checkpoints back, take snapshots, add a column."""

from __future__ import annotations

import time
from pathlib import Path

from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.journal import Journal
from tests.chaos.changes.judge.history import Quiet
from tests.chaos.changes.persons import Persons
from tests.chaos.changes.plan import SERVICE_USER
from tests.chaos.changes.tables import TABLES, Table, write_model
from tests.chaos.harness.database import Database

RESET = ("checkpoint", "reset", "--processor", "cdc-processor", "--to", "trim-horizon", "--yes")


class Errands:
    """Runs errands, and notes when a table was paused."""

    def __init__(
        self, database: Database, copies: ChangeCopies, directory: Path, journal: Journal
    ) -> None:
        self.database = database
        self.copies = copies
        self.journal = journal
        self.persons = Persons(database.processes, directory, copies.environment, copies.codes)
        self.quiets: list[Quiet] = []

    def pause(self, table: str, seconds: float) -> None:
        """Pause the changes of a table for a while."""
        self.switch(table, 0)
        begin = time.time()
        time.sleep(seconds)
        self.quiets.append(Quiet(table, begin, time.time()))
        self.switch(table, 1)

    def switch(self, table: str, is_enabled: int) -> None:
        self.database.dba.execute(
            f"UPDATE {SERVICE_USER}.CDC_CHANGE_TABLES SET IS_ENABLED = {is_enabled} "
            f"WHERE TABLE_NAME = '{table}'"
        )
        self.database.dba.execute("COMMIT")

    def reset(self) -> None:
        """Set all checkpoints back with the service's own command."""
        self.persons.run_until_done(*RESET, PIPELINES="processor")

    def snapshot(self, table: str) -> None:
        """Have all rows of a table written down as they are."""
        self.persons.run_until_done("changes", "snapshot", "--table", TABLES[table].source)

    def widen(self, table: Table) -> None:
        """Add a column to a table, and have it captured, as docs/changes-dba.md says."""
        added = table.added
        assert added is not None, "drawn for tables that have one"
        self.database.dba.execute(
            f"ALTER TABLE {table.source} ADD ({added.name} {added.oracle_type})"
        )
        write_model(Path(self.copies.environment["CHANGES_MODELS_DIR"]), table, table.widened)
        for copy in self.copies.plan.copies:
            self.copies.start_again(copy)
        self.persons.run_until_done("changes", "install", "--table", table.source)
        self.journal.widened.add(table.name)
