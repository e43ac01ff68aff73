"""One session's transaction: begun with its first change, parked while another session writes, ended by the client."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import apsw

from oralite.catalog import Catalog
from oralite.catalog.definitions import ROWID, Table, quoted
from oralite.errors import OraError
from oralite.locks import Claim, Locks, Wait

#: Tables of oralite's own, whose changes belong to no transaction of a user.
INTERNAL_PREFIX = "oralite#"


@dataclass(frozen=True)
class Savepoint:
    name: str
    changes: bytes
    touched: frozenset[tuple[str, int]]


class Transaction:
    """busy is held while the session works; who holds it may use the connection.

    touched: the rows changed so far, by table and key; locked: those that FOR UPDATE holds.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        locks: Locks,
        catalog: Callable[[], Catalog],
        interrupted: Callable[[], bool],
        before_commit: Callable[[apsw.Connection], None],
    ) -> None:
        self.busy = threading.Lock()
        self._connection = connection
        self._locks = locks
        self._catalog = catalog
        self._interrupted = interrupted
        self._before_commit = before_commit
        self._recorder: apsw.Session | None = None
        self._changes = b""
        self._touched: set[tuple[str, int]] = set()
        self._statement: set[tuple[str, int]] = set()
        #: The row that was changed last, by table and key.
        self.last_row: tuple[str, int] = ("", 0)
        self._locked: set[Claim] = set()
        self._claims: set[Claim] = set()
        self._savepoints: list[Savepoint] = []
        self._lost = False
        connection.set_update_hook(self._note)

    def _note(self, _kind: int, _database: str, table: str, key: int) -> None:
        self.last_row = (table, key)
        self._statement.add(self.last_row)

    def use(self, connection: apsw.Connection) -> None:
        """Go on with another connection. Only where nothing has been changed."""
        self._connection.set_update_hook(None)
        self._connection = connection
        connection.set_update_hook(self._note)

    @property
    def is_open(self) -> bool:
        return bool(self._touched or self._locked or self._lost)

    @property
    def has_changes(self) -> bool:
        return bool(self._touched)

    @property
    def is_active(self) -> bool:
        """Whether it holds SQLite's write lock."""
        return self._recorder is not None

    def activate(self) -> None:
        """Take the write lock and bring the changes made so far back, if they were parked."""
        self._refuse_lost()
        if self._recorder is not None:
            return
        self._locks.enter(self, self._interrupted)
        try:
            self._begin()
        except BaseException:
            self._locks.leave(self)
            raise

    def _refuse_lost(self) -> None:
        if self._lost:
            raise OraError(
                2091, "transaction rolled back: a statement was cancelled while it wrote"
            )

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._recorder = apsw.Session(self._connection, "main")
        self._recorder.table_filter(lambda name: not name.startswith(INTERNAL_PREFIX))
        self._recorder.attach()
        if self._changes:
            self._reapply(self._changes)
        self._statement.clear()

    def _reapply(self, changes: bytes) -> None:
        """Claims keep others away from these rows, so a conflict is nobody's doing but a foreign key's."""
        try:
            apsw.Changeset.apply(changes, self._connection)
        except apsw.AbortError as error:
            self.rollback()
            raise OraError(8177, "can't serialize access for this transaction") from error

    # ------------------------------------------------------------------------------------------------- one statement

    def statement_conflict(self) -> Claim | None:
        """What the statement that has just run touched of another transaction's."""
        if not self._statement or not self._locks.others(self):
            return None
        rows: set[Claim] = {("row", table, key) for table, key in self._statement}
        return self._locks.conflict(self, rows) or self._locks.conflict(
            self, self._keys(self._statement)
        )

    def freed_conflict(self, indexes: Iterable[str]) -> Claim | None:
        """Whether another transaction may be about to free a key that the statement found taken."""
        return self._locks.conflict(self, [("freed", index, None) for index in indexes])

    def keep_statement(self) -> None:
        self._touched |= {row for row in self._statement if not row[0].startswith(INTERNAL_PREFIX)}
        self._statement.clear()
        if not self._touched and self._recorder is not None:
            self._stop()

    def drop_statement(self) -> None:
        self._statement.clear()
        if not self._connection.in_transaction and self._recorder is not None:
            self._recover()
        elif not self._touched and self._recorder is not None:
            self._stop()

    def _recover(self) -> None:
        """SQLite has rolled the whole transaction back: a write was interrupted."""
        self._lost = bool(self._touched)
        self._close_recorder()
        self._touched.clear()
        self._changes = b""
        self._locks.leave(self)

    def _stop(self) -> None:
        """Nothing has been changed: the write lock is not needed."""
        self._close_recorder()
        self._connection.execute("ROLLBACK")
        self._locks.leave(self)

    def wait_for(self, claim: Claim, seconds: float | None = None) -> None:
        """Parked, so that others can work meanwhile."""
        self.park()
        self._locks.wait_for(self, claim, Wait(self._interrupted, seconds))

    def lock_rows(self, claims: set[Claim]) -> Claim | None:
        """Claims rows for FOR UPDATE; gives one that another holds, and then none is claimed."""
        if (conflict := self._locks.conflict(self, claims)) is not None:
            return conflict
        self._locks.claim(self, claims)
        self._locked |= claims
        return None

    def free(self, claims: Iterable[Claim]) -> set[Claim]:
        """Those of the claims that no other transaction holds."""
        return {claim for claim in claims if self._locks.conflict(self, [claim]) is None}

    # ------------------------------------------------------------------------------------------------------- parking

    def try_park(self) -> bool:
        if not self.busy.acquire(blocking=False):
            return False
        try:
            self.park()
        finally:
            self.busy.release()
        return True

    def park(self) -> None:
        if self._recorder is None:
            return
        if self._touched:
            self._changes = self._recorder.changeset()
            self._claims = {("row", table, key) for table, key in self._touched}
            self._claims |= self._keys(self._touched)
            self._claims |= set(self._freed(self._changes))
            self._locks.claim(self, self._claims)
        self._stop()

    def _keys(self, rows: Iterable[tuple[str, int]]) -> set[Claim]:
        """The unique keys that these rows have now."""
        tables = self._catalog().by_stored_name()
        return {
            claim
            for name, key in rows
            if name in tables
            for claim in self._keys_of_row(tables[name], key)
        }

    def _keys_of_row(self, table: Table, key: int) -> Iterator[Claim]:
        for index in table.indexes:
            if index.unique and not any(index.expressions):
                columns = ", ".join(map(quoted, index.columns))
                sql = f"SELECT {columns} FROM {table.stored_name} WHERE {ROWID} = ?"  # noqa: S608 - names of the catalog
                values = self._connection.execute(sql, (key,)).fetchone()
                if values is not None and any(value is not None for value in values):
                    yield "key", f"{index.owner}.{index.name}", tuple(values)

    def _freed(self, changes: bytes) -> Iterator[Claim]:
        tables = self._catalog().by_stored_name()
        for change in apsw.Changeset.iter(changes):
            if change.op != "INSERT" and change.name in tables:
                for index in tables[change.name].indexes:
                    if index.unique:
                        yield "freed", f"{index.owner}.{index.name}", None

    # -------------------------------------------------------------------------------------------------------- ending

    def commit(self) -> None:
        self._refuse_lost()
        if self._touched:
            self.activate()
            self._before_commit(self._connection)
            self._close_recorder()
            self._commit()
        self._end()

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except apsw.Error:
            self._connection.execute("ROLLBACK")
            self._end()
            raise

    def rollback(self) -> None:
        if self._recorder is not None:
            self._close_recorder()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._end()

    def _end(self) -> None:
        self._close_recorder()
        claims = self._claims | self._locked
        self._changes, self._lost = b"", False
        self._touched, self._statement = set(), set()
        self._claims, self._locked, self._savepoints = set(), set(), []
        if claims:
            self._locks.release(self, claims)
        self._locks.leave(self)

    def _close_recorder(self) -> None:
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[apsw.Connection]:
        """For DDL: commits what there is, then holds the write lock until its own commit. Foreign keys are not watched
        meanwhile, since a table may be built anew beneath its children."""
        self.commit()
        self._locks.enter(self, self._interrupted)
        try:
            self._connection.execute("PRAGMA foreign_keys = OFF")
            with self._connection:
                yield self._connection
                self._before_commit(self._connection)
        finally:
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._statement.clear()
            self._locks.leave(self)

    # ---------------------------------------------------------------------------------------------------- savepoints

    def savepoint(self, name: str) -> None:
        changes = self._recorder.changeset() if self._recorder is not None else self._changes
        self._savepoints = [kept for kept in self._savepoints if kept.name != name]
        self._savepoints.append(Savepoint(name, changes, frozenset(self._touched)))

    def rollback_to(self, name: str) -> None:
        """Raises ORA-01086."""
        self._refuse_lost()
        place = next(
            (place for place, kept in enumerate(self._savepoints) if kept.name == name), None
        )
        if place is None:
            raise OraError(
                1086, f"savepoint '{name}' never established in this session or is invalid"
            )
        self.park()
        kept = self._savepoints[place]
        del self._savepoints[place + 1 :]
        self._changes, self._touched = kept.changes, set(kept.touched)
        released = {
            claim for claim in self._claims if claim[0] != "row" or claim[1:] not in kept.touched
        }
        self._claims -= released
        self._locks.release(self, released)
        if self._touched:
            self.activate()
            self.park()
