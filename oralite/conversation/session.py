"""One client's conversation, from its first packet to its last: reads requests, carries them out,
answers.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from oralite.conversation.armed import Armed, strike
from oralite.conversation.calls import Call
from oralite.conversation.lobs import Lobs
from oralite.conversation.login import FUNCTION, Instance, LoggedIn, Refused, log_in, read_function
from oralite.conversation.statements import ArrayFailed, Statements, as_answer
from oralite.errors import OraError
from oralite.protocol.messages import auth, execute, fetch, lob
from oralite.protocol.messages.error import CANCELLED, encode_end, encode_status
from oralite.protocol.messages.piggyback import read_piggyback
from oralite.protocol.transport import BreakRequested, Disconnected, Transport
from oralite.protocol.wire import ProtocolError, Reader, UnsupportedRequest

logger = logging.getLogger(__name__)

_COMMIT = 14
_ROLLBACK = 15
_PING = 147
_LOGOFF = 9
_END_PIPELINE = 200
_PIGGYBACK = 17
_ONE_WAY = 26
_LIMIT_BYTES = 1 << 30


def converse(transport: Transport, instance: Instance, counts: Counter[str]) -> None:
    """Serve one connection until it ends, however it ends.

    What is not committed then is rolled back.
    """
    try:
        logged_in = log_in(transport, instance, counts)
    except (Refused, BreakRequested, Disconnected) as error:
        logger.info("A connection ended before its log-in: %s", error)
    except ProtocolError as error:
        logger.warning("A connection was closed: its client sent %s", error)
    else:
        try:
            Session(transport, instance, logged_in, counts).run()
        finally:
            logged_in.sql.close()


class Session:
    """A client that is logged in."""

    def __init__(
        self, transport: Transport, instance: Instance, logged_in: LoggedIn, counts: Counter[str]
    ) -> None:
        self._transport = transport
        self._reader = transport.reader
        self._instance = instance
        self._user = logged_in.user
        self._sql = logged_in.sql
        self._field_version = logged_in.field_version
        self._counts = counts
        self._lobs = Lobs()
        self._statements = Statements(self._sql, self._lobs, self._field_version, counts)
        self._is_pipeline_failed = False
        self._aborts_pipeline = False
        self._deferred: OraError | None = None
        self._read: dict[int, Callable[[Reader], Call]] = {
            execute.EXECUTE: self._statements.read_execute,
            execute.REEXECUTE: lambda reader: self._statements.read_reexecute(
                reader, execute.REEXECUTE
            ),
            execute.REEXECUTE_AND_FETCH: lambda reader: self._statements.read_reexecute(
                reader, execute.REEXECUTE_AND_FETCH
            ),
            fetch.FETCH: self._statements.read_fetch,
            lob.LOB: self._read_lob,
            _COMMIT: lambda _: Call("commit", self._commit),
            _ROLLBACK: lambda _: Call("rollback", self._roll_back),
            _PING: lambda _: Call("ping", self._status),
            _LOGOFF: lambda _: Call("logoff", self._log_off),
            _END_PIPELINE: self._read_end_pipeline,
            auth.PHASE_TWO: self._read_password_change,
        }

    def run(self) -> None:
        self._transport.set_timeout(None)
        self._reader.limit_bytes = _LIMIT_BYTES
        while True:
            try:
                self._serve_one()
            except BreakRequested:
                self._counts["breaks"] += 1
                self._reset(OraError(CANCELLED, "user requested cancel of current operation"))
            except Disconnected as error:
                logger.debug("A session of %s ended: %s", self._user, error)
                return
            except ProtocolError as error:
                logger.warning(
                    "A request of %s was not read to its end: %s", self._user, error.told
                )
                if not self._reset(OraError(error.code, error.told)):
                    return

    def _serve_one(self) -> None:
        self._reader.begin()
        message = self._reader.u8()
        if message == FUNCTION:
            function, token = read_function(self._reader, self._field_version)
            if function not in self._read:
                raise UnsupportedRequest(_ELSEWHERE.get(function, f"function {function}"))
            self._serve(self._read[function](self._reader), is_in_pipeline=token != 0)
        elif message == _PIGGYBACK:
            self._take_piggyback()
        elif message == _ONE_WAY:
            read_function(self._reader, self._field_version)
            self._reader.skip("11u")
        else:
            raise ProtocolError(f"message {message} where a request is expected")

    def _take_piggyback(self) -> None:
        function, _ = read_function(self._reader, self._field_version)
        piggyback = read_piggyback(self._reader, function)
        self._statements.close(piggyback.closed_cursors)
        for locator in piggyback.freed_locators:
            self._lobs.free(locator)
        if piggyback.client:
            self._sql.describe_client(piggyback.client)
        if piggyback.schema:
            self._set_schema(piggyback.schema)
        if piggyback.begins_pipeline:
            self._aborts_pipeline = piggyback.aborts_on_error
            self._is_pipeline_failed = False

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

    def _raise_deferred(self) -> None:
        error, self._deferred = self._deferred, None
        if error is not None:
            raise error

    def _serve(self, call: Call, *, is_in_pipeline: bool) -> None:
        self._count(call)
        struck = self._instance.faults.choose(call.kind, call.sql, self._user)
        try:
            if is_in_pipeline and self._is_pipeline_failed and self._aborts_pipeline:
                raise OraError(
                    20998, "not carried out: an earlier operation of the pipeline failed"
                )
            self._raise_deferred()
            self._strike(struck, is_after=False)
            answer = call.run()
            self._strike(struck, is_after=True)
        except (Disconnected, BreakRequested, ProtocolError):
            raise
        except Exception as error:
            answer = self._failed(call, as_answer(error))
        if latency_seconds := self._instance.latency_seconds():
            time.sleep(latency_seconds)
        self._transport.send(answer)

    def _failed(self, call: Call, error: OraError) -> bytes:
        if error.code == CANCELLED and self._transport.interrupted():
            self._transport.discard_to_marker()
            raise BreakRequested
        self._is_pipeline_failed = True
        if isinstance(error, ArrayFailed):
            self._counts["errors"] += 1
            return error.answer
        return self._end(error, call.cursor_id if self._statements.is_open(call.cursor_id) else 0)

    def _strike(self, struck: tuple[Armed, ...], *, is_after: bool) -> None:
        transport = self._transport
        strike(
            struck,
            is_after=is_after,
            interrupted=transport.interrupted,
            is_closed=transport.is_closed,
        )

    def _count(self, call: Call) -> None:
        self._counts["round_trips"] += 1
        self._counts[_COUNTED[call.kind]] += 1

    def _reset(self, error: OraError) -> bool:
        """Forget what is under way, as the client then does, and tell the error.

        Whether the client took part.
        """
        try:
            self._transport.reset()
            self._transport.send(self._end(error))
        except (Disconnected, ProtocolError) as broken:
            logger.debug("A client of %s did not take part in a reset: %s", self._user, broken)
            return False
        return True

    def _end(self, error: OraError, cursor_id: int = 0) -> bytes:
        self._counts["errors"] += 1
        return encode_end(
            self._field_version,
            in_transaction=self._sql.in_transaction,
            error=error,
            cursor_id=cursor_id,
        )

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
        return encode_end(self._field_version, in_transaction=self._sql.in_transaction)

    def _read_end_pipeline(self, reader: Reader) -> Call:
        reader.ub()
        self._is_pipeline_failed = False
        return Call("call", self._status)

    def _read_password_change(self, reader: Reader) -> Call:
        auth.read_auth(reader)
        return Call("call", self._refuse_password_change)

    def _refuse_password_change(self) -> bytes:
        raise OraError(
            3001, "unimplemented feature: change a password by ALTER USER ... IDENTIFIED BY"
        )


#: Functions that other servers have.
_ELSEWHERE = {
    **dict.fromkeys((103, 104), "two-phase and sessionless transactions"),
    **dict.fromkeys((121, 122, 145), "queues"),
    **dict.fromkeys((125, 187), "notifications"),
    **dict.fromkeys((128, 129, 130), "direct path loads"),
    **dict.fromkeys((162, 163), "pooled servers (DRCP)"),
}
_COUNTED = {
    "execute": "executes",
    "fetch": "fetches",
    "commit": "commits",
    "rollback": "rollbacks",
    "ping": "pings",
    "lob": "lob_operations",
    "logoff": "logoffs",
    "call": "other_calls",
}
