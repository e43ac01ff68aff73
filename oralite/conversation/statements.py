"""Statements of one session: requests to run and fetch them in, answers out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from oralite.conversation.answers import Answers
from oralite.conversation.calls import Call
from oralite.conversation.cursors import Cursor, Cursors
from oralite.conversation.lobs import Lobs
from oralite.conversation.seam import SqlSession
from oralite.errors import OraError
from oralite.model import Kind, Row
from oralite.protocol.messages.binds import read_rows
from oralite.protocol.messages.describe import encode_describe
from oralite.protocol.messages.error import End
from oralite.protocol.messages.execute import ExecuteRequest, read_execute, read_reexecute
from oralite.protocol.messages.types import LOBS
from oralite.protocol.wire import Reader, UnknownCursor
from oralite.scan import scan


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
        self._answers = Answers(sql, lobs, field_version, counts)

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
        """Read the rows of binds. Return what looks up the LOBs among them.

        A look-up may fail, so it comes when the whole request has been read.
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
        given = []
        for index, bind in enumerate(cursor.binds):
            if index not in cursor.scan.returning:
                given.append(bind)
        positions = []
        for position, bind in enumerate(given):
            if bind.type in LOBS:
                positions.append(position)
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
            raise self._answers.failed(cursor, request, outcome, outcome.failure)
        if request.commits and not outcome.batch_errors:
            self._sql.commit()
        return b"".join(self._answers.executed(cursor, request, outcome))

    def _define(self, cursor: Cursor, request: ExecuteRequest) -> bytes:
        if len(request.defines) != len(cursor.columns or ()):
            raise OraError(1007, "variable not in select list")
        if cursor.fetched:
            # The driver thinks that it runs the statement again, when an answer to this was beyond
            # it.
            raise OraError(1002, "fetch out of sequence")
        cursor.define(request.defines)
        if request.row_limit:
            return b"".join(self._answers.rows(cursor, request.row_limit))
        return self._answers.end(End(cursor.id))

    def _describe(self, cursor: Cursor) -> bytes:
        columns = self._sql.describe(cursor.sql, cursor.types)
        if cursor.scan.kind is not Kind.QUERY:
            return self._answers.end(End(cursor.id))
        cursor.take_shape(columns)
        return encode_describe(columns, self._field_version) + self._answers.end(End(cursor.id))

    def _fetch(self, cursor: Cursor | None, count: int) -> bytes:
        if cursor is None:
            raise OraError(1001, "invalid cursor")
        if not cursor.is_executed:
            raise OraError(1002, "fetch out of sequence")
        return b"".join(self._answers.rows(cursor, count))
