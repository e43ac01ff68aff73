"""Writers: several at a time commit rows, some of them late, as the threads of applications do."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic

import oracledb

from oracle_cdc.demo.events.rows import NewRow, Transaction
from oracle_cdc.demo.events.table import EventTable

COUNT = 4


@dataclass
class Written:
    """What was committed so far.

    late: ids of rows that were committed late, and by how many seconds.
    waiting: rows whose transactions are still open.
    """

    rows: dict[str, NewRow] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)
    waiting: int = 0
    error: Exception | None = None


class Writers:
    """Threads with sessions of their own, which close() ends."""

    def __init__(
        self, connect: Callable[[], EventTable], transactions: Sequence[Transaction]
    ) -> None:
        self.connect = connect
        self.coming = deque(transactions)
        self.row_count = sum(len(transaction.rows) for transaction in transactions)
        self.written = Written()
        self.lock = threading.Lock()
        self.stop = threading.Event()
        gate_count = max((transaction.gate for transaction in transactions), default=0)
        self.gates = [threading.Event() for _ in range(gate_count)]
        self.begun_at = 0.0
        self.threads: list[threading.Thread] = []

    @property
    def is_finished(self) -> bool:
        """Return whether everything is committed."""
        return len(self.written.rows) == self.row_count

    def start(self) -> None:
        self.begun_at = monotonic()
        for _ in range(COUNT):
            self.run(self.write_all)

    def run(self, work: Callable[[EventTable], None]) -> None:
        """Work in a thread with a session of its own, and keep the error that ends it."""

        def do() -> None:
            try:
                with closing(self.connect()) as table:
                    work(table)
            except (oracledb.Error, OSError) as error:
                self.written.error = error

        thread = threading.Thread(target=do, name="writer", daemon=True)
        self.threads.append(thread)
        thread.start()

    def write_all(self, table: EventTable) -> None:
        """Write one transaction after the other, each once it is due."""
        while (transaction := self.take()) is not None:
            if transaction.late_seconds:
                self.write_late(transaction)
            else:
                table.insert(transaction.rows)
                self.commit(table, transaction)

    def take(self) -> Transaction | None:
        """Return the next transaction once it is due, None when there are none."""
        with self.lock:
            if not self.coming:
                return None
            transaction = self.coming.popleft()
        due_at = self.begun_at + transaction.begin_seconds
        if self.stop.wait(max(0.0, due_at - monotonic())):
            return None
        for gate in self.gates[: transaction.gate]:
            gate.wait()
        if self.stop.is_set():
            return None
        return transaction

    def release(self) -> None:
        """Write what waits until one thing more has happened."""
        for gate in self.gates:
            if not gate.is_set():
                gate.set()
                return

    def write_late(self, transaction: Transaction) -> None:
        """Write a transaction that stays open while others are committed."""

        def work(table: EventTable) -> None:
            table.insert(transaction.rows)
            self.wait(len(transaction.rows))
            if not self.stop.wait(transaction.late_seconds):
                self.wait(-len(transaction.rows))
                self.commit(table, transaction)

        self.run(work)

    def wait(self, count: int) -> None:
        with self.lock:
            self.written.waiting += count

    def commit(self, table: EventTable, transaction: Transaction) -> None:
        table.commit()
        with self.lock:
            for row in transaction.rows:
                self.written.rows[str(row.id)] = row
                if transaction.late_seconds:
                    self.written.late[str(row.id)] = transaction.late_seconds

    def close(self) -> None:
        """End all of it. What is not committed is given up."""
        self.stop.set()
        for gate in self.gates:
            gate.set()
        # A thread of the first may have begun another, behind it in the list.
        for thread in self.threads:
            thread.join()
