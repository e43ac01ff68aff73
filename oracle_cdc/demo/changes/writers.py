"""Writers: several at a time change rows, as the threads of applications do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from time import monotonic

import oracledb

from oracle_cdc.demo.changes.coredb import CoreDb
from oracle_cdc.demo.changes.transactions import Moment, Transaction
from oracle_cdc.demo.children import DemoError


@dataclass
class Written:
    """What was done so far.

    changes: that were committed, as events. late: how many of them late. rolled_back: transactions.
    """

    changes: int = 0
    transactions: int = 0
    late: int = 0
    rolled_back: int = 0
    error: Exception | None = None


class Writers:
    """Threads with sessions of their own, which close() ends.

    Parameters:
        work: the transactions of each.
    """

    def __init__(
        self, connect: Callable[[], CoreDb], work: Sequence[Sequence[Transaction]]
    ) -> None:
        self.connect = connect
        self.work = work
        self.change_count = sum(each.change_count for each in flatten(work))
        self.written = Written()
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.moments = {moment: threading.Event() for moment in Moment}
        self.begun_at = 0.0
        self.threads: list[threading.Thread] = []

    @property
    def is_finished(self) -> bool:
        """Return whether everything is committed."""
        return self.written.changes == self.change_count and not self.is_busy

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def start(self) -> None:
        self.begun_at = monotonic()
        for transactions in self.work:
            thread = threading.Thread(
                target=self.write_all, args=[transactions], name="writer", daemon=True
            )
            self.threads.append(thread)
            thread.start()

    def write_all(self, transactions: Sequence[Transaction]) -> None:
        """Write one transaction after the other, and keep the error that ends it."""
        try:
            with closing(self.connect()) as database:
                for transaction in transactions:
                    if not self.write(database, transaction):
                        return
        except (oracledb.Error, OSError, DemoError) as error:
            self.written.error = error

    def write(self, database: CoreDb, transaction: Transaction) -> bool:
        """Write a transaction once it is due, and return False when it is to be no more."""
        due_at = self.begun_at + transaction.begin_seconds
        if self.stop.wait(max(0.0, due_at - monotonic())):
            return False
        if transaction.waits_for is not None:
            self.moments[transaction.waits_for].wait()
        if self.stop.is_set():
            return False
        for statement in transaction.statements:
            changed = database.run(statement)
            if changed != statement.row_count:
                raise DemoError(f"{statement.sql} changed {changed} rows of {statement.row_count}")
        if self.stop.wait(transaction.late_seconds):
            return False
        self.end(database, transaction)
        return True

    def end(self, database: CoreDb, transaction: Transaction) -> None:
        """Commit a transaction, or roll it back, and count it."""
        if transaction.is_rolled_back:
            database.roll_back()
        else:
            database.commit()
        with self.lock:
            self.written.changes += transaction.change_count
            self.written.transactions += 1
            self.written.rolled_back += transaction.is_rolled_back
            if transaction.late_seconds:
                self.written.late += transaction.change_count

    def release(self, moment: Moment) -> None:
        """Write what waits for a moment from now on."""
        self.moments[moment].set()

    def close(self) -> None:
        """End all of it. What is not committed is given up."""
        self.stop.set()
        for moment in Moment:
            self.release(moment)
        for thread in self.threads:
            thread.join()


def flatten(work: Sequence[Sequence[Transaction]]) -> Sequence[Transaction]:
    return [transaction for transactions in work for transaction in transactions]
