"""One session's transaction: begun with its first change and ended by the client."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from oralite.errors import OraError
from oralite.storage.locks import Claim
from oralite.storage.parking import ParkedChanges, Surroundings
from oralite.storage.recording import RowKey


@dataclass(frozen=True)
class Savepoint:
    """A place in a transaction to roll back to.

    rows: those that had been changed. keys: the unique ones that they had had.
    """

    name: str
    changes: bytes
    rows: frozenset[RowKey]
    keys: frozenset[Claim]


class Transaction(ParkedChanges):
    """All changes since the last commit, with the savepoints among them."""

    def __init__(self, connection: apsw.Connection, surroundings: Surroundings) -> None:
        super().__init__(connection, surroundings)
        self._savepoints: list[Savepoint] = []

    def commit(self) -> None:
        self._refuse_lost()
        if self._changed:
            self.activate()
            self._around.before_commit(self.recording.connection)
            try:
                self.recording.commit()
            except apsw.Error:
                self._end()
                raise
        self._end()

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[apsw.Connection]:
        """Commit what there is and hold the write lock until the commit of what is done here: for
        DDL.

        Foreign keys are not watched meanwhile, since a table may be built anew beneath its
        children.
        """
        self.commit()
        self._locks.enter(self, self._around.interrupted)
        connection = self.recording.connection
        try:
            connection.execute("PRAGMA foreign_keys = OFF")
            with connection:
                yield connection
                self._around.before_commit(connection)
        finally:
            connection.execute("PRAGMA foreign_keys = ON")
            self.recording.rows.clear()
            self._locks.leave(self)

    def wait_for_change(self) -> None:
        """Wait a moment for others to give their locks up. Raises ORA-01013."""
        self._locks.wait_for_change(self._around.interrupted)

    def savepoint(self, name: str) -> None:
        changes = self._changes
        if self.recording.is_on:
            changes = self.recording.changes()
        self._savepoints = [kept for kept in self._savepoints if kept.name != name]
        kept = Savepoint(name, changes, frozenset(self._changed), frozenset(self._had))
        self._savepoints.append(kept)

    def rollback_to(self, name: str) -> None:
        """Take back what came after the savepoint. Raises ORA-01086."""
        self._refuse_lost()
        kept = self._savepoint(name)
        self.park()
        del self._savepoints[self._savepoints.index(kept) + 1 :]
        self._changes, self._changed = kept.changes, set(kept.rows)
        self._had = set(kept.keys)
        self.claims.release_but(kept.rows)
        if self._changed:
            self.activate()
            self.park()

    def _savepoint(self, name: str) -> Savepoint:
        for kept in self._savepoints:
            if kept.name == name:
                return kept
        raise OraError(1086, f"savepoint '{name}' never established in this session or is invalid")

    def _end(self) -> None:
        self._savepoints = []
        super()._end()
