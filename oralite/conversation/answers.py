"""Answers to the statements of one session: columns, rows, counts and the end of a call."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator

from oralite.conversation.cursors import Cursor
from oralite.conversation.lobs import Lobs
from oralite.conversation.seam import SqlSession
from oralite.errors import OraError
from oralite.model import Kind, Outcome
from oralite.protocol.messages.describe import encode_describe
from oralite.protocol.messages.error import ARRAY_ERRORS, NO_DATA_FOUND, End, encode_end
from oralite.protocol.messages.execute import ExecuteRequest
from oralite.protocol.messages.fetch import (
    column_encoder,
    encode_current_schema,
    encode_inputs,
    encode_no_parameters,
    encode_returned,
    encode_row_counts,
    encode_rows,
)

logger = logging.getLogger(__name__)

#: Answers a fault of oralite itself. Not a number that clients take for a dead connection.
INTERNAL_ERROR = 20999


class ArrayFailed(OraError):
    """Raised when an array statement ends at a row after others were done.

    answer says how many.
    """

    def __init__(self, error: OraError, answer: bytes) -> None:
        super().__init__(error.code, str(error).partition(": ")[2], error.position)
        self.answer = answer


class Answers:
    """Encodes what an execution gave."""

    def __init__(
        self, sql: SqlSession, lobs: Lobs, field_version: int, counts: Counter[str]
    ) -> None:
        self._sql = sql
        self._lobs = lobs
        self._field_version = field_version
        self._counts = counts

    def failed(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome, failure: Exception
    ) -> ArrayFailed:
        self._counts["rows_changed"] += outcome.row_count
        counts = b""
        if request.wants_row_counts:
            counts = encode_row_counts(outcome.row_counts)
        error = as_answer(failure)
        end = self.end(End(cursor.id, outcome.row_count, error))
        return ArrayFailed(error, counts + end)

    def executed(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome
    ) -> Iterator[bytes]:
        if cursor.scan.kind is Kind.QUERY:
            yield from self._answer_query(cursor, request, outcome)
        elif cursor.scan.kind is Kind.DML:
            yield from self._answer_dml(cursor, request, outcome)
        else:
            if cursor.binds:
                yield encode_inputs(len(cursor.binds))
            if outcome.schema is not None:
                yield encode_current_schema(outcome.schema)
            yield self.end(End(cursor.id, has_warning=outcome.has_warning))

    def _answer_query(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome
    ) -> Iterator[bytes]:
        if cursor.take_shape(outcome.columns):
            yield encode_describe(outcome.columns, self._field_version)
        cursor.keep(outcome.rows, outcome.rest)
        if request.row_limit and not cursor.needs_defines:
            yield from self.rows(cursor, request.row_limit)
        else:
            yield self.end(End(cursor.id))

    def _answer_dml(
        self, cursor: Cursor, request: ExecuteRequest, outcome: Outcome
    ) -> Iterator[bytes]:
        self._counts["rows_changed"] += outcome.row_count
        returning = []
        for index in sorted(cursor.scan.returning):
            returning.append(cursor.binds[index])
        if returning:
            yield from encode_returned(outcome.returned, returning, self._lobs.encode)
        if request.wants_row_counts:
            yield encode_row_counts(outcome.row_counts)
        end = End(
            cursor.id,
            outcome.row_count,
            code=ARRAY_ERRORS if outcome.batch_errors else 0,
            batch_errors=outcome.batch_errors,
            rowid=self._sql.last_rowid if outcome.row_count else None,
        )
        yield self.end(end)

    def rows(self, cursor: Cursor, count: int) -> Iterator[bytes]:
        if cursor.encoders is None:
            cursor.encoders = self._encoders(cursor)
        rows = cursor.take(count)
        self._counts["rows_sent"] += len(rows)
        yield encode_rows(rows, cursor.encoders)
        yield encode_no_parameters()
        code = NO_DATA_FOUND if cursor.is_exhausted else 0
        yield self.end(End(cursor.id, cursor.fetched, code=code))

    def _encoders(self, cursor: Cursor) -> list[Callable[..., list[bytes]]]:
        defines = cursor.defines or [None] * len(cursor.columns or ())
        columns = zip(cursor.columns or (), defines, strict=True)
        found = []
        for column, define in columns:
            found.append(column_encoder(column, define, self._lobs.encode))
        return found

    def end(self, end: End) -> bytes:
        return encode_end(end, self._field_version, in_transaction=self._sql.in_transaction)


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
