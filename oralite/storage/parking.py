"""The changes of one transaction: parked, so that another session can write, and made again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import apsw

from oralite.catalog.catalog import Catalog
from oralite.errors import OraError
from oralite.storage.claims import Claims
from oralite.storage.locks import Claim, Locks, Wait
from oralite.storage.recording import (
    INTERNAL_PREFIX,
    Recording,
    RowKey,
    claims_of_freed,
    claims_of_keys,
)


@dataclass(frozen=True)
class Surroundings:
    """What a transaction needs of the database around it.

    interrupted: whether the client wants its call to end. new_identifier: makes one for a
    transaction that has begun.
    """

    locks: Locks
    catalog: Callable[[], Catalog]
    interrupted: Callable[[], bool]
    before_commit: Callable[[apsw.Connection], None]
    new_identifier: Callable[[], str]


class ParkedChanges:
    """Changes of one session, parked while another session writes.

    busy is held while the session works. Who holds it may use the connection.
    """

    def __init__(self, connection: apsw.Connection, surroundings: Surroundings) -> None:
        self.busy = threading.Lock()
        self.recording = Recording(connection)
        self.claims = Claims(surroundings.locks, self)
        self._around = surroundings
        self._locks = surroundings.locks
        self._changes = b""
        self._changed: set[RowKey] = set()
        #: The unique keys that its rows have had. One that is gone again is still this one's.
        self._had: set[Claim] = set()
        self._is_lost = False
        self._identifier: str | None = None

    @property
    def identifier(self) -> str | None:
        """Return what no other transaction is called, None where none has begun."""
        if not (self.is_open or self.recording.is_on):
            return None
        if self._identifier is None:
            self._identifier = self._around.new_identifier()
        return self._identifier

    @property
    def is_open(self) -> bool:
        return bool(self._changed) or self.claims.has_locked_rows or self._is_lost

    @property
    def has_changes(self) -> bool:
        return bool(self._changed)

    @property
    def is_active(self) -> bool:
        """Return whether it holds SQLite's write lock."""
        return self.recording.is_on

    def activate(self) -> None:
        """Take the write lock and bring the changes made so far back, if they were parked."""
        self._refuse_lost()
        if self.recording.is_on:
            return
        self._locks.enter(self, self._around.interrupted)
        try:
            self._start()
        except BaseException:
            self._locks.leave(self)
            raise

    def _start(self) -> None:
        """Begin to write, with the changes made so far. Raises ORA-08177.

        Claims keep others away from these rows, so only a foreign key can be in the way.
        """
        try:
            self.recording.start(self._changes)
        except apsw.AbortError as error:
            self.rollback()
            raise OraError(8177, "can't serialize access for this transaction") from error

    def _refuse_lost(self) -> None:
        if self._is_lost:
            raise OraError(
                2091, "transaction rolled back: a statement was cancelled while it wrote"
            )

    def statement_conflict(self) -> Claim | None:
        """Return what the statement that has just run touched of another transaction's."""
        rows = self.recording.rows
        if not rows or self.claims.are_alone():
            return None
        touched: set[Claim] = set()
        for table, key in rows:
            touched.add(("row", table, key))
        return self.claims.conflict(touched) or self.claims.conflict(self._keys(rows))

    def _keys(self, rows: Iterable[RowKey]) -> set[Claim]:
        return claims_of_keys(self.recording.connection, self._around.catalog(), rows)

    def keep_statement(self) -> None:
        self._had |= self._keys(self.recording.rows)
        for row in self.recording.rows:
            if not row[0].startswith(INTERNAL_PREFIX):
                self._changed.add(row)
        self.recording.rows.clear()
        if not self._changed:
            self._leave()

    def drop_statement(self) -> None:
        self.recording.rows.clear()
        if not self.recording.is_on:
            return
        if not self.recording.connection.in_transaction:
            # SQLite has rolled the whole transaction back: a write was interrupted.
            self._is_lost = bool(self._changed)
            self._changed.clear()
            self._had.clear()
            self._changes = b""
        if not self._changed:
            self._leave()

    def _leave(self) -> None:
        """Give the write lock up. What was changed is made again when it is taken the next time."""
        if self.recording.is_on:
            self.recording.roll_back()
            self._locks.leave(self)

    def wait_for(self, claim: Claim, seconds: float | None = None) -> None:
        """Wait until no other transaction holds the claim.

        Parked, so that others can work meanwhile.
        """
        self.park()
        self._locks.wait_for(self, claim, Wait(self._around.interrupted, seconds))

    def try_park(self) -> bool:
        if not self.busy.acquire(blocking=False):
            return False
        try:
            self.park()
        finally:
            self.busy.release()
        return True

    def park(self) -> None:
        if not self.recording.is_on:
            return
        if self._changed:
            self._changes = self.recording.changes()
            claims = set(self._had)
            for table, key in self._changed:
                claims.add(("row", table, key))
            claims.update(claims_of_freed(self._around.catalog(), self._changes))
            self.claims.park(claims)
        self._leave()

    def rollback(self) -> None:
        self.recording.roll_back()
        self._end()

    def _end(self) -> None:
        self._changes, self._is_lost, self._identifier = b"", False, None
        self._changed, self._had = set(), set()
        self.recording.rows.clear()
        self.claims.release_all()
        self._locks.leave(self)
