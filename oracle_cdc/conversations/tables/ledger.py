"""CDC_PROCESSED_CALLS, one row per call: claimed, sealed, opened again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import compress
from typing import TypeVar

from oracle_cdc.conversations.rules.claims import Claim
from oracle_cdc.conversations.rules.decisions import Plan
from oracle_cdc.conversations.rules.states import CallState, bound_state
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.errors import DuplicateRow
from oracle_cdc.oracle.queries import LIST_LENGTHS
from oracle_cdc.oracle.session import Binds, Session

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

#: Overdue calls among which those are looked for that nobody holds.
MOST_OVERDUE = 1000


@dataclass(frozen=True)
class Written:
    """The claims that this copy won, and those whose rows another session has locked."""

    won: Sequence[Claim]
    locked: Sequence[Claim]


def write_claims(
    session: Session, claims: Sequence[Claim], lease: Lease, within_seconds: float | None = None
) -> Written:
    """Write leases and next looks, and commit.

    A call that another copy wrote since the search is left to it: its version differs, or its row
    is there already. Rows are written in the order of their ids, so that two copies can't deadlock.

    Parameters:
        within_seconds: the deadline of each statement, if it is shorter than usual.
    """
    new: list[Claim] = []
    known: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: claim.candidate.call_id):
        if claim.candidate.version < 0:
            new.append(claim)
        else:
            known.append(claim)
    with _deadline(session, within_seconds):
        free_ids = lock_free(session, [claim.candidate.call_id for claim in known])
        free = [claim for claim in known if claim.candidate.call_id in free_ids]
        won = insert_claims(session, new, lease) + update_claims(session, free, lease)
        session.commit()
    log_claims(claims, won)
    locked = [claim for claim in known if claim.candidate.call_id not in free_ids]
    return Written(won, locked)


def log_claims(claims: Sequence[Claim], won: Sequence[Claim]) -> None:
    """Log how many claims were made, and how many calls other copies have."""
    leased = 0
    for claim in won:
        leased += claim.is_leased
    logger.info(
        "calls leased: %d, still talking: %d, left to other copies: %d",
        leased,
        len(won) - leased,
        len(claims) - len(won),
    )


def seal_plans(
    session: Session, plans: Sequence[Plan], token: str, *, locks_first: bool = False
) -> list[Plan]:
    """Write what is about to be sent, commit, and return the plans whose lease still holds.

    Parameters:
        locks_first: the rows are locked first, without a wait.
    """
    if locks_first:
        session.lock("lock_claims", [plan.call_id for plan in plans])
    rows = [_seal_binds(plan, token) for plan in plans]
    counts = session.execute_array("seal_claim", rows, commit=True)
    return keep_changed(plans, counts)


def open_overdue(
    session: Session, *, deadline_minutes: int, resend_limit: int, row_limit: int
) -> int:
    """Make unanswered calls due again, commit, and return how many there were.

    Those that another session has locked are left for later.
    """
    found = session.query(
        "find_overdue",
        deadline_minutes=deadline_minutes,
        resend_limit=resend_limit,
        row_limit=max(row_limit, MOST_OVERDUE),
    )
    call_ids = [record["call_id"] for record in found]
    free = lock_free(session, call_ids)
    rows: list[Binds] = []
    for call_id in call_ids:
        if call_id in free and len(rows) < row_limit:
            rows.append({"call_id": call_id, "deadline_minutes": deadline_minutes})
    return sum(session.execute_array("open_overdue", rows, commit=True))


def fail_unsearchable(session: Session, call_id: str) -> bool:
    """Make a call FAILED that no search can bring, and return False when another copy leases it.

    Its rows are accounted for without being fetched. The caller commits.
    """
    if session.execute("fail_unsearchable", call_id=call_id):
        return True
    try:
        session.execute("insert_unsearchable", call_id=call_id)
    except DuplicateRow:
        return False
    return True


def keep_changed(items: Sequence[Item], counts: Sequence[int]) -> list[Item]:
    """Return the items whose row was changed."""
    return list(compress(items, counts))


def _deadline(session: Session, seconds: float | None) -> AbstractContextManager[None]:
    if seconds is None:
        return nullcontext()
    return session.deadline(seconds)


def insert_claims(session: Session, claims: Sequence[Claim], lease: Lease) -> list[Claim]:
    """Insert rows of calls that are new to the ledger, but for those that are there already."""
    outcome = session.try_array("insert_claim", [_claim_binds(claim, lease) for claim in claims])
    inserted: list[Claim] = []
    for offset, claim in enumerate(claims):
        error = outcome.errors.get(offset)
        if error is None:
            inserted.append(claim)
        elif not isinstance(error, DuplicateRow):
            raise error
    return inserted


def update_claims(session: Session, claims: Sequence[Claim], lease: Lease) -> list[Claim]:
    rows = [_known_binds(claim, lease) for claim in claims]
    counts = session.execute_array("update_claim", rows)
    return keep_changed(claims, counts)


def lock_free(session: Session, names: Sequence[str], statement: str = "lock_calls") -> set[str]:
    """Lock rows, and return those that no other session has locked.

    Who waits for one of them keeps all others waiting.

    Parameters:
        names: of calls, or of what else the statement locks.
    """
    free: set[str] = set()
    for start in range(0, len(names), LIST_LENGTHS[-1]):
        for record in session.query(statement, names[start : start + LIST_LENGTHS[-1]]):
            free.update(record.values())
    return free


def _claim_binds(claim: Claim, lease: Lease) -> Binds:
    candidate = claim.candidate
    job_id = lease.job_id
    if candidate.is_due:
        job_id = None
    binds = {
        "call_id": candidate.call_id,
        "state": bound_state("insert_claim", CallState.LEASED.value),
        "revision": candidate.revision or None,
        "due_seconds": lease.lease_seconds,
        "owner": lease.owner,
        "token": lease.token,
        "lease_seconds": lease.lease_seconds,
        "job_id": job_id,
    }
    if claim.is_leased:
        return binds
    return binds | {
        "call_id": candidate.call_id,
        "state": bound_state("insert_claim", CallState.OPEN.value),
        "due_seconds": claim.wait_seconds,
        "owner": None,
        "token": None,
        "lease_seconds": 0,
    }


def _known_binds(claim: Claim, lease: Lease) -> Binds:
    candidate = claim.candidate
    return {
        **_claim_binds(claim, lease),
        "version": candidate.version,
        "attempts": candidate.attempts,
        "takeovers": claim.takeovers,
        "resend": candidate.resend,
    }


def _seal_binds(plan: Plan, token: str) -> Binds:
    conversation = plan.conversation
    return {
        "call_id": conversation.call_id,
        "token": token,
        "revision": plan.revision,
        "rows_read": conversation.rows_read,
        "newest_read": conversation.newest_read,
        "times_read": conversation.times_read,
        "content_hash": plan.content_hash,
        "assembled_at": plan.assembled_at,
        "ban": conversation.ban,
        "subscriber_no": conversation.subscriber_no,
        "call_time": conversation.call_time,
    }
