"""Sessions: what runs the named statements on a connection."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import oracledb

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.connection import Connection
from oracle_cdc.oracle.queries import LIST_LENGTHS, Query, Statements, expand
from oracle_cdc.oracle.translation import translate_error, translated
from oracle_cdc.running.dependencies import Calling, unwatched

Binds = Mapping[str, Any]
Record = dict[str, Any]
Rows = Sequence[tuple[Any, ...]]

#: Rows that one round trip brings when a statement does not say otherwise.
ROWS_PER_FETCH = 1000
#: What the rows of one round trip shall weigh at most, where somebody weighs them. The driver keeps
#: all that came beside them.
FETCH_BYTES = 2_000_000
#: Rows of the first round trip of such a statement: what they weigh is not known before.
FIRST_ROWS = 100


@dataclass(frozen=True)
class ArrayOutcome:
    """What an array statement did: rows changed by each element, and the errors of some."""

    row_counts: Sequence[int]
    errors: Mapping[int, CdcError] = field(default_factory=dict)


class Session(Connection):
    """Runs the named statements on one connection, in one thread's hands.

    Every call is one round trip unless it says more.
    """

    def __init__(
        self,
        connection: oracledb.Connection,
        statements: Statements,
        call_timeout_seconds: float,
        calling: Calling = unwatched,
    ) -> None:
        super().__init__(connection, call_timeout_seconds, calling)
        self.statements = statements

    def query(self, name: str, ids: Sequence[str] = (), **binds: Any) -> list[Record]:
        """Return all rows as dictionaries by lower-case column names.

        Parameters:
            ids: what stands for the statement's `{ids}`.
        """
        return list(self.stream(name, ids, **binds))

    def stream(
        self,
        name: str,
        ids: Sequence[str] = (),
        *,
        rows_per_fetch: int = ROWS_PER_FETCH,
        **binds: Any,
    ) -> Iterator[Record]:
        """Yield the rows as they come, as dictionaries, with CLOBs as whole strings."""
        for columns, rows in self.fetch(name, ids, rows_per_fetch=rows_per_fetch, **binds):
            for row in rows:
                yield dict(zip(columns, row, strict=True))

    def fetch(
        self,
        name: str,
        ids: Sequence[str] = (),
        *,
        rows_per_fetch: int = ROWS_PER_FETCH,
        weigh: Callable[[Rows], int] | None = None,
        **binds: Any,
    ) -> Generator[tuple[Sequence[str], Rows], None, None]:
        """Yield the columns, and rows_per_fetch rows, of each round trip.

        One by one the rows would cost this process twice as much.

        Parameters:
            weigh: returns the bytes of rows, of which fewer come at a time where they weigh much.
        """
        sql = self.statements.texts[name]
        listed: dict[str, str] = {}
        if ids:
            sql, listed = expand(sql, ids)
        with (
            self.calling(),
            translated(name),
            forgetting_what_broke(self.connection),
            self.connection.cursor() as cursor,
        ):
            cursor.arraysize = rows_per_fetch
            cursor.prefetchrows = rows_per_fetch + 1
            if weigh:
                cursor.arraysize = cursor.prefetchrows = min(FIRST_ROWS, rows_per_fetch)
            cursor.setinputsizes(**self.statements.types[name])
            cursor.execute(sql, {**binds, **listed}, fetch_lobs=False)
            columns = [column.name.lower() for column in cursor.description]
            while rows := cursor.fetchmany():
                if weigh:
                    fitting = FETCH_BYTES * len(rows) // max(1, weigh(rows))
                    cursor.arraysize = max(1, min(rows_per_fetch, fitting))
                yield columns, rows

    def lock(self, name: str, ids: Sequence[str]) -> None:
        """Lock rows that are about to be changed.

        Raises RowLocked at once for one that another session holds.
        """
        for start in range(0, len(ids), LIST_LENGTHS[-1]):
            self.query(name, ids[start : start + LIST_LENGTHS[-1]])

    def execute(self, name: str, *, commit: bool = False, **binds: Any) -> int:
        """Run a statement and return the number of rows changed.

        With `commit` they are committed in the same round trip.
        """
        with self._changing(name, commit) as cursor:
            cursor.execute(self.statements.texts[name], binds)
            return int(cursor.rowcount)

    def execute_array(
        self, name: str, rows: Sequence[Binds], *, commit: bool = False
    ) -> Sequence[int]:
        """Run one statement for many rows of binds, and return the rows changed by each.

        It is one round trip. Raises the first row's error. Then nothing is committed.
        """
        outcome = self.try_array(name, rows, commit=commit)
        for error in outcome.errors.values():
            raise error
        return outcome.row_counts

    def try_array(self, name: str, rows: Sequence[Binds], *, commit: bool = False) -> ArrayOutcome:
        """Do what execute_array does, but let each row fail by itself.

        With `commit` they are committed only if none failed. Batch errors are always asked for:
        without them the driver re-executes a cached cursor by a shorter message that does not ask
        for row counts.
        """
        if not rows:
            return ArrayOutcome([])
        with self._changing(name, commit) as cursor:
            cursor.executemany(
                self.statements.texts[name], list(rows), batcherrors=True, arraydmlrowcounts=True
            )
            failed: dict[int, CdcError] = {}
            for error in cursor.getbatcherrors():
                failed[error.offset] = translate_error(oracledb.DatabaseError(error), name)
            return ArrayOutcome(list(cursor.getarraydmlrowcounts()), failed)

    @contextmanager
    def _changing(self, name: str, commit: bool) -> Iterator[oracledb.Cursor]:
        """Lend a cursor that knows the types of a statement's binds."""
        with changing(self, name, self.statements.types[name], commit=commit) as cursor:
            yield cursor

    def run(self, sql: str) -> None:
        """Run one statement of the schema file."""
        with (
            self.calling(),
            translated(sql.split("(")[0].strip()[:80]),
            self.connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def fetch_made(
    session: Session,
    query: Query,
    binds: Binds,
    *,
    rows_per_fetch: int = ROWS_PER_FETCH,
    handler: Any = None,
) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    """Yield the rows of each round trip of a query that was made at run time.

    What is done with them in between is no part of any call.

    Parameters:
        handler: the driver's output type handler.
    """
    with forgetting_what_broke(session.connection), session.connection.cursor() as cursor:
        cursor.arraysize = rows_per_fetch
        cursor.prefetchrows = rows_per_fetch + 1
        cursor.outputtypehandler = handler
        with session.calling(), translated(query.what):
            cursor.setinputsizes(**query.types)
            cursor.execute(query.sql, dict(binds), fetch_lobs=False)
            rows = cursor.fetchmany()
        while rows:
            yield rows
            if len(rows) < rows_per_fetch:
                # The last: to ask for more would look like one more call.
                return
            with session.calling(), translated(query.what):
                rows = cursor.fetchmany()


def change_made(
    session: Session, query: Query, rows: Sequence[Binds], *, commit: bool = False
) -> Sequence[int]:
    """Run a statement that was made at run time for many rows, and return the rows changed by each.

    It is one round trip. Raises what one of them fails with. Then nothing is committed.
    """
    with changing(session, query.what, query.types, commit=commit) as cursor:
        cursor.executemany(query.sql, list(rows), batcherrors=True, arraydmlrowcounts=True)
        for error in cursor.getbatcherrors():
            raise translate_error(oracledb.DatabaseError(error), query.what)
        return list(cursor.getarraydmlrowcounts())


@contextmanager
def changing(
    session: Session, what: str, types: Mapping[str, oracledb.DbType], *, commit: bool
) -> Iterator[oracledb.Cursor]:
    """Lend a cursor that knows the types of a statement's binds."""
    with (
        session.calling(),
        translated(what),
        committing(session.connection, commit),
        session.connection.cursor() as cursor,
    ):
        cursor.setinputsizes(**types)
        yield cursor


@contextmanager
def committing(connection: oracledb.Connection, commit: bool) -> Iterator[None]:
    """Have what is run inside the block committed in its own round trip, or not."""
    connection.autocommit = commit
    try:
        yield
    finally:
        connection.autocommit = False


@contextmanager
def forgetting_what_broke(connection: oracledb.Connection) -> Iterator[None]:
    """Empty the driver's cache of statements after a value that the driver can't bring.

    It leaves its statement half fetched in the cache, where the next execution would find it.
    """
    try:
        yield
    except (oracledb.Error, OSError):
        raise
    except Exception:
        size = connection.stmtcachesize
        connection.stmtcachesize = 0
        connection.stmtcachesize = size
        raise
