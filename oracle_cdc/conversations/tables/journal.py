"""What happened to calls and answers, in the DBA's three tables.

They are CDC_PROCESSING_LOG, ERROR_LOG and SQS_PERMANENT_FAILURES. Each event has one constructor
here, and no other file writes an OPERATION or a STATUS.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from oracle_cdc.errors import CdcError, DuplicateRow, OracleUnavailable
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.oracle.session import Binds, Session

logger = logging.getLogger(__name__)

#: Widths of CDC_PROCESSING_LOG's columns, in characters.
BATCH_ID_LENGTH = 50
CALL_ID_LENGTH = 50


class Kind(Enum):
    """What happened: OPERATION and STATUS of its row in CDC_PROCESSING_LOG.

    Where STATUS is None there is no row.
    """

    SENT = "SEND", "SUCCESS"
    SENT_AGAIN = "RESEND", "SUCCESS"
    PUT_OFF = "SEND", "FAILED"
    WITHHELD = "RESEND", "SKIPPED"
    REJECTED = "REJECT", "SKIPPED"
    FAILED = "FAIL", "FAILED"
    ANSWERED = "RESULT", "SUCCESS"
    OUTDATED = "RESULT", "SKIPPED"
    REFUSED = "RESULT", "FAILED"
    REPLAY_FAILED = "REPLAY", None
    SYSTEM_FAILED = "SYSTEM", None

    def __init__(self, operation: str, status: str | None) -> None:
        self.operation = operation
        self.status = status


class Direction(Enum):
    """What was set aside: a conversation, or an answer of the ML service."""

    OUTBOUND = "OUTBOUND"
    RESULT = "RESULT"


@dataclass(frozen=True)
class SetAside:
    """A row of SQS_PERMANENT_FAILURES.

    Parameters:
        message_type: one that a replay understands.
    """

    direction: Direction
    attempts: int
    body: str | None = field(repr=False)
    revision: int | None = None
    message_id: str | None = None
    message_type: str | None = None
    sent_ms: int | None = None


@dataclass(frozen=True)
class Event:
    """One thing that happened: to a call, to an answer, or to the service as a whole, which has no
    call.

    Parameters:
        reason: why, in the log's row and in that of what was set aside.
        error: what ERROR_LOG says, or None where it says nothing.
        retry_count: how many times it has failed, for ERROR_LOG.
        set_aside: the row of what will not succeed by itself.
    """

    kind: Kind
    call_id: str | None = None
    elapsed_ms: float | None = None
    reason: str | None = None
    error: CdcError | None = None
    retry_count: int = 0
    set_aside: SetAside | None = None


def sent(call_id: str, elapsed_ms: float, *, is_resend: bool) -> Event:
    """Record that SQS accepted the message of a call, which may have been accepted before."""
    if is_resend:
        return Event(Kind.SENT_AGAIN, call_id, elapsed_ms)
    return Event(Kind.SENT, call_id, elapsed_ms)


def put_off(call_id: str, reason: str | None) -> Event:
    """Record that a call was not sent now and is tried again."""
    return Event(Kind.PUT_OFF, call_id, reason=reason)


def withheld(call_id: str, reason: str) -> Event:
    """Record that what was accepted of a call is not sent again."""
    return Event(Kind.WITHHELD, call_id, reason=reason)


def rejected(call_id: str, state: str) -> Event:
    """Record that a conversation is not fit to be sent."""
    return Event(Kind.REJECTED, call_id, reason=state)


def failed(
    call_id: str,
    error: CdcError,
    attempts: int,
    *,
    body: str | None = None,
    revision: int | None = None,
) -> Event:
    """Record that a call is given up after some attempts, and set it aside.

    Parameters:
        body: of its message, where that is kept.
    """
    return Event(
        Kind.FAILED,
        call_id,
        reason=str(error),
        error=error,
        retry_count=attempts,
        set_aside=SetAside(Direction.OUTBOUND, attempts, body, revision),
    )


def answered(call_id: str, elapsed_ms: float | None = None) -> Event:
    """Record that the answer for a call was stored."""
    return Event(Kind.ANSWERED, call_id, elapsed_ms)


def outdated(call_id: str, elapsed_ms: float | None = None) -> Event:
    """Record that the answer for a call is not newer than what is stored."""
    return Event(Kind.OUTDATED, call_id, elapsed_ms)


def refused(
    call_id: str | None,
    error: CdcError,
    message: ReceivedMessage,
    *,
    message_type: str | None,
    keeps_body: bool,
) -> Event:
    """Record that an answer can't be stored, and set its message aside."""
    body = None
    if keeps_body:
        # Half of a surrogate pair, which an envelope can bring and the driver can't write, is the
        # same in JSON as its escape.
        body = message.body.encode(errors="backslashreplace").decode()
    return Event(
        Kind.REFUSED,
        call_id,
        reason=str(error),
        error=error,
        set_aside=SetAside(
            Direction.RESULT,
            message.receive_count,
            body,
            message_id=message.message_id,
            message_type=message_type,
            sent_ms=message.sent_ms,
        ),
    )


