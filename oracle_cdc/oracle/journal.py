"""CDC_PROCESSING_LOG, ERROR_LOG and SQS_PERMANENT_FAILURES: what happened, for the DBA."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from oracle_cdc.errors import CdcError, DuplicateRow, OracleUnavailable
from oracle_cdc.oracle.session import Binds, Session

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One step of one call: operation SEND, REJECT, FAIL, RESULT or RESEND; status SUCCESS, SKIPPED or FAILED."""

    call_id: str
    operation: str
    status: str
    elapsed_ms: float | None = None
    error_message: str | None = None


@dataclass(frozen=True)
class Fault:
    """One call or result that failed, or a system error (no call)."""

    error: CdcError
    call_id: str | None = None
    retry_count: int = 0


@dataclass(frozen=True)
class SetAside:
    """What will not succeed: a conversation (OUTBOUND) or a result (RESULT, by its SQS message id), with its reason."""

    direction: str
    call_id: str | None
    reason: str
    attempts: int
    original_message: str | None = field(repr=False)
    message_id: str | None = None
    message_type: str | None = None
    sent_ms: int | None = None
    revision: int | None = None


def write_entries(session: Session, batch_id: str, entries: Sequence[Entry]) -> None:
    """Add to the journal; the caller commits. Its failure never fails the work it describes (a lost connection
    does)."""
    rows = [
        {
            "batch_id": batch_id,
            "call_id": entry.call_id[:50],
            "operation": entry.operation,
            "elapsed_ms": None if entry.elapsed_ms is None else round(entry.elapsed_ms),
            "status": entry.status,
            "error_message": entry.error_message,
        }
        for entry in entries
    ]
    write_quietly(session, "write_log", rows)


def write_faults(session: Session, faults: Sequence[Fault]) -> None:
    """Add to ERROR_LOG; the caller commits. Fails like write_entries."""
    rows = [
        {
            "call_id": fault.call_id,
            "error_message": str(fault.error),
            "error_type": fault.error.code,
            "retry_count": fault.retry_count,
        }
        for fault in faults
    ]
    write_quietly(session, "write_errors", rows)


def write_quietly(session: Session, name: str, rows: Sequence[Binds]) -> None:
    try:
        session.execute_array(name, rows)
    except CdcError as error:
        if not session.connection.is_healthy():
            raise OracleUnavailable(f"connection lost at {name}") from error
        logger.warning("%s failed, the work goes on: %s", name, error)


def set_aside(session: Session, failures: Sequence[SetAside]) -> None:
    """Add to SQS_PERMANENT_FAILURES; the caller commits. A call has one row, which tells of its latest failure; a
    result that is there already stays as it is.

    Raises the error of a row that could not be written: then nothing may be deleted or marked as failed.
    """
    calls = [failure for failure in failures if failure.direction == "OUTBOUND"]
    raised = session.execute_array("raise_failure", [raised_binds(failure) for failure in calls])
    known = {failure.call_id for failure, count in zip(calls, raised, strict=True) if count}
    new = [
        failure
        for failure in failures
        if failure.direction != "OUTBOUND" or failure.call_id not in known
    ]
    outcome = session.try_array("set_aside", [failure_binds(failure) for failure in new])
    for error in outcome.errors.values():
        if not isinstance(error, DuplicateRow):
            raise error


def raised_binds(failure: SetAside) -> Binds:
    return {
        "call_id": failure.call_id,
        "error_message": failure.reason,
        "attempts": failure.attempts,
        "original_message": failure.original_message,
        "revision": failure.revision,
    }


def failure_binds(failure: SetAside) -> Binds:
    return {
        **raised_binds(failure),
        "direction": failure.direction,
        "message_id": failure.message_id,
        "message_type": failure.message_type,
        "sent_ms": failure.sent_ms,
    }
