"""Sessions: what runs the named statements, one connection in one thread's hands."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import oracledb

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.queries import LIST_LENGTHS, Statements, expand
from oracle_cdc.oracle.translation import translate_error, translated
from oracle_cdc.running.dependencies import Calling, unwatched

logger = logging.getLogger(__name__)

Binds = Mapping[str, Any]
Record = dict[str, Any]

#: How long a rollback after a failure may take.
UNDO_SECONDS = 5.0

#: Rows that one round trip brings when a statement does not say otherwise.
ROWS_PER_FETCH = 1000


@dataclass(frozen=True)
class ArrayOutcome:
    """What an array statement did: rows changed by each element, and the error of each element that failed."""

    row_counts: Sequence[int]
    errors: Mapping[int, CdcError] = field(default_factory=dict)


class Session:
    """One connection in one thread's hands; every call is one round trip unless it says more."""

    def __init__(
        self,
        connection: oracledb.Connection,
        statements: Statements,
        call_timeout_seconds: float,
        calling: Calling = unwatched,
    ) -> None:
        self.connection = connection
        self.calling = calling
        self.statements = statements
        self.call_timeout_seconds = call_timeout_seconds
        self.set_deadline(call_timeout_seconds)

    def query(self, name: str, ids: Sequence[str] = (), **binds: Any) -> list[Record]:
        """All rows as dictionaries by lower-case column names. ids fills the statement's `{ids}`."""
        return list(self.stream(name, ids, **binds))

    def stream(
        self,
        name: str,
        ids: Sequence[str] = (),
        *,
        rows_per_fetch: int = ROWS_PER_FETCH,
        **binds: Any,
    ) -> Iterator[Record]:
        """The rows as they come, as dictionaries; CLOBs as whole strings."""
        for columns, rows in self.fetch(name, ids, rows_per_fetch=rows_per_fetch, **binds):
            for row in rows:
                yield dict(zip(columns, row, strict=True))

    def fetch(
        self,
        name: str,
        ids: Sequence[str] = (),
        *,
        rows_per_fetch: int = ROWS_PER_FETCH,
        **binds: Any,
    ) -> Generator[tuple[Sequence[str], Sequence[tuple[Any, ...]]], None, None]:
        """The columns, and rows_per_fetch rows of each round trip: one by one they would cost this process twice as
        much."""
        sql, listed = self.statements.texts[name], dict[str, str]()
        if ids:
            sql, listed = expand(sql, ids)
        with (
            self.calling(),
            translated(name),
            self.forgetting_what_broke(),
            self.connection.cursor() as cursor,
        ):
            cursor.arraysize = rows_per_fetch
            cursor.prefetchrows = rows_per_fetch + 1
            cursor.setinputsizes(**self.statements.types[name])
            cursor.execute(sql, {**binds, **listed}, fetch_lobs=False)
            columns = [column.name.lower() for column in cursor.description]
            while rows := cursor.fetchmany():
                yield columns, rows

    @contextmanager
    def forgetting_what_broke(self) -> Iterator[None]:
        """A value that the driver can't bring leaves its statement half fetched in the driver's cache, and there the
        next execution would find it."""
        try:
            yield
        except (oracledb.Error, OSError):
            raise
        except Exception:
            size, self.connection.stmtcachesize = self.connection.stmtcachesize, 0
            self.connection.stmtcachesize = size
            raise

    def lock(self, name: str, ids: Sequence[str]) -> None:
        """Lock rows that are about to be changed. Raises RowLocked at once for one that another session holds."""
        for start in range(0, len(ids), LIST_LENGTHS[-1]):
            self.query(name, ids[start : start + LIST_LENGTHS[-1]])

    def execute(self, name: str, *, commit: bool = False, **binds: Any) -> int:
        """The number of rows changed; with commit in the same round trip."""
        with (
            self.calling(),
            translated(name),
            self.committing(commit),
            self.connection.cursor() as cursor,
        ):
            cursor.setinputsizes(**self.statements.types[name])
            cursor.execute(self.statements.texts[name], binds)
            return int(cursor.rowcount)

    def execute_array(
        self, name: str, rows: Sequence[Binds], *, commit: bool = False
    ) -> Sequence[int]:
        """One statement for many rows of binds, in one round trip; the rows changed by each. Raises the first row's
        error; then nothing is committed."""
        outcome = self.try_array(name, rows, commit=commit)
        for error in outcome.errors.values():
            raise error
        return outcome.row_counts

    def try_array(self, name: str, rows: Sequence[Binds], *, commit: bool = False) -> ArrayOutcome:
        """Like execute_array, but each row fails by itself; with commit only if none failed.

        Batch errors are always asked for: without them the driver re-executes a cached cursor by a shorter message that
        does not ask for row counts.
        """
        if not rows:
            return ArrayOutcome([])
        with (
            self.calling(),
            translated(name),
            self.committing(commit),
            self.connection.cursor() as cursor,
        ):
            cursor.setinputsizes(**self.statements.types[name])
            cursor.executemany(
                self.statements.texts[name], list(rows), batcherrors=True, arraydmlrowcounts=True
            )
            failed = {
                error.offset: translate_error(oracledb.DatabaseError(error), name)
                for error in cursor.getbatcherrors()
            }
            return ArrayOutcome(list(cursor.getarraydmlrowcounts()), failed)

    def run(self, sql: str) -> None:
        """Runs one statement of the schema file."""
        with (
            self.calling(),
            translated(sql.split("(")[0].strip()[:80]),
            self.connection.cursor() as cursor,
        ):
            cursor.execute(sql)

    def ping(self) -> None:
        with self.calling(), translated("ping"):
            self.connection.ping()

    def commit(self) -> None:
        with self.calling(), translated("commit"):
            self.connection.commit()

    def rollback(self) -> None:
        with self.calling(), translated("rollback"):
            self.connection.rollback()

    def undo(self) -> None:
        """Roll back after a failure, before the pool gets the connection. It rolls back only what the driver knows of:
        of a call that was cancelled in the middle of an array that is nothing, and the rows would stay locked."""
        if not self.connection.is_healthy():
            return
        try:
            with self.deadline(UNDO_SECONDS):
                self.rollback()
        except CdcError as error:
            logger.debug("rolling back failed: %s", error)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """A shorter deadline for the calls inside the block."""
        self.set_deadline(min(seconds, self.call_timeout_seconds))
        try:
            yield
        finally:
            self.set_deadline(self.call_timeout_seconds)

    def set_deadline(self, seconds: float) -> None:
        """For each call from now on. A connection that is lost is left as it is: setting it there ends the whole
        process with a segmentation fault in the driver; the next call tells of the loss."""
        if self.connection.is_healthy():
            self.connection.call_timeout = round(seconds * 1000)

    @contextmanager
    def committing(self, commit: bool) -> Iterator[None]:
        self.connection.autocommit = commit
        try:
            yield
        finally:
            self.connection.autocommit = False
