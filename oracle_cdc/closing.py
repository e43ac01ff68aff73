"""How a claim ends without a send: put off, rejected, unchanged or failed, and what the DBA's tables say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oracle_cdc.claims import Candidate, Claim, Deferral, Rejection, Unchanged, Withheld
from oracle_cdc.errors import CdcError, MessageRefused
from oracle_cdc.oracle.journal import Entry, Fault, SetAside
from oracle_cdc.oracle.ledger import Ending
from oracle_cdc.privacy import describe


@dataclass(frozen=True)
class Limits:
    """max_batch_bytes: of conversations held at a time. max_attempts: refusals of one call until it is set aside."""

    max_batch_bytes: int
    max_attempts: int
    request_seconds: float
    retry_initial_seconds: float
    retry_max_seconds: float
    keep_failed_messages: bool

    def wait_seconds(self, failures: int) -> float:
        """How long a call waits after so many failures: twice as long each time, up to the longest wait."""
        return min(self.retry_initial_seconds * 2.0 ** min(failures, 16), self.retry_max_seconds)


@dataclass(frozen=True)
class Closing:
    """The ledger's last word on a claim, and the rows of journal, ERROR_LOG and SQS_PERMANENT_FAILURES beside it."""

    ending: Ending
    entry: Entry | None = None
    fault: Fault | None = None
    set_aside: SetAside | None = None


def close(candidate: Candidate, decision: Rejection | Deferral | Unchanged | Withheld) -> Closing:
    """The end of a claim that has nothing to send."""
    call_id = candidate.call_id
    if isinstance(decision, Deferral):
        return Closing(Ending(call_id, "OPEN", due_seconds=decision.wait_seconds))
    if isinstance(decision, Withheld):
        return withhold(candidate, decision)
    if isinstance(decision, Unchanged):
        return Closing(
            Ending(call_id, None, decision.rows_read, decision.newest_read, decision.times_read)
        )
    state = decision.verdict.value
    ending = Ending(call_id, state, decision.rows_read, decision.newest_read, decision.times_read)
    return Closing(ending, Entry(call_id, "REJECT", "SKIPPED", error_message=state))


def is_worn(candidate: Candidate, limits: Limits) -> bool:
    """Whether one more failure of its own is the last that a call is allowed."""
    return candidate.attempts + 1 >= limits.max_attempts


def withhold(candidate: Candidate, decision: Withheld) -> Closing:
    """Back to what was accepted, with the reason in the journal; set aside where something was not sent."""
    if decision.is_lost:
        failed = fail(MessageRefused(decision.reason), candidate, None, candidate.revision)
        return replace(failed, ending=replace(failed.ending, newest_read=decision.newest_read))
    entry = Entry(candidate.call_id, "RESEND", "SKIPPED", error_message=decision.reason)
    return Closing(Ending(candidate.call_id, None, newest_read=decision.newest_read), entry)


def put_off(
    error: Exception | None,
    candidate: Candidate,
    limits: Limits,
    *,
    is_own: bool,
    is_stopping: bool = False,
) -> Closing:
    """Open again until a later look; only a failure of this call's own counts as an attempt."""
    wait = 0.0 if is_stopping else limits.wait_seconds(candidate.attempts + 1)
    ending = Ending(candidate.call_id, "OPEN", due_seconds=wait, refusals=int(is_own))
    return Closing(
        ending,
        Entry(
            candidate.call_id, "SEND", "FAILED", error_message=describe(error) if error else None
        ),
    )


def close_own(error: Exception, candidate: Candidate, limits: Limits, what: str) -> Closing:
    """The end of a claim that failed by itself before it was sent: tried again, or at last set aside."""
    if not is_worn(candidate, limits):
        return put_off(error, candidate, limits, is_own=True)
    reason = CdcError(f"call {candidate.call_id} can't be {what}: {describe(error)}")
    return fail_unread(reason, candidate)


def fail_sealed(
    error: CdcError | None, candidate: Candidate, body: str, revision: int, limits: Limits
) -> Closing:
    """FAILED until a new segment comes; the seal has accounted for the rows."""
    reason = error or MessageRefused(f"call {candidate.call_id} was refused")
    return fail(reason, candidate, body if limits.keep_failed_messages else None, revision)


def fail_unread(error: CdcError, candidate: Candidate) -> Closing:
    """FAILED before the seal: what the search found is accounted for by the failure row."""
    failed = fail(error, candidate, None, candidate.revision)
    rows = None if candidate.is_shrunk(candidate.rows_found) else candidate.rows_found
    return replace(
        failed, ending=replace(failed.ending, rows_read=rows, newest_read=candidate.newest_time)
    )


def fail_killer(claim: Claim) -> Closing:
    """A call whose process died each time it was claimed, at last alone."""
    error = MessageRefused(
        f"call {claim.candidate.call_id}: {claim.takeovers} leases ended before it did, in the last it was alone"
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