def replay_failed(call_id: str | None, error: CdcError, attempts: int) -> Event:
    """Record that an answer that was set aside failed once more."""
    return Event(Kind.REPLAY_FAILED, call_id, error=error, retry_count=attempts)


def system_failed(error: CdcError) -> Event:
    """Record an error of Oracle, of SQS or of the service, which belongs to no call."""
    return Event(Kind.SYSTEM_FAILED, error=error)


def write_events(session: Session, batch_id: str, events: Sequence[Event]) -> None:
    """Add events to the three tables. The caller commits.

    Raises the error of a row of SQS_PERMANENT_FAILURES that could not be written: then nothing may
    be deleted or marked as failed. The failure of a row of the other two never fails the work that
    it describes, but a lost connection does.
    """
    logged: list[Binds] = []
    failures: list[Binds] = []
    for event in events:
        if event.kind.status is not None:
            logged.append(_log_binds(batch_id, event))
        if event.error is not None:
            failures.append(_error_binds(event, event.error))
    write_set_aside(session, events)
    _write_quietly(session, "write_log", logged)
    _write_quietly(session, "write_errors", failures)


def write_set_aside(session: Session, events: Sequence[Event]) -> None:
    """Add what events set aside to SQS_PERMANENT_FAILURES. The caller commits.

    A call has one row, that of its latest failure. An answer that is there already stays as it is.
    Raises the error of a row that could not be written.
    """
    new: list[Binds] = []
    known: list[Binds] = []
    calls: list[Binds] = []
    for event in events:
        row = event.set_aside
        if row is None:
            continue
        if row.direction is Direction.OUTBOUND:
            known.append(_call_binds(event, row))
            calls.append(_row_binds(event, row))
        else:
            new.append(_row_binds(event, row))
    counts = session.execute_array("raise_failure", known)
    for binds, count in zip(calls, counts, strict=True):
        if not count:
            new.append(binds)
    outcome = session.try_array("set_aside", new)
    for error in outcome.errors.values():
        if not isinstance(error, DuplicateRow):
            raise error


def _write_quietly(session: Session, name: str, rows: Sequence[Binds]) -> None:
    try:
        session.execute_array(name, rows)
    except CdcError as error:
        if not session.connection.is_healthy():
            raise OracleUnavailable(f"connection lost at {name}") from error
        logger.warning("%s failed, the work goes on: %s", name, error)


def _log_binds(batch_id: str, event: Event) -> Binds:
    elapsed_ms = None
    if event.elapsed_ms is not None:
        elapsed_ms = round(event.elapsed_ms)
    return {
        "batch_id": batch_id[:BATCH_ID_LENGTH],
        "call_id": (event.call_id or "")[:CALL_ID_LENGTH],
        "operation": event.kind.operation,
        "elapsed_ms": elapsed_ms,
        "status": event.kind.status,
        "error_message": event.reason,
    }


def _error_binds(event: Event, error: CdcError) -> Binds:
    return {
        "call_id": event.call_id,
        "error_message": str(error),
        "error_type": error.code,
        "retry_count": event.retry_count,
    }


def _call_binds(event: Event, row: SetAside) -> Binds:
    return {
        "call_id": event.call_id,
        "error_message": event.reason,
        "attempts": row.attempts,
        "original_message": row.body,
        "revision": row.revision,
    }


def _row_binds(event: Event, row: SetAside) -> Binds:
    return {
        **_call_binds(event, row),
        "direction": row.direction.value,
        "message_id": row.message_id,
        "message_type": row.message_type,
        "sent_ms": row.sent_ms,
    }
