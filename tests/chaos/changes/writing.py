"""Who changes rows: each transaction at its time, in sessions of their own."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

import oracledb

from tests.chaos.actors.depositing import Depositors
from tests.chaos.changes.journal import Journal, Pending
from tests.chaos.changes.plan import Transaction
from tests.chaos.changes.stepping import Stepping, Unclear
from tests.chaos.changes.tables import MARKS
from tests.chaos.harness.database import Dba

WRITERS = 5
#: Longer than any transaction stays open, and those that it waits for.
CALL_TIMEOUT_MS = 15_000
#: Until a session that was given up is gone.
GONE_SECONDS = 0.3


class Writers(Depositors[Transaction]):
    """Carry out transactions, some in turn. Those that stay open have a session of their own."""

    def __init__(self, dsn: str, transactions: Sequence[Transaction], journal: Journal) -> None:
        super().__init__(
            "a writer",
            dsn,
            backlog=[each for each in transactions if each.at < 0],
            batches=share_out(transactions),
        )
        self.journal = journal
        self.stamps = itertools.count(1)

    def deposit(self, dba: Dba, deposit: Transaction) -> None:
        pending = self.journal.begin()
        try:
            if self.write(dba, deposit, pending):
                self.journal.commit(pending)
                return
        except (oracledb.Error, OSError, Unclear):
            # Deadlocks and outages end a transaction. What became of it says its mark.
            dba.close()
            time.sleep(GONE_SECONDS)
            if self.is_there(dba, pending):
                self.journal.commit(pending)
                return
        self.journal.roll_back(pending)

    def write(self, dba: Dba, deposit: Transaction, pending: Pending) -> bool:
        """Carry out a transaction, and return whether it was committed.

        Raises Unclear, and what Oracle raises: then nobody knows.
        """
        connection = dba.connect()
        connection.call_timeout = CALL_TIMEOUT_MS
        with connection.cursor() as cursor:
            stepping = Stepping(self.journal, pending, cursor, self.make_stamp)
            for step in deposit.steps:
                stepping.carry_out(step)
            time.sleep(deposit.open_seconds)
            if deposit.is_rolled_back:
                connection.rollback()
                return False
            cursor.execute(f"INSERT INTO {MARKS} VALUES (:1)", [pending.transaction])
            connection.commit()
            return True

    def make_stamp(self) -> str:
        return f"stamp {next(self.stamps)}"

    def is_there(self, dba: Dba, pending: Pending) -> bool:
        """Return whether a transaction whose end is not known was committed."""
        rows = dba.rows(f"SELECT ID FROM {MARKS} WHERE ID = :id", id=pending.transaction)
        return bool(rows)


def share_out(transactions: Sequence[Transaction]) -> list[list[Transaction]]:
    """Return what each thread does: a few take turns, and one has each that stays open."""
    batches: list[list[Transaction]] = [[] for _ in range(WRITERS)]
    for number, transaction in enumerate(transactions):
        if transaction.open_seconds and transaction.at >= 0:
            batches.append([transaction])
        elif transaction.at >= 0:
            batches[number % WRITERS].append(transaction)
    return batches
