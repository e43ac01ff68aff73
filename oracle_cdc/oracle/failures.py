"""SQS_PERMANENT_FAILURES, read and cleared: for whoever looks after what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.fields import canonical_number
from oracle_cdc.oracle.session import Record, Session

#: Written by the original system, whose reasons can quote what was sent.
UNTOLD = "set aside by the original system; its reason is in the table"


@dataclass(frozen=True)
class Failure:
    """One row without its body. direction: OUTBOUND for a conversation, RESULT for an answer of the ML service."""

    failure_id: str
    direction: str
    call_id: str | None
    revision: int | None
    reason: str
    attempts: int
    failed_at: datetime | None
    message_id: str | None
    message_type: str | None
    sent_ms: int
    body_length: int

    @property
    def is_result(self) -> bool:
        return self.direction == "RESULT"


def list_failures(
    session: Session, *, call_id: str | None = None, older_than_days: float = -1
) -> list[Failure]:
    """The oldest first; of one call, however its number is written, or older than so many days, if that is asked
    for."""
    spelled = canonical_number(call_id.strip()) if call_id else None
    records = session.query(
        "list_failures", call_id=call_id, spelled=spelled, failed_days=older_than_days
    )
    return [to_failure(record) for record in records]


def read_failure(session: Session, failure_id: str) -> Failure | None:
    """One row by its 32 hex digits; None when it is not there."""
    records = session.query("read_failure", failure_id=failure_id)
    return to_failure(records[0]) if records else None


def read_body(session: Session, failure_id: str) -> str | None:
    """The body that was set aside, which is private; None when it was not kept."""
    records = session.query("read_failure_body", failure_id=failure_id)
    return records[0]["original_message"] if records else None


def remove_failures(session: Session, failures: Sequence[Failure]) -> int:
    """Delete rows; the caller commits. How many there were."""
    return sum(
        session.execute_array("remove_failure", [{"failure_id": f.failure_id} for f in failures])
    )


def count_replay(session: Session, failure: Failure, reason: str) -> None:
    """A replay failed: one attempt more, for this reason; the caller commits."""
    session.execute("count_replay", failure_id=failure.failure_id, error_message=reason)


def clear_failures(session: Session, call_ids: Sequence[str]) -> None:
    """Delete what tells of calls that were sent after all; the caller commits."""
    session.execute_array("clear_failure", [{"call_id": call_id} for call_id in call_ids])


def to_failure(record: Record) -> Failure:
    return Failure(
        failure_id=record["failure_id"],
        direction=record["direction"] or "OUTBOUND",
        call_id=record["call_id"],
        revision=None if record["revision"] is None else int(record["revision"]),
        reason=(record["error_message"] or "") if record["direction"] else UNTOLD,
        attempts=int(record["attempts"]),
        failed_at=record["marked_failed_at"],
        message_id=record["sqs_message_id"],
        message_type=record["message_type"],
        sent_ms=int(record["sent_timestamp"] or 0),
        body_length=int(record["body_length"]),
    )
