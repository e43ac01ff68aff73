"""Statements of one session: requests to run and fetch them in, answers out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from oralite.conversation.calls import Call
from oralite.conversation.cursors import Cursor, Cursors
from oralite.conversation.lobs import Lobs
from oralite.errors import OraError
from oralite.model import BatchError, BindType, Column, Kind, Outcome, Row
from oralite.protocol.messages.binds import read_rows
from oralite.protocol.messages.describe import encode_describe
from oralite.protocol.messages.error import ARRAY_ERRORS, NO_DATA_FOUND, encode_end
from oralite.protocol.messages.execute import ExecuteRequest, read_execute, read_reexecute
from oralite.protocol.messages.fetch import (
    column_encoder,
    encode_current_schema,
    encode_inputs,
    encode_no_parameters,
    encode_returned,
    encode_row_counts,
    encode_rows,
)
from oralite.protocol.messages.types import LOBS
from oralite.protocol.wire import Reader, UnknownCursor
from oralite.scan import scan

logger = logging.getLogger(__name__)

#: Answers a fault of oralite itself. Not a number that clients take for a dead connection.
INTERNAL_ERROR = 20999


class SqlSession(Protocol):
    """What the SQL side does for one session (sql/sqlsession.py)."""

    @property
    def in_transaction(self) -> bool: ...

    @property
    def last_rowid(self) -> str | None: ...

    def describe(self, sql: str, types: Sequence[BindType]) -> tuple[Column, ...]: ...

    def execute(
        self,
        sql: str,
        types: Sequence[BindType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def close(self) -> None: ...

    def alter(self, name: str, value: str) -> None: ...

    def describe_client(self, parameters: Mapping[str, str]) -> None: ...


class ArrayFailed(OraError):
    """An array statement ended at a row after others were done.

    Answer tells the client how many.
    """

    def __init__(self, error: OraError, answer: bytes) -> None:
        super().__init__(error.code, str(error).partition(": ")[2], error.position)
        self.answer = answer


class Statements:
    """The open cursors of one session and what is done with them."""

    def __init__(
        self, sql: SqlSession, lobs: Lobs, field_version: int, counts: Counter[str]
    ) -> None:
        self._sql = sql
        self._lobs = lobs
        self._field_version = field_version
        self._counts = counts
        self._cursors = Cursors()

    def close(self, cursor_ids: Sequence[int]) -> None:
        self._cursors.close(cursor_ids)

    def is_open(self, cursor_id: int) -> bool:
        return self._cursors.get(cursor_id) is not None

    def read_execute(self, reader: Reader) -> Call:
        request = read_execute(reader, self._field_version)
        cursor = self._cursor(request)
        if request.binds is not None:
            cursor.declare(request.binds)
        cursor.wants_row_counts = request.wants_row_counts
        rows = self._read_rows(reader, cursor, request)
        return self._call(cursor, request, rows)

    def read_reexecute(self, reader: Reader, function: int) -> Call:
        request = read_reexecute(reader, function)
        cursor = self._cursor(request)
        # The short form has no room for the option: it is the statement's until it is sent in full
        # again.
        request = replace(request, wants_row_counts=cursor.wants_row_counts)
        rows = self._read_rows(reader, cursor, request)
        return self._call(cursor, request, rows)

    def read_fetch(self, reader: Reader) -> Call:
        cursor_id, count = reader.ub(), reader.ub()
        cursor = self._cursors.get(cursor_id)
        return Call(
            "fetch", lambda: self._fetch(cursor, count), cursor.sql if cursor else "", cursor_id
        )

    def _cursor(self, request: ExecuteRequest) -> Cursor:
        if request.sql is None:
            cursor = self._cursors.get(request.cursor_id)
            if cursor is None:
                raise UnknownCursor(f"{request.cursor_id} is not open")
            return cursor
        if request.cursor_id or request.wants_row_counts:
            # Without a number the client sends the whole again, and says each time whether it wants
            # row counts.
            return Cursor(request.cursor_id, request.sql, scan(request.sql))
        return self._cursors.new(request.sql)

    def _read_rows(
        self, reader: Reader, cursor: Cursor, request: ExecuteRequest
    ) -> Callable[[], Sequence[Row]]:
        """Reads at once.

        What it returns looks the LOBs up, which may fail, when all has been read.
        """
        if cursor.scan.kind is Kind.QUERY:
            iterations = 1
        else:
            iterations = max(request.iterations, 1)
        rows = read_rows(
            reader, cursor.binds if request.sends_values else (), iterations, cursor.scan
        )
        if not (cursor.has_lob_binds and request.sends_values):
            return lambda: rows
        given = [
            bind for index, bind in enumerate(cursor.binds) if index not in cursor.scan.returning
        ]
        positions = [position for position, bind in enumerate(given) if bind.type in LOBS]
        return lambda: [self._with_contents(row, positions) for row in rows]

    def _with_contents(self, row: Row, positions: Sequence[int]) -> Row:
        values = list(row)
        for position in positions:
            locator = values[position]
            if isinstance(locator, bytes):
                values[position] = self._lobs.find(locator).value
        return tuple(values)

    def _call(
        self, cursor: Cursor, request: ExecuteRequest, rows: Callable[[], Sequence[Row]]
    ) -> Call:
        return Call("execute", lambda: self._execute(cursor, request, rows), cursor.sql, cursor.id)

    def _execute(
        self, cursor: Cursor, request: ExecuteRequest, rows: Callable[[], Sequence[Row]]
    ) -> bytes:
        self._counts["parses"] += request.sql is not None
        self._counts["executes_" + cursor.scan.kind.value] += request.has_execute
        if request.is_scrollable:
            raise OraError(3001, "unimplemented feature: oralite has no scrollable cursors")
        if cursor.unsupported and request.sends_values:
            raise OraError(
                3001, f"unimplemented feature: oralite has no binds of {cursor.unsupported}"
            )
        self._cursors.open(cursor)
        if request.defines:
            return self._define(cursor, request)
        if request.describes_only or not request.has_execute:
            return self._describe(cursor)
        if len(cursor.types if request.sends_values else ()) != len(cursor.scan.binds):
            raise OraError(1008, "not all variables bound")
        cursor.release()
        outcome = self._sql.execute(
            cursor.sql, cursor.types, rows(), batch_errors=request.wants_batch_errors
        )
        if outcome.failure is not None:
            raise self._failure(cursor, request, outcome, outcome.failure)
        if request.commits and not outcome.batch_errors:
            self._sql.commit()
        return b"".join(self._answer(cursor, request, outcome))

    def _failure(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome, failure: Exception
    ) -> ArrayFailed:
        self._counts["rows_changed"] += outcome.row_count
        if request.wants_row_counts:
            counts = encode_row_counts(outcome.row_counts)
        else:
            counts = b""
        error = as_answer(failure)
        return ArrayFailed(
            error, counts + self._end(cursor, row_count=outcome.row_count, error=error)
        )

    def _answer(self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome) -> Iterator[bytes]:
        if cursor.scan.kind is Kind.QUERY:
            yield from self._answer_query(cursor, request, outcome)
        elif cursor.scan.kind is Kind.DML:
            yield from self._answer_dml(cursor, request, outcome)
        else:
            if cursor.binds:
                yield encode_inputs(len(cursor.binds))
            if outcome.schema is not None:
                yield encode_current_schema(outcome.schema)
            yield self._end(cursor)

    def _answer_query(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome
    ) -> Iterator[bytes]:
        if cursor.take_shape(outcome.columns):
            yield encode_describe(outcome.columns, self._field_version)
        cursor.hold(outcome.rows, outcome.rest)
        if request.row_limit and not cursor.needs_defines:
            yield from self._rows(cursor, request.row_limit)
        else:
            yield self._end(cursor)

    def _answer_dml(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome
    ) -> Iterator[bytes]:
        self._counts["rows_changed"] += outcome.row_count
        returning = [cursor.binds[index] for index in sorted(cursor.scan.returning)]
        if returning:
            yield from encode_returned(outcome.returned, returning, self._lobs.encode)
        if request.wants_row_counts:
            yield encode_row_counts(outcome.row_counts)
        yield self._end(
            cursor,
            row_count=outcome.row_count,
            code=ARRAY_ERRORS if outcome.batch_errors else 0,
            batch_errors=outcome.batch_errors,
            rowid=self._sql.last_rowid if outcome.row_count else None,
        )

    def _define(self, cursor: Cursor, request: ExecuteRequest) -> bytes:
        if len(request.defines) != len(cursor.columns or ()):
            raise OraError(1007, "variable not in select list")
        if cursor.fetched:
            # The driver thinks that it runs the statement again, when an answer to this was beyond
            # it.
            raise OraError(1002, "fetch out of sequence")
        cursor.define(request.defines)
        if request.row_limit:
            return b"".join(self._rows(cursor, request.row_limit))
        return self._end(cursor)

    def _describe(self, cursor: Cursor) -> bytes:
        columns = self._sql.describe(cursor.sql, cursor.types)
        if cursor.scan.kind is not Kind.QUERY:
            return self._end(cursor)
        cursor.take_shape(columns)
        return encode_describe(columns, self._field_version) + self._end(cursor)

    def _fetch(self, cursor: Cursor | None, count: int) -> bytes:
        if cursor is None:
            raise OraError(1001, "invalid cursor")
        if not cursor.is_executed:
            raise OraError(1002, "fetch out of sequence")
        return b"".join(self._rows(cursor, count))

    def _rows(self, cursor: Cursor, count: int) -> Iterator[bytes]:
        if cursor.encoders is None:
            cursor.encoders = self._encoders(cursor)
        rows = cursor.take(count)
        self._counts["rows_sent"] += len(rows)
        yield encode_rows(rows, cursor.encoders)
        yield encode_no_parameters()
        yield self._end(
            cursor, row_count=cursor.fetched, code=NO_DATA_FOUND if cursor.is_exhausted else 0
        )

    def _encoders(self, cursor: Cursor) -> list[Callable[..., list[bytes]]]:
        defines = cursor.defines or [None] * len(cursor.columns or ())
        columns = zip(cursor.columns or (), defines, strict=True)
        return [column_encoder(column, define, self._lobs.encode) for column, define in columns]

    def _end(
        self,
        cursor: Cursor,
        *,
        row_count: int = 0,
        error: OraError | None = None,
        code: int = 0,
        batch_errors: Sequence[BatchError] = (),
        rowid: str | None = None,
    ) -> bytes:
        return encode_end(
            self._field_version,
            in_transaction=self._sql.in_transaction,
            cursor_id=cursor.id,
            row_count=row_count,
            error=error,
            code=code,
            batch_errors=batch_errors,
            rowid=rowid,
        )


def as_answer(error: Exception) -> OraError:
    """Return the error as a client may see it.

    One that nobody foresaw is logged and becomes ORA-20999.
    """
    if isinstance(error, OraError):
        return error
    if isinstance(error, RecursionError):
        return OraError(
            3001, "unimplemented feature: oralite does not do SQL that is nested so deeply"
        )
    logger.error("A call failed for a reason inside oralite", exc_info=error)
    return OraError(
        INTERNAL_ERROR, f"oralite failed inside: {type(error).__name__}; its log tells more"
    )
