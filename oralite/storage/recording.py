"""What one transaction changes in a SQLite connection, recorded so that it can be taken back and
made again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import ROWID, Table
from oralite.storage.locks import Claim

#: Tables of oralite's own, whose changes belong to no transaction of a user.
INTERNAL_PREFIX = "oralite#"
#: A row by the name of its table in SQLite and its key.
RowKey: TypeAlias = tuple[str, int]


class Recording:
    """The connection's write transaction, while there is one.

    rows: those that the statement under way changed, in that order. target: the table that it
    names, in SQLite. last_row: the last one of that table, and not one that a trigger wrote
    elsewhere.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.rows: dict[RowKey, None] = {}
        self.last_row: RowKey = ("", 0)
        self.target = ""
        self._session: apsw.Session | None = None
        self._is_quiet = False
        self._watch(connection)

    def _note(self, _kind: int, _database: str, table: str, key: int) -> None:
        row = (table, key)
        self.rows[row] = None
        if table == self.target:
            self.last_row = row

    def _watch(self, connection: apsw.Connection) -> None:
        connection.set_update_hook(self._note)
        connection.create_scalar_function("ora_fires_triggers", self._fires_triggers)

    def _fires_triggers(self, *_: object) -> int:
        return int(not self._is_quiet)

    @contextlib.contextmanager
    def without_triggers(self) -> Iterator[None]:
        """Let no trigger fire: changes that are made again hold what the triggers did."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False

    def use(self, connection: apsw.Connection) -> None:
        """Go on with another connection. Only where nothing has been changed."""
        self.connection.set_update_hook(None)
        self.connection = connection
        self._watch(connection)

    def forget_rows(self, kept: int) -> None:
        """Forget the rows behind the first ones: what was done to them was taken back."""
        for row in list(self.rows)[kept:]:
            del self.rows[row]

    @property
    def is_on(self) -> bool:
        return self._session is not None

    def start(self, changes: bytes) -> None:
        """Begin to write, with these changes made again.

        Raises apsw.AbortError where they cannot be.
        """
        self.connection.execute("BEGIN IMMEDIATE")
        self._session = apsw.Session(self.connection, "main")
        self._session.table_filter(lambda name: not name.startswith(INTERNAL_PREFIX))
        self._session.attach()
        if changes:
            with self.without_triggers():
                apsw.Changeset.apply(changes, self.connection)
        self.rows.clear()

    def changes(self) -> bytes:
        """Return all changes since the transaction began."""
        assert self._session is not None
        return self._session.changeset()

    def stop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def commit(self) -> None:
        self.stop()
        try:
            self.connection.execute("COMMIT")
        except apsw.Error:
            self.connection.execute("ROLLBACK")
            raise

    def roll_back(self) -> None:
        """Take all back, unless SQLite has done so itself. Safe to call when it is off."""
        if self._session is None:
            return
        self.stop()
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


def claims_of_keys(
    connection: apsw.Connection, catalog: Catalog, rows: Iterable[RowKey]
) -> set[Claim]:
    """Return the unique keys that these rows have now."""
    tables = catalog.by_stored_name
    claims: set[Claim] = set()
    for name, key in rows:
        table = tables.get(name)
        if table is not None and table.unique_indexes:
            claims.update(_keys_of_row(connection, table, key))
    return claims


def _keys_of_row(connection: apsw.Connection, table: Table, key: int) -> Iterator[Claim]:
    for index in table.unique_indexes:
        if any(index.expressions):
            continue
        columns = index.listed_columns
        # Names of the catalog.
        sql = f"SELECT {columns} FROM {table.stored_name} WHERE {ROWID} = ?"  # noqa: S608
        values = connection.execute(sql, (key,)).fetchone()
        if values is not None and values != (None,) * len(values):
            yield "key", f"{index.owner}.{index.name}", tuple(values)


def claims_of_freed(catalog: Catalog, changes: bytes) -> Iterator[Claim]:
    """Yield a claim for each unique index in which these changes free keys."""
    tables = catalog.by_stored_name
    for change in apsw.Changeset.iter(changes):
        if change.op == "INSERT" or change.name not in tables:
            continue
        for index in tables[change.name].unique_indexes:
            yield "freed", f"{index.owner}.{index.name}", None
