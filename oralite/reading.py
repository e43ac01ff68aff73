"""Queries: a short result as a whole; of a long one the first rows, and a stream of the others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, cast

import apsw

from oralite.failures import translated
from oralite.links import Link
from oralite.model import Outcome, Row, SqlType
from oralite.running import check_lengths
from oralite.streams import Stream, spool
from oralite.translate.plan import Plan

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession

#: So many rows are held as a whole; of a longer result these are, and the others are made as they are fetched.
_MOST_ROWS, _MOST_ROWS_WITH_LOBS = 10_000, 500
_LOBS = (SqlType.CLOB, SqlType.BLOB)


def read(session: SqlSession, plan: Plan, row: Row) -> Outcome:
    """Run a query on the data as it is now, whoever changes it before its rows are fetched. Raises apsw.Error."""
    check_lengths(plan, row)
    cursor = session.connection.execute(plan.sql, row)
    if not plan.streams:
        return Outcome(plan.columns, cast("list[Row]", cursor.fetchall()))
    rows = cast("Iterator[Row]", cursor)
    has_lobs = any(column.type in _LOBS for column in plan.columns)
    first = list(islice(rows, _MOST_ROWS_WITH_LOBS if has_lobs else _MOST_ROWS))
    following = next(rows, None)
    if following is None:
        return Outcome(plan.columns, first)
    return Outcome(plan.columns, first, rest=_rest(session, plan, following, cursor))


def _rest(session: SqlSession, plan: Plan, following: Row, cursor: apsw.Cursor) -> Stream:
    """The connection stays with the statement, whose snapshot it holds.

    Rows that no other connection could read, because of the transaction's own changes, are kept in a file.
    """
    rows = cast("Iterator[Row]", cursor)
    fetching = partial(_fetching, session, plan)
    if session.transaction.has_changes or not session.links.can_lend:
        return Stream(following, spool(rows), fetching, lambda: None)
    link = session.links.lend()
    session.transaction.use(session.connection)
    return Stream(following, rows, fetching, partial(_end, session, link, cursor))


def _end(session: SqlSession, link: Link, cursor: apsw.Cursor) -> None:
    cursor.close()
    session.links.take_back(link)


@contextlib.contextmanager
def _fetching(session: SqlSession, plan: Plan) -> Iterator[None]:
    """Held while rows are made, so that nobody closes the connection meanwhile. Raises SQLite's errors as OraError."""
    with session.transaction.busy:
        try:
            yield
        except apsw.Error as error:
            raise translated(error, session.database.catalog, plan.verb, plan.target) from error
