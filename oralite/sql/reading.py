"""Queries of one session: their rows as a whole or as a stream, and the locks of FOR UPDATE."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import cast

import apsw

from oralite.catalog.catalog import Catalog
from oralite.model import Outcome, Row, SqlType
from oralite.parser.leaves import ForUpdate
from oralite.sql import running
from oralite.sql.connections import Link, Links
from oralite.storage.failures import translated
from oralite.storage.locks import Claim
from oralite.storage.streams import Stream, spool
from oralite.storage.transaction import Transaction
from oralite.translate.plan import Plan

#: The rows of a longer result that are held as a whole; the others are made as they are fetched.
_MOST_ROWS, _MOST_ROWS_WITH_LOBS = 10_000, 500
_LOBS = (SqlType.CLOB, SqlType.BLOB)


class Reader:
    """Runs queries on the session's connection."""

    def __init__(
        self, links: Links, transaction: Transaction, catalog: Callable[[], Catalog]
    ) -> None:
        self._links = links
        self._transaction = transaction
        self._catalog = catalog

    def run(self, plan: Plan, row: Row) -> Outcome:
        """Run a query on the data as it is now, however late its rows are fetched."""
        if plan.for_update is not None:
            return self._lock(plan, plan.for_update, row)
        if self._transaction.has_changes and not self._transaction.is_active:
            self._transaction.activate()
        try:
            return self._read(plan, row)
        except apsw.Error as error:
            raise translated(error, self._catalog(), plan.verb, plan.target) from error

    def _read(self, plan: Plan, row: Row) -> Outcome:
        running.check_lengths(plan, row)
        cursor = self._links.connection.execute(plan.sql, row)
        if not plan.streams:
            return Outcome(plan.columns, cast("list[Row]", cursor.fetchall()))
        rows = cast("Iterator[Row]", cursor)
        most = _MOST_ROWS
        if any(column.type in _LOBS for column in plan.columns):
            most = _MOST_ROWS_WITH_LOBS
        first = list(islice(rows, most))
        following = next(rows, None)
        if following is None:
            return Outcome(plan.columns, first)
        return Outcome(plan.columns, first, rest=self._rest(plan, following, cursor))

    def _rest(self, plan: Plan, following: Row, cursor: apsw.Cursor) -> Stream:
        """Leave the connection, which holds the snapshot, to the rows that are not fetched yet.

        Rows that no other connection could read, because of the transaction's own changes, are kept
        in a file.
        """
        rows = cast("Iterator[Row]", cursor)
        fetching = partial(self._fetching, plan)
        if self._transaction.has_changes or not self._links.can_lend:
            return Stream(following, spool(rows), fetching, lambda: None)
        link = self._links.lend()
        self._transaction.recording.use(self._links.connection)
        return Stream(following, rows, fetching, partial(self._end, link, cursor))

    def _end(self, link: Link, cursor: apsw.Cursor) -> None:
        cursor.close()
        self._links.take_back(link)

    @contextlib.contextmanager
    def _fetching(self, plan: Plan) -> Iterator[None]:
        """Keep the connection from being closed while rows are made.

        Raises SQLite's errors as OraError.
        """
        with self._transaction.busy:
            try:
                yield
            except apsw.Error as error:
                raise translated(error, self._catalog(), plan.verb, plan.target) from error

    def _lock(self, plan: Plan, locking: ForUpdate, row: Row) -> Outcome:
        """Run a query until all rows that it finds are free, and lock them."""
        transaction = self._transaction
        while True:
            transaction.activate()
            try:
                rows = running.query(self._links.connection, plan, row)
            except apsw.Error as error:
                raise translated(error, self._catalog(), plan.verb, plan.target) from error
            claims = running.locked_rows(plan, rows)
            if locking.skip_locked:
                rows, claims = self._free(rows, claims)
            conflict = transaction.claims.lock(set().union(*claims))
            transaction.keep_statement()
            if conflict is None:
                width = len(plan.columns)
                return Outcome(plan.columns, [found[:width] for found in rows])
            transaction.wait_for(conflict, locking.wait_seconds)

    def _free(
        self, rows: list[Row], claims: list[set[Claim]]
    ) -> tuple[list[Row], list[set[Claim]]]:
        """Return the rows of which no other transaction holds a part, and what they claim."""
        free_rows, free_claims = [], []
        for row, wanted in zip(rows, claims, strict=True):
            if self._transaction.claims.free(wanted) == wanted:
                free_rows.append(row)
                free_claims.append(wanted)
        return free_rows, free_claims
