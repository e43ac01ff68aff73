"""What a client may ask for: each request is read to its end and becomes a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from oralite.conversation.answers import as_answer
from oralite.conversation.calls import Call
from oralite.conversation.lobs import Lobs
from oralite.conversation.login import LoggedIn, read_function
from oralite.conversation.statements import Statements
from oralite.errors import OraError
from oralite.protocol.messages import auth, execute, fetch, lob
from oralite.protocol.messages.error import DONE, encode_end, encode_status
from oralite.protocol.messages.piggyback import read_piggyback
from oralite.protocol.wire import Reader, UnsupportedRequest

_COMMIT = 14
_ROLLBACK = 15
_PING = 147
_LOGOFF = 9
_END_PIPELINE = 200
#: Functions that other servers have.
_ELSEWHERE = {
    **dict.fromkeys((103, 104), "two-phase and sessionless transactions"),
    **dict.fromkeys((121, 122, 145), "queues"),
    **dict.fromkeys((125, 187), "notifications"),
    **dict.fromkeys((128, 129, 130), "direct path loads"),
    **dict.fromkeys((162, 163), "pooled servers (DRCP)"),
}


class Requests:
    """The requests of one session, and what lasts between them: statements, LOBs, a pipeline."""

    def __init__(self, logged_in: LoggedIn, counts: Counter[str]) -> None:
        self._sql = logged_in.sql
        self._field_version = logged_in.field_version
        self._lobs = Lobs()
        self.statements = Statements(self._sql, self._lobs, self._field_version, counts)
        self.is_pipeline_failed = False
        self.aborts_pipeline = False
        self._deferred: OraError | None = None
        self._read: dict[int, Callable[[Reader], Call]] = {
            execute.EXECUTE: self.statements.read_execute,
            execute.REEXECUTE: lambda reader: self.statements.read_reexecute(
                reader, execute.REEXECUTE
            ),
            execute.REEXECUTE_AND_FETCH: lambda reader: self.statements.read_reexecute(
                reader, execute.REEXECUTE_AND_FETCH
            ),
            fetch.FETCH: self.statements.read_fetch,
            lob.LOB: self._read_lob,
            _COMMIT: lambda _: Call("commit", self._commit),
            _ROLLBACK: lambda _: Call("rollback", self._roll_back),
            _PING: lambda _: Call("ping", self._status),
            _LOGOFF: lambda _: Call("logoff", self._log_off),
            _END_PIPELINE: self._read_end_pipeline,
            auth.PHASE_TWO: self._read_password_change,
        }

    def read(self, reader: Reader, function: int) -> Call:
        """Read a request. Raises UnsupportedRequest for a function that is not there."""
        if function not in self._read:
            raise UnsupportedRequest(_ELSEWHERE.get(function, f"function {function}"))
        return self._read[function](reader)

    def take_piggyback(self, reader: Reader) -> None:
        """Do what a client sends ahead of a request, which is not answered."""
        function, _ = read_function(reader, self._field_version)
        piggyback = read_piggyback(reader, function)
        self.statements.close(piggyback.closed_cursors)
        for locator in piggyback.freed_locators:
            self._lobs.free(locator)
        if piggyback.client:
            self._sql.describe_client(piggyback.client)
        if piggyback.schema:
            self._set_schema(piggyback.schema)
        if piggyback.begins_pipeline:
            self.aborts_pipeline = piggyback.aborts_on_error
            self.is_pipeline_failed = False

    def _set_schema(self, schema: str) -> None:
        """Set the current schema.

        What is wrong with it stands in the answer to the request that follows.
        """
        try:
            self._sql.alter(
                "CURRENT_SCHEMA", schema[1:-1] if schema.startswith('"') else schema.upper()
            )
        except Exception as error:
            self._deferred = as_answer(error)

    def raise_deferred(self) -> None:
        error, self._deferred = self._deferred, None
        if error is not None:
            raise error

    def _status(self) -> bytes:
        return encode_status(self._sql.in_transaction)

    def _commit(self) -> bytes:
        self._sql.commit()
        return self._status()

    def _roll_back(self) -> bytes:
        self._sql.rollback()
        return self._status()

    def _log_off(self) -> bytes:
        """End the session before the answer: who waits for that may open the next one."""
        self._sql.close()
        return encode_status(False)

    def _read_lob(self, reader: Reader) -> Call:
        request = lob.read_lob(reader)
        return Call("lob", lambda: self._lobs.perform(request) + self._success())

    def _success(self) -> bytes:
        return encode_end(DONE, self._field_version, in_transaction=self._sql.in_transaction)

    def _read_end_pipeline(self, reader: Reader) -> Call:
        reader.ub()
        self.is_pipeline_failed = False
        return Call("call", self._status)

    def _read_password_change(self, reader: Reader) -> Call:
        auth.read_auth(reader)
        return Call("call", self._refuse_password_change)

    def _refuse_password_change(self) -> bytes:
        raise OraError(
            3001, "unimplemented feature: change a password by ALTER USER ... IDENTIFIED BY"
        )
