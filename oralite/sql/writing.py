"""Changes of one session: each statement all or nothing, alone or for an array of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import apsw

from oralite.catalog.catalog import Catalog
from oralite.errors import OraError
from oralite.model import BatchError, Outcome, Row
from oralite.sql import running
from oralite.sql.connections import Links
from oralite.sql.running import Changes
from oralite.storage.failures import translated, unique_name
from oralite.storage.locks import Claim
from oralite.storage.transaction import Transaction
from oralite.translate.plan import Plan

_CANCELLED = 1013


class Writer:
    """Runs INSERT, UPDATE, DELETE and MERGE on the session's connection."""

    def __init__(
        self,
        links: Links,
        transaction: Transaction,
        catalog: Callable[[], Catalog],
        interrupted: Callable[[], bool],
    ) -> None:
        self._links = links
        self._transaction = transaction
        self._catalog = catalog
        self._interrupted = interrupted

    def run(self, plan: Plan, row: Row) -> Outcome:
        changes = self._write(plan, row)
        return Outcome(
            row_count=changes.count, row_counts=(changes.count,), returned=(changes.returned,)
        )

    def _write(self, plan: Plan, row: Row) -> Changes:
        """Run one statement.

        Where it touches what another transaction holds it waits and starts again.
        """
        connection, transaction = self._links.connection, self._transaction
        while True:
            transaction.activate()
            connection.execute("SAVEPOINT statement")
            conflict: Claim | None
            try:
                changes = running.change(transaction.recording, plan, row)
                conflict = transaction.statement_conflict()
            except apsw.Error as error:
                self._undo_statement()
                conflict = self._freed_conflict(error)
                if conflict is None:
                    raise self._translated(error, plan) from error
            except BaseException:
                self._undo_statement()
                raise
            else:
                if conflict is None:
                    connection.execute("RELEASE statement")
                    transaction.keep_statement()
                    return changes
                self._undo_statement()
            transaction.wait_for(conflict)

    def _translated(self, error: apsw.Error, plan: Plan) -> Exception:
        return translated(error, self._catalog(), plan.verb, plan.target)

    def _freed_conflict(self, error: apsw.Error) -> Claim | None:
        """Return the claim of another transaction that may free the key that was found taken.

        None: the key is taken for good.
        """
        text = str(error)
        if not isinstance(error, apsw.ConstraintError) or not text.startswith("UNIQUE"):
            return None
        name = unique_name(text.partition(": ")[2], self._catalog())
        return self._transaction.claims.conflict([("freed", ".".join(name), None)])

    def _undo_statement(self) -> None:
        connection = self._links.connection
        if connection.in_transaction:
            connection.execute("ROLLBACK TO statement")
            connection.execute("RELEASE statement")
        self._transaction.drop_statement()

    def run_array(self, plan: Plan, rows: Sequence[Row], *, batch_errors: bool) -> Outcome:
        """Run a statement for each row. batch_errors: go on behind a row that failed."""
        if plan.may_run_at_once:
            self._transaction.activate()
            if self._transaction.claims.are_alone():
                if batch_errors:
                    return self._change_each(plan, rows)
                return self._change_all(plan, rows)
        return self._row_by_row(plan, rows, batch_errors)

    def _change_all(self, plan: Plan, rows: Sequence[Row]) -> Outcome:
        connection = self._links.connection
        recording = self._transaction.recording
        counts, error = running.change_all(recording, plan, rows, self._interrupted)
        if error is None or connection.in_transaction:
            self._transaction.keep_statement()
        else:
            self._transaction.drop_statement()
        if isinstance(error, apsw.Error):
            error = self._translated(error, plan)
        return Outcome(row_count=sum(counts), row_counts=tuple(counts), failure=error)

    def _change_each(self, plan: Plan, rows: Sequence[Row]) -> Outcome:
        """Change all at once from one refused row to the next: a savepoint around each took as long
        as the changes.
        """
        counts: list[int] = []
        failed: list[BatchError] = []
        failure: Exception | None = None
        while len(counts) < len(rows):
            self._transaction.activate()
            outcome = self._change_all(plan, rows[len(counts) :])
            counts += outcome.row_counts
            if outcome.failure is None:
                break
            if not isinstance(outcome.failure, OraError) or outcome.failure.code == _CANCELLED:
                failure = outcome.failure
                break
            failed.append(BatchError(len(counts), outcome.failure.code, str(outcome.failure)))
            counts.append(0)
        return _of_array(counts, failed, failure)

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
                changes = Changes(0)
            counts.append(changes.count)
            returned.append(changes.returned)
        return replace(_of_array(counts, failed, failure), returned=tuple(returned))

    def _write_row(self, plan: Plan, row: Row) -> Changes:
        """Run one row of an array.

        Where nobody else holds anything, SQLite takes a failed one back by itself.
        """
        transaction = self._transaction
        transaction.activate()
        if plan.merge is not None or not transaction.claims.are_alone():
            return self._write(plan, row)
        try:
            changes = running.change(transaction.recording, plan, row)
        except BaseException as error:
            transaction.drop_statement()
            if isinstance(error, apsw.Error):
                raise self._translated(error, plan) from error
            raise
        transaction.keep_statement()
        return changes


def _of_array(counts: list[int], failed: list[BatchError], failure: Exception | None) -> Outcome:
    """Return what an array gave. counts: of each row, 0 for one that failed."""
    return Outcome(
        row_count=sum(counts),
        row_counts=tuple(counts),
        batch_errors=tuple(failed),
        failure=failure,
    )
