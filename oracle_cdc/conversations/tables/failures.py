"""SQS_PERMANENT_FAILURES, read and cleared: for whoever looks after what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.conversations.rules.call_ids import canonical_number
from oracle_cdc.conversations.tables.journal import Direction
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.oracle.session import Record, Session

#: Instead of the reasons of the original system, which can quote what was sent.
UNKNOWN_REASON = "set aside by the original system; its reason is in the table"


@dataclass(frozen=True)
class Failure:
    """One row without its body.

    Parameters:
        direction: OUTBOUND for a conversation, RESULT for an answer of the ML service.
    """

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
        return self.direction == Direction.RESULT.value

    def as_message(self, body: str) -> ReceivedMessage:
        """Return an answer as it was received."""
        attributes: dict[str, str] = {}
        if self.message_type:
            attributes["messageType"] = self.message_type
        return ReceivedMessage(
            message_id=self.message_id or self.failure_id,
            receipt_handle="",
            body=body,
            attributes=attributes,
            sent_ms=self.sent_ms,
            receive_count=self.attempts,
        )


def list_failures(
    session: Session, *, call_id: str | None = None, older_than_days: float = -1
) -> list[Failure]:
    """Return rows, the oldest first: all, those of one call, or those of some age.

    Parameters:
        call_id: however its number is written.
    """
    spelled = None
    if call_id:
        spelled = canonical_number(call_id.strip())
    records = session.query(
        "list_failures", call_id=call_id, spelled=spelled, failed_days=older_than_days
    )
    return list(map(to_failure, records))


def read_failure(session: Session, failure_id: str) -> Failure | None:
    """Return one row by its 32 hex digits, or None when it is not there."""
    for record in session.query("read_failure", failure_id=failure_id):
        return to_failure(record)
    return None


def read_body(session: Session, failure_id: str) -> str | None:
    """Return the body that was set aside, which is private, or None when it was not kept."""
    for record in session.query("read_failure_body", failure_id=failure_id):
        body: str | None = record["original_message"]
        return body
    return None


def remove_failures(session: Session, failures: Sequence[Failure]) -> int:
    """Delete rows, and return how many there were. The caller commits."""
    rows = [{"failure_id": failure.failure_id} for failure in failures]
    return sum(session.execute_array("remove_failure", rows))


def count_replay(session: Session, failure: Failure, reason: str) -> None:
    """Count a failed replay as one attempt more, for this reason. The caller commits."""
    session.execute("count_replay", failure_id=failure.failure_id, error_message=reason)


def clear_failures(session: Session, call_ids: Sequence[str]) -> None:
    """Delete what was set aside of calls that were sent after all. The caller commits."""
    session.execute_array("clear_failure", [{"call_id": call_id} for call_id in call_ids])


def to_failure(record: Record) -> Failure:
    revision = record["revision"]
    if revision is not None:
        revision = int(revision)
    reason = UNKNOWN_REASON
    if record["direction"]:
        reason = record["error_message"] or ""
    return Failure(
        failure_id=record["failure_id"],
        direction=record["direction"] or Direction.OUTBOUND.value,
        call_id=record["call_id"],
        revision=revision,
        reason=reason,
        attempts=int(record["attempts"]),
        failed_at=record["marked_failed_at"],
        message_id=record["sqs_message_id"],
        message_type=record["message_type"],
        sent_ms=int(record["sent_timestamp"] or 0),
        body_length=int(record["body_length"]),
    )
