"""How a claim ends without a send: put off, rejected, unchanged or failed, and what the DBA's tables say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oracle_cdc.claims import Candidate, Claim, Deferral, Rejection, Unchanged
from oracle_cdc.errors import CdcError, MessageRefused
from oracle_cdc.model import SendOutcome
from oracle_cdc.oracle.journal import Entry, Fault, SetAside
from oracle_cdc.oracle.ledger import Ending


@dataclass(frozen=True)
class Limits:
    """max_batch_bytes: of conversations held at a time. max_attempts: refusals of one call until it is set aside."""

    max_batch_bytes: int
    max_attempts: int
    request_seconds: float
    retry_initial_seconds: float
    retry_max_seconds: float
    keep_failed_messages: bool


@dataclass(frozen=True)
class Closing:
    """The ledger's last word on a claim, and the rows of journal, ERROR_LOG and SQS_PERMANENT_FAILURES beside it."""

    ending: Ending
    entry: Entry | None = None
    fault: Fault | None = None
    set_aside: SetAside | None = None


def close(call_id: str, decision: Rejection | Deferral | Unchanged) -> Closing:
    """The end of a claim that has nothing to send."""
    if isinstance(decision, Deferral):
        return Closing(Ending(call_id, "OPEN", due_seconds=decision.wait_seconds))
    if isinstance(decision, Unchanged):
        return Closing(Ending(call_id, None, decision.rows_read, decision.newest_read))
    state = decision.verdict.value
    ending = Ending(call_id, state, decision.rows_read, decision.newest_read)
    return Closing(ending, Entry(call_id, "REJECT", "SKIPPED", error_message=state))


def is_final(outcome: SendOutcome, candidate: Candidate, limits: Limits) -> bool:
    """Whether this very message will not be accepted: SQS says so, or has refused it often enough."""
    if isinstance(outcome.error, MessageRefused):
        return True
    return outcome.refused and candidate.attempts + 1 >= limits.max_attempts


def put_off(outcome: SendOutcome, candidate: Candidate, limits: Limits, *, is_stopping: bool) -> Closing:
    """Open again until a later look; only a refusal of this very call counts as an attempt."""
    wait = min(limits.retry_initial_seconds * 2 ** min(candidate.attempts + 1, 16), limits.retry_max_seconds)
    ending = Ending(candidate.call_id, "OPEN", due_seconds=0.0 if is_stopping else wait, refusals=int(outcome.refused))
    return Closing(ending, Entry(candidate.call_id, "SEND", "FAILED", error_message=str(outcome.error)))


def fail_sealed(error: CdcError | None, candidate: Candidate, body: str, revision: int, limits: Limits) -> Closing:
    """FAILED until a new segment comes; the seal has accounted for the rows."""
    reason = error or MessageRefused(f"call {candidate.call_id} was refused")
    return fail(reason, candidate, body if limits.keep_failed_messages else None, revision)


def fail_unread(error: CdcError, candidate: Candidate) -> Closing:
    """FAILED before the seal: what the search found is accounted for by the failure row."""
    failed = fail(error, candidate, None, candidate.revision)
    return replace(
        failed, ending=replace(failed.ending, rows_read=candidate.rows_found, newest_read=candidate.newest_time)
    )


def fail_killer(claim: Claim) -> Closing:
    """A call whose process died each time it was claimed, at last alone."""
    error = MessageRefused(
        f"call {claim.candidate.call_id}: {claim.takeovers} processes ended while they held it, the last with it alone"
    )
    return fail_unread(error, claim.candidate)


def fail(error: CdcError, candidate: Candidate, body: str | None, revision: int) -> Closing:
    attempts = candidate.attempts + 1
    return Closing(
        Ending(candidate.call_id, "FAILED", refusals=1),
        Entry(candidate.call_id, "FAIL", "FAILED", error_message=str(error)),
        Fault(error, candidate.call_id, attempts),
        SetAside("OUTBOUND", candidate.call_id, str(error), attempts, body, revision=revision),
    )
