"""One client's SQL: statements in, outcomes out, a transaction between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from oralite.catalog.catalog import Catalog
from oralite.dictionary.viewer import Viewer
from oralite.model import BindType, Column, Outcome, Row
from oralite.parser.cursor import Cursor
from oralite.sql.connections import Links
from oralite.sql.context import SessionContext
from oralite.sql.control import Control
from oralite.sql.killing import Killing
from oralite.sql.planning import Planner, first_word, is_planned
from oralite.sql.reading import Reader
from oralite.sql.shared import Shared
from oralite.sql.writing import Writer
from oralite.storage.internal_functions import rowid
from oralite.storage.parking import Surroundings
from oralite.storage.recording import RowKey
from oralite.storage.transaction import Transaction


class SqlSession:
    """What one client may do with the database. Use from one thread at a time."""

    def __init__(
        self, shared: Shared, user: str, interrupted: Callable[[], bool], number: int
    ) -> None:
        self.user = user
        self.number = number
        self._killing = Killing(interrupted)
        must_end = self._killing.must_end
        self.links = Links(shared, user, must_end)
        self.links.context.number = number
        self._shared = shared
        around = _surroundings(shared, must_end)
        self._transaction = Transaction(self.links.connection, around)
        self.links.context.identify = lambda: self._transaction.identifier
        self._planner = Planner(shared, user)
        self._reader = Reader(self.links, self._transaction, self._catalog)
        self._writer = Writer(self.links, self._transaction, self._catalog, must_end)
        self._control = Control(shared, user, self.links, self._transaction, self._query)
        self._is_closed = False

    def _catalog(self) -> Catalog:
        return self._shared.catalog

    @property
    def context(self) -> SessionContext:
        return self.links.context

    @property
    def schema(self) -> str:
        return self.context.schema

    @property
    def client(self) -> Mapping[str, str]:
        return self.context.client

    @property
    def is_killed(self) -> bool:
        return self._killing.is_done

    @property
    def in_transaction(self) -> bool:
        return self._transaction.is_open

    @property
    def last_rowid(self) -> str | None:
        """Return the ROWID of the row that was changed last."""
        return _rowid_of(self._transaction.recording.last_row, self._shared.catalog)

    def alter(self, name: str, value: str) -> None:
        self.context.alter(name, value)

    def describe_client(self, parameters: Mapping[str, str]) -> None:
        self.context.describe_client(parameters)

    def describe(self, sql: str, types: Sequence[BindType]) -> tuple[Column, ...]:
        """Return a query's columns.

        Raises OraError for a query or a change that could not be carried out.
        """
        plan = self._planner.find(sql, types, self.schema)
        if plan is None:
            cursor = Cursor(sql)
            if not is_planned(cursor):
                return ()
            plan = self._planner.make(sql, types, self.schema)
        return plan.columns

    def explain(self, sql: str, types: Sequence[BindType]) -> list[str]:
        """Return SQLite's plan of a query or a change, one line a step."""
        plan = self._planner.make(sql, types, self.schema)
        self.links.current.show(plan.dictionary, self._viewer)
        text = plan.sql
        if plan.merge is not None:
            text = plan.merge.lookup
        rows = self.links.connection.execute(f"EXPLAIN QUERY PLAN {text}", (None,) * len(types))
        return [row[3] for row in rows]

    def execute(
        self,
        sql: str,
        types: Sequence[BindType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome:
        """Run a statement: a change for each row of binds, anything else once."""
        try:
            with self._transaction.busy:
                self.context.start_statement()
                return self._execute(sql, types, rows, batch_errors)
        finally:
            self._killing.take_back(self._transaction)
            if self._transaction.is_active:
                self._shared.locks.idle()

    def _execute(
        self, sql: str, types: Sequence[BindType], rows: Sequence[Row], batch_errors: bool
    ) -> Outcome:
        shared = self._shared
        plan = self._planner.find(sql, types, self.schema)
        if plan is not None:
            shared.count(plan.verb)
        else:
            cursor = Cursor(sql)
            shared.count(first_word(cursor))
            if not is_planned(cursor):
                return self._control.run(cursor)
            plan = self._planner.make(sql, types, self.schema)
        if plan.for_update is not None:
            shared.count("for_update")
        if plan.dictionary:
            self.links.current.show(plan.dictionary, self._viewer)
        row: Row = ()
        if rows:
            row = rows[0]
        if plan.verb == "select":
            return self._reader.run(plan, row)
        if len(rows) > 1 or batch_errors:
            return self._writer.run_array(plan, rows, batch_errors=batch_errors)
        return self._writer.run(plan, row)

    def _query(self, sql: str) -> Sequence[Row]:
        """Return the rows of a query that a block makes."""
        return list(self._execute(sql, (), (), False).rows)

    def _viewer(self) -> Viewer:
        return _viewer_of(self, self._shared)

    def commit(self) -> None:
        with self._transaction.busy:
            self._transaction.commit()

    def rollback(self) -> None:
        with self._transaction.busy:
            self._transaction.rollback()

    def kill(self) -> None:
        self._killing.kill(self._transaction)

    def close(self) -> None:
        """Roll back and close the connections. Safe to call twice."""
        with self._transaction.busy:
            if not self._is_closed:
                self._is_closed = True
                self._transaction.rollback()
                self.links.close()
        self._shared.sessions.discard(self)


def _surroundings(shared: Shared, must_end: Callable[[], bool]) -> Surroundings:
    return Surroundings(
        locks=shared.locks,
        catalog=lambda: shared.catalog,
        interrupted=must_end,
        before_commit=shared.sequences.save,
        new_identifier=shared.new_transaction,
    )


def _rowid_of(row: RowKey, catalog: Catalog) -> str | None:
    name, key = row
    table = catalog.by_stored_name.get(name)
    if table is None:
        return None
    return rowid(table.number, key)


def _viewer_of(session: SqlSession, shared: Shared) -> Viewer:
    return Viewer(
        user=session.user,
        schema=session.schema,
        number=session.number,
        catalog=shared.catalog,
        parameters=session.context.nls,
        server=shared.facts,
    )
