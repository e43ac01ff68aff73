"""One client's conversation, from its first packet to its last: reads requests, carries them out,
answers.
"""

from __future__ import annotations

import logging
import time
from collections import Counter

from oralite.conversation.answers import ArrayFailed, as_answer
from oralite.conversation.calls import Call
from oralite.conversation.faults_in_force import strike
from oralite.conversation.login import FUNCTION, Instance, LoggedIn, Refused, log_in, read_function
from oralite.conversation.requests import Requests
from oralite.errors import OraError
from oralite.protocol.messages.error import CANCELLED, End, encode_end
from oralite.protocol.transport import BreakRequested, Disconnected, Transport
from oralite.protocol.wire import ProtocolError

logger = logging.getLogger(__name__)

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
        self._requests = Requests(logged_in, counts)

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
                    "A request of %s was not read to its end: %s", self._user, error.seen
                )
                if not self._reset(OraError(error.code, error.seen)):
                    return

    def _serve_one(self) -> None:
        self._reader.begin()
        message = self._reader.u8()
        if message == FUNCTION:
            function, token = read_function(self._reader, self._field_version)
            call = self._requests.read(self._reader, function)
            self._serve(call, is_in_pipeline=token != 0)
        elif message == _PIGGYBACK:
            self._requests.take_piggyback(self._reader)
        elif message == _ONE_WAY:
            read_function(self._reader, self._field_version)
            self._reader.skip("11u")
        else:
            raise ProtocolError(f"message {message} where a request is expected")

    def _serve(self, call: Call, *, is_in_pipeline: bool) -> None:
        self._count(call)
        struck = self._instance.faults.choose(call.kind, call.sql, self._user)
        try:
            if (
                is_in_pipeline
                and self._requests.is_pipeline_failed
                and self._requests.aborts_pipeline
            ):
                raise OraError(
                    20998, "not carried out: an earlier operation of the pipeline failed"
                )
            self._requests.raise_deferred()
            if self._sql.is_killed:
                raise _killed()
            strike(struck, self._transport, is_after=False)
            answer = call.run()
            strike(struck, self._transport, is_after=True)
        except (Disconnected, BreakRequested, ProtocolError):
            raise
        except Exception as error:
            answer = self._failed(call, self._as_answer(error))
        if latency_seconds := self._instance.latency_seconds():
            time.sleep(latency_seconds)
        self._transport.send(answer)

    def _as_answer(self, error: Exception) -> OraError:
        """Return the error as the client may see it.

        In a killed session that is ORA-00028, with which the connection ends.
        """
        if self._sql.is_killed:
            self._transport.closes_after_send = True
            return _killed()
        return as_answer(error)

    def _failed(self, call: Call, error: OraError) -> bytes:
        if error.code == CANCELLED and self._transport.interrupted():
            self._transport.discard_to_marker()
            raise BreakRequested
        self._requests.is_pipeline_failed = True
        if isinstance(error, ArrayFailed):
            self._counts["errors"] += 1
            return error.answer
        return self._end(
            error, call.cursor_id if self._requests.statements.is_open(call.cursor_id) else 0
        )

    def _count(self, call: Call) -> None:
        self._counts["round_trips"] += 1
        self._counts[_COUNTED[call.kind]] += 1

    def _reset(self, error: OraError) -> bool:
        """Forget what is under way, as the client then does, and send the error.

        Return whether the client took part.
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
        end = End(cursor_id, error=error)
        return encode_end(end, self._field_version, in_transaction=self._sql.in_transaction)


def _killed() -> OraError:
    return OraError(28, "your session has been killed")


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
