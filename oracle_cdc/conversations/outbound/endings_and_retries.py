"""How a leased call ends: accepted, put off until its next try, set aside, or nothing to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from oracle_cdc.conversations.outbound.retry_limits import Limits
from oracle_cdc.conversations.rules.claims import Candidate, Claim
from oracle_cdc.conversations.rules.decisions import Deferral, Plan, Rejection, Unchanged, Withheld
from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.endings import Acceptance, Ending
from oracle_cdc.errors import CdcError, MessageRefused
from oracle_cdc.model import SendOutcome
from oracle_cdc.running.privacy import describe


def end_answered(
    outcomes: Sequence[SendOutcome],
    plans: Mapping[str, Plan],
    limits: Limits,
    *,
    elapsed_ms: float,
    is_stopping: bool,
) -> list[Ending]:
    """End calls as SQS answered.

    What may succeed later is put off. What failed by itself, for good or for the last time, is set
    aside.
    """
    endings: list[Ending] = []
    for outcome in outcomes:
        plan = plans[outcome.message.call_id]
        is_final = isinstance(outcome.error, MessageRefused)
        if outcome.message_id:
            endings.append(accept(plan, outcome.message_id, elapsed_ms))
        elif outcome.is_own and (is_final or limits.is_last_attempt(plan.candidate)):
            endings.append(fail_sealed(outcome.error, plan, limits))
        else:
            wait_seconds = 0.0
            if not is_stopping:
                wait_seconds = limits.wait_seconds(plan.candidate)
            ending = put_off(outcome.error, plan.candidate, wait_seconds, is_own=outcome.is_own)
            endings.append(ending)
    return endings


def accept(plan: Plan, message_id: str, elapsed_ms: float) -> Ending:
    """End a call whose message SQS accepted."""
    acceptance = Acceptance(
        message_id=message_id,
        revision=plan.revision,
        newest_sent=plan.conversation.newest_sent,
        may_have_failed=plan.candidate.may_have_failed,
    )
    event = journal.sent(plan.call_id, elapsed_ms, is_resend=plan.is_resend)
    return Ending(plan.call_id, CallState.SENT.value, event, acceptance, marks=plan.marks)


def end_unsent(
    candidate: Candidate, decision: Rejection | Deferral | Unchanged | Withheld
) -> Ending:
    """End a call that has nothing to send."""
    if isinstance(decision, Deferral):
        return Ending(candidate.call_id, CallState.OPEN.value, due_seconds=decision.wait_seconds)
    if isinstance(decision, Withheld):
        return withhold(candidate, decision)
    ending = Ending(
        candidate.call_id,
        None,
        rows_read=decision.rows_read,
        newest_read=decision.newest_read,
        times_read=decision.times_read,
    )
    if isinstance(decision, Unchanged):
        return ending
    state = decision.verdict.value
    return replace(ending, state=state, event=journal.rejected(candidate.call_id, state))


def withhold(candidate: Candidate, decision: Withheld) -> Ending:
    """End a call that goes back to what was accepted, and set it aside where something was not
    sent.
    """
    if decision.is_lost:
        failed = fail(MessageRefused(decision.reason), candidate, candidate.revision)
        return replace(failed, newest_read=decision.newest_read)
    event = journal.withheld(candidate.call_id, decision.reason)
    return Ending(candidate.call_id, None, event, newest_read=decision.newest_read)


def put_off(
    error: Exception | None, candidate: Candidate, wait_seconds: float, *, is_own: bool
) -> Ending:
    """Open a call again for a later look, where only a failure of its own counts as an attempt."""
    reason = None
    if error:
        reason = describe(error)
    event = journal.put_off(candidate.call_id, reason)
    return Ending(
        candidate.call_id,
        CallState.OPEN.value,
        event,
        due_seconds=wait_seconds,
        own_failures=int(is_own),
    )


def fail_before_send(error: Exception, candidate: Candidate, limits: Limits, what: str) -> Ending:
    """End a call that failed by itself before it was sent.

    It is tried again, or at last set aside.
    """
    if not limits.is_last_attempt(candidate):
        return put_off(error, candidate, limits.wait_seconds(candidate), is_own=True)
    reason = CdcError(f"call {candidate.call_id} can't be {what}: {describe(error)}")
    return fail_unread(reason, candidate)


def fail_sealed(error: CdcError | None, plan: Plan, limits: Limits) -> Ending:
    """Fail a call until a new segment comes.

    Its seal has accounted for its rows.
    """
    reason = error or MessageRefused(f"call {plan.call_id} was refused")
    body = None
    if limits.keep_failed_messages:
        body = b"".join(plan.body).decode()
    return fail(reason, plan.candidate, plan.revision, body)


def fail_ended_alone(claim: Claim) -> Ending:
    """Fail a call whose process died each time it was claimed, at last alone."""
    error = MessageRefused(
        f"call {claim.candidate.call_id}: {claim.takeovers} leases ended before it did, "
        "in the last it was alone"
    )
    return fail_unread(error, claim.candidate)


def fail_unread(error: CdcError, candidate: Candidate) -> Ending:
    """Fail a call before its seal, where its failure row accounts for what the search found."""
    failed = fail(error, candidate, candidate.revision)
    if not candidate.is_shrunk(candidate.rows_found):
        failed = replace(failed, rows_read=candidate.rows_found)
    return replace(failed, newest_read=candidate.newest_time)


def fail(error: CdcError, candidate: Candidate, revision: int, body: str | None = None) -> Ending:
    """Fail a call and set it aside."""
    event = journal.failed(
        candidate.call_id, error, candidate.attempts + 1, body=body, revision=revision
    )
    return Ending(candidate.call_id, CallState.FAILED.value, event, own_failures=1)
