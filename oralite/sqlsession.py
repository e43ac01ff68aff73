"""One client's SQL: statements in, outcomes out, a transaction between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import apsw

from oralite import control, reading, running
from oralite.context import SessionContext
from oralite.errors import OraError
from oralite.failures import translated, unique_name
from oralite.internal import rowid
from oralite.links import Links
from oralite.locks import Claim
from oralite.model import BatchError, BindType, Column, Outcome, Row
from oralite.parser.cursor import Cursor
from oralite.transaction import Transaction
from oralite.translate.plan import Plan
from oralite.translate.statement import translate

if TYPE_CHECKING:
    from oralite.engine import Database

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
_QUERY_WORDS = ("SELECT", "WITH", "(")
_DML_WORDS = ("INSERT", "UPDATE", "DELETE", "MERGE")
_CANCELLED = 1013


class SqlSession:
    """What one client may do with the database. Use from one thread at a time."""

    def __init__(
        self, database: Database, user: str, interrupted: Callable[[], bool], number: int
    ) -> None:
        self.database = database
        self.user = user
        self.interrupted = interrupted
        self.links = Links(database, user, interrupted)
        self.context.number = number
        self.transaction = Transaction(
            self.connection,
            database.locks,
            lambda: database.catalog,
            interrupted,
            database.sequences.save,
        )
        self._is_closed = False

    @property
    def connection(self) -> apsw.Connection:
        return self.links.current.connection

    @property
    def context(self) -> SessionContext:
        return self.links.current.context

    @property
    def schema(self) -> str:
        return self.context.schema

    @property
    def in_transaction(self) -> bool:
        return self.transaction.is_open

    @property
    def last_rowid(self) -> str | None:
        """The ROWID of the row that was changed last."""
        name, key = self.transaction.last_row
        table = self.database.catalog.by_stored_name().get(name)
        return rowid(table.number, key) if table else None

    def alter(self, name: str, value: str) -> None:
        self.context.alter(name, value)

    def describe_client(self, parameters: Mapping[str, str]) -> None:
        """Note what the client says of itself; an empty text is none."""
        client = {**self.context.client, **parameters}
        self.context.client = {name: text for name, text in client.items() if text}

    # ---------------------------------------------------------------------------------------------------- statements

    def describe(self, sql: str, types: Sequence[BindType]) -> tuple[Column, ...]:
        """Give a query's columns. Raises OraError for a query or a change that could not be carried out."""
        return (
            self._plan(sql, types).columns if Cursor(sql).at_any(*_QUERY_WORDS, *_DML_WORDS) else ()
        )

    def explain(self, sql: str, types: Sequence[BindType]) -> list[str]:
        """SQLite's plan of a query or a change, one line a step."""
        plan = self._plan(sql, types)
        self._show(plan)
        text = plan.merge.lookup if plan.merge else plan.sql
        return [
            row[3]
            for row in self.connection.execute(f"EXPLAIN QUERY PLAN {text}", (None,) * len(types))
        ]

    def execute(
        self,
        sql: str,
        types: Sequence[BindType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome:
        try:
            with self.transaction.busy:
                self.context.start_statement()
                return self._execute(sql, types, rows, batch_errors)
        finally:
            if self.transaction.is_active:
                self.database.locks.idle()

    def _execute(
        self, sql: str, types: Sequence[BindType], rows: Sequence[Row], batch_errors: bool
    ) -> Outcome:
        plan = self._known_plan(sql, types)
        if plan is None:
            word = control.first_word(sql)
            self.database.count(word)
            if word not in (*_QUERY_WORDS, *_DML_WORDS):
                return control.run(self, sql)
            plan = self._plan(sql, types)
        else:
            self.database.count(plan.verb.upper())
        self._show(plan)
        if plan.verb == "select":
            return self._select(plan, rows[0] if rows else ())
        if len(rows) > 1 or batch_errors:
            return self._array(plan, rows, batch_errors)
        changes = self._write(
            plan, lambda: running.change(self.connection, plan, rows[0] if rows else ())
        )
        return Outcome((), (), changes.count, (changes.count,), (changes.returned,))

    def _known_plan(self, sql: str, types: Sequence[BindType]) -> Plan | None:
        return self.database.plans.find(self._key(sql, types), self.database.catalog)

    def _key(self, sql: str, types: Sequence[BindType]) -> tuple[object, ...]:
        return sql, tuple(bind.type for bind in types), self.schema, self.user

    def _plan(self, sql: str, types: Sequence[BindType]) -> Plan:
        catalog, key = self.database.catalog, self._key(sql, types)
        plan = self.database.plans.find(key, catalog)
        if plan is None:
            plan = translate(sql, types, catalog, self.schema, self.user)
            self.database.plans.keep(key, catalog, plan)
        return plan

    def _show(self, plan: Plan) -> None:
        """The dictionary's views come into the connection when first asked for."""
        if plan.dictionary:
            views = self.links.current.views
            for name in plan.dictionary - views:
                self.database.show(self, name)
            views |= plan.dictionary

    # ------------------------------------------------------------------------------------------------------- queries

    def _select(self, plan: Plan, row: Row) -> Outcome:
        if plan.for_update is not None:
            return self._lock(plan, row)
        if self.transaction.has_changes and not self.transaction.is_active:
            self.transaction.activate()
        return self._translated(plan, lambda: reading.read(self, plan, row))

    def _lock(self, plan: Plan, row: Row) -> Outcome:
        assert plan.for_update is not None
        seconds = plan.for_update.wait_seconds
        while True:
            self.transaction.activate()
            rows = self._translated(plan, lambda: running.query(self.connection, plan, row))
            claims = running.locked_rows(plan, rows)
            if plan.for_update.skip_locked:
                free = [self.transaction.free(wanted) == wanted for wanted in claims]
                rows = [found for found, is_free in zip(rows, free, strict=True) if is_free]
                claims = [wanted for wanted, is_free in zip(claims, free, strict=True) if is_free]
            conflict = self.transaction.lock_rows(set().union(*claims))
            self.transaction.keep_statement()
            if conflict is None:
                width = len(plan.columns)
                return Outcome(plan.columns, [found[:width] for found in rows])
            self.transaction.wait_for(conflict, seconds)

    def _translated(self, plan: Plan, action: Callable[[], Result]) -> Result:
        try:
            return action()
        except apsw.Error as error:
            raise translated(error, self.database.catalog, plan.verb, plan.target) from error

    # ------------------------------------------------------------------------------------------------------- changes

    def _write(self, plan: Plan, action: Callable[[], Result]) -> Result:
        """One statement, all or nothing; where it touches what another transaction holds it waits and starts again."""
        while True:
            self.transaction.activate()
            self.connection.execute("SAVEPOINT statement")
            conflict: Claim | None
            try:
                result = action()
                conflict = self.transaction.statement_conflict()
            except apsw.ConstraintError as error:
                self._undo_statement()
                conflict = self._freed_conflict(error)
                if conflict is None:
                    raise translated(
                        error, self.database.catalog, plan.verb, plan.target
                    ) from error
            except apsw.Error as error:
                self._undo_statement()
                raise translated(error, self.database.catalog, plan.verb, plan.target) from error
            except BaseException:
                self._undo_statement()
                raise
            else:
                if conflict is None:
                    self.connection.execute("RELEASE statement")
                    self.transaction.keep_statement()
                    return result
                self._undo_statement()
            self.transaction.wait_for(conflict)

    def _freed_conflict(self, error: apsw.ConstraintError) -> Claim | None:
        text = str(error)
        if not text.startswith("UNIQUE"):
            return None
        name = unique_name(text.partition(": ")[2], self.database.catalog)
        return self.transaction.freed_conflict([".".join(name)])

    def _undo_statement(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK TO statement")
            self.connection.execute("RELEASE statement")
        self.transaction.drop_statement()

    def _array(self, plan: Plan, rows: Sequence[Row], batch_errors: bool) -> Outcome:
        if plan.single_row and not plan.returning:
            self.transaction.activate()
            if not self.database.locks.others(self.transaction):
                return (
                    self._insert_each(plan, rows) if batch_errors else self._insert_all(plan, rows)
                )
        return self._row_by_row(plan, rows, batch_errors)

    def _insert_all(self, plan: Plan, rows: Sequence[Row]) -> Outcome:
        done, error = running.insert_all(self.connection, plan, rows, self.interrupted)
        if error is None:
            self.transaction.keep_statement()
            return Outcome((), (), done, (1,) * done)
        if not self.connection.in_transaction:
            self.transaction.drop_statement()
        else:
            self.transaction.keep_statement()
        failure = error
        if isinstance(error, apsw.Error):
            failure = translated(error, self.database.catalog, plan.verb, plan.target)
        return Outcome((), (), done, (1,) * done, failure=failure)

    def _insert_each(self, plan: Plan, rows: Sequence[Row]) -> Outcome:
        """All at once from one refused row to the next: a savepoint around each took as long as the inserts."""
        counts: list[int] = []
        failed: list[BatchError] = []
        while len(counts) < len(rows):
            self.transaction.activate()
            outcome = self._insert_all(plan, rows[len(counts) :])
            counts += outcome.row_counts
            if outcome.failure is None:
                break
            if not isinstance(outcome.failure, OraError) or outcome.failure.code == _CANCELLED:
                return Outcome(
                    (), (), sum(counts), tuple(counts), (), tuple(failed), outcome.failure
                )
            failed.append(BatchError(len(counts), outcome.failure.code, str(outcome.failure)))
            counts.append(0)
        return Outcome((), (), sum(counts), tuple(counts), (), tuple(failed))

    def _row_by_row(self, plan: Plan, rows: Sequence[Row], batch_errors: bool) -> Outcome:
        counts: list[int] = []
        returned: list[tuple[Row, ...]] = []
        failed: list[BatchError] = []
        failure: Exception | None = None
        for offset, row in enumerate(rows):
            try:
                changes = self._write_row(plan, row)
            except OraError as error:
                if not batch_errors or error.code == _CANCELLED:
                    failure = error
                    break
                failed.append(BatchError(offset, error.code, str(error)))
                changes = running.Changes(0)
            counts.append(changes.count)
            returned.append(changes.returned)
        return Outcome((), (), sum(counts), tuple(counts), tuple(returned), tuple(failed), failure)

    def _write_row(self, plan: Plan, row: Row) -> running.Changes:
        """One row of an array. Where nobody else holds anything, SQLite takes a failed one back by itself."""
        self.transaction.activate()
        if plan.merge is not None or self.database.locks.others(self.transaction):
            return self._write(plan, lambda: running.change(self.connection, plan, row))
        try:
            changes = self._translated(plan, lambda: running.change(self.connection, plan, row))
        except BaseException:
            self.transaction.drop_statement()
            raise
        self.transaction.keep_statement()
        return changes

    # -------------------------------------------------------------------------------------------------- transactions

    def commit(self) -> None:
        with self.transaction.busy:
            self.transaction.commit()

    def rollback(self) -> None:
        with self.transaction.busy:
            self.transaction.rollback()

    def close(self) -> None:
        """Rolls back. Safe to call twice."""
        with self.transaction.busy:
            if not self._is_closed:
                self._is_closed = True
                self.transaction.rollback()
                self.links.close()
        self.database.forget(self)
