"""CDC_PROCESSED_CALLS: what is done and what is left to do, one row per call."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oracle_cdc.claims import FUTURE_HORIZON, Candidate, Claim, Moment, Plan
from oracle_cdc.errors import DuplicateRow, OracleConfigurationError
from oracle_cdc.model import SendOutcome
from oracle_cdc.oracle.queries import LIST_LENGTHS
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.states import bound_state
from oracle_cdc.windows import Window

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """What one search found. is_enabled: the DBA's switch, IS_ENABLED."""

    is_enabled: bool
    watermark: datetime | None
    coverage_start: datetime | None
    moment: Moment
    candidates: Sequence[Candidate]
    #: False when the search met calls that it could not bring, and that the ledger does not account for yet.
    is_whole: bool = True


@dataclass(frozen=True)
class Lease:
    """The claims that one token holds for lease_seconds from the moment of claiming, for a historical job or none."""

    token: str
    owner: str
    lease_seconds: int
    job_id: str | None = None


@dataclass(frozen=True)
class Ending:
    """How a claim ends without a send. state None: back to what was accepted before. rows_read None: what was read
    before stays. times_read None: not known. due_seconds None: nothing left to do. refusals: how many more attempts of
    this very call were refused."""

    call_id: str
    state: str | None
    rows_read: int | None = None
    newest_read: datetime | None = None
    times_read: int | None = None
    due_seconds: float | None = None
    refusals: int = 0


@dataclass(frozen=True)
class Query:
    """What to search for. due_limit 0: nothing that is due in the ledger. resend_job: a historical job that sends again
    what is accounted for; each call once. is_thorough: also calls with as many rows as before, at other times."""

    mode: str
    window: Window
    call_limit: int
    due_limit: int
    resend_job: str | None = None
    is_thorough: bool = False


#: CDC_PROCESSED_CALLS.RESEND: why what was accepted is to be sent again.
OVERDUE, ASKED = "OVERDUE", "ASKED"


def find_work(session: Session, query: Query) -> Work:
    """Search a window and the due rows, in one round trip. Raises OracleConfigurationError when the mode has no row."""
    records = search(session, "find_work", query)
    return to_work(
        records[0], [to_candidate(record) for record in records if record["call_id"] is not None]
    )


def find_ids(session: Session, query: Query) -> tuple[Work, dict[str, bool]]:
    """The same search, for the ids of the calls alone; the work without candidates, and whether each call is due."""
    records = search(session, "find_ids", query)
    due = {
        record["call_id"]: record["is_due"] == 1
        for record in records
        if record["call_id"] is not None
    }
    return to_work(records[0], []), due


def search(session: Session, name: str, query: Query) -> list[Record]:
    records = session.query(
        name,
        mode_name=query.mode,
        window_start=query.window.start,
        window_end=query.window.end,
        horizon_minutes=FUTURE_HORIZON.total_seconds() / 60,
        call_limit=query.call_limit,
        due_limit=query.due_limit,
        is_thorough=int(query.is_thorough),
        resend_job=query.resend_job,
    )
    if not records:
        raise OracleConfigurationError(f"CDC_PROCESSING_STATUS has no row {query.mode}")
    return records


def to_work(first: Record, candidates: Sequence[Candidate]) -> Work:
    return Work(
        is_enabled=first["is_enabled"] == 1,
        watermark=first["watermark"],
        coverage_start=first["coverage_start"],
        moment=Moment(first["now_time"], first["utc_time"]),
        candidates=candidates,
    )


def find_calls(session: Session, call_ids: Sequence[str]) -> tuple[Moment | None, list[Candidate]]:
    """Some calls as a search tells of them, whatever the ledger says, and the database's clocks; those that the source
    does not have are left out, and without any there are no clocks."""
    found: list[Candidate] = []
    moment: Moment | None = None
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        for record in session.query(
            "find_calls", listed, horizon_minutes=FUTURE_HORIZON.total_seconds() / 60
        ):
            found.append(to_candidate(record))
            moment = Moment(record["now_time"], record["utc_time"])
    return moment, found


def fail_unsearchable(session: Session, call_id: str) -> bool:
    """FAILED for a call that no search can bring, its rows accounted for without being fetched; the caller commits.

    Returns False when another copy holds it.
    """
    if session.execute("fail_unsearchable", call_id=call_id):
        return True
    try:
        session.execute("insert_unsearchable", call_id=call_id)
    except DuplicateRow:
        return False
    return True


def to_candidate(record: Record) -> Candidate:
    return Candidate(
        call_id=record["call_id"],
        is_due=record["is_due"] == 1,
        oldest_time=record["oldest_time"],
        rows_found=int(record["rows_found"]),
        newest_time=record["newest_time"],
        first_time=record["first_time"],
        last_time=record["last_time"],
        state=record["state"],
        revision=int(record["revision"] or 0),
        sent_revision=int(record["sent_revision"] or 0),
        rows_read=None if record["rows_read"] is None else int(record["rows_read"]),
        newest_read=record["newest_read"],
        content_hash=record["content_hash"],
        assembled_at=record["assembled_at"],
        sent_at=record["sent_at"],
        judged_at=record["judged_at"],
        newest_sent=record["newest_sent"],
        version=int(record["version"]),
        attempts=int(record["attempts"]),
        takeovers=int(record["takeovers"]),
        resend=record["resend"],
    )


def write_claims(
    session: Session, claims: Sequence[Claim], lease: Lease, within_seconds: float | None = None
) -> list[Claim]:
    """Write leases and next looks, and commit; the claims that this copy won. within_seconds: of each statement.

    A call that another copy wrote since the search is left to it: its version differs, or its row is there already.
    Rows are written in the order of their ids, so that two copies can't deadlock.
    """
    if within_seconds is not None:
        with session.deadline(within_seconds):
            return write_claims(session, claims, lease)
    ordered = sorted(claims, key=lambda claim: claim.candidate.call_id)
    new = [claim for claim in ordered if claim.candidate.version < 0]
    known = unlocked(session, [claim for claim in ordered if claim.candidate.version >= 0])
    inserted = session.try_array("insert_claim", [claim_binds(claim, lease) for claim in new])
    for error in inserted.errors.values():
        if not isinstance(error, DuplicateRow):
            raise error
    updated = session.execute_array("update_claim", [known_binds(claim, lease) for claim in known])
    session.commit()
    won = [claim for offset, claim in enumerate(new) if offset not in inserted.errors]
    won += [claim for claim, count in zip(known, updated, strict=True) if count]
    leased = sum(claim.is_leased for claim in won)
    logger.info(
        "calls leased: %d, still talking: %d, left to other copies: %d",
        leased,
        len(won) - leased,
        len(claims) - len(won),
    )
    return won


def read_claimed(session: Session, lease: Lease) -> list[str]:
    """The calls that the ledger shows as leased under a token."""
    return [record["call_id"] for record in session.query("read_claimed", token=lease.token)]


def unlocked(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Lock the calls, and return those that no other session holds: who waits for one keeps all others waiting."""
    free: set[str] = set()
    for start in range(0, len(claims), LIST_LENGTHS[-1]):
        part = claims[start : start + LIST_LENGTHS[-1]]
        free |= {
            record["call_id"]
            for record in session.query("lock_calls", [c.candidate.call_id for c in part])
        }
    return [claim for claim in claims if claim.candidate.call_id in free]


def claim_binds(claim: Claim, lease: Lease) -> dict[str, Any]:
    is_leased = claim.is_leased
    return {
        "call_id": claim.candidate.call_id,
        "state": bound_state("insert_claim", "LEASED" if is_leased else "OPEN"),
        "revision": claim.candidate.revision or None,
        "due_seconds": lease.lease_seconds if is_leased else claim.wait_seconds,
        "owner": lease.owner if is_leased else None,
        "token": lease.token if is_leased else None,
        "lease_seconds": lease.lease_seconds if is_leased else 0,
        "job_id": None if claim.candidate.is_due else lease.job_id,
    }


def known_binds(claim: Claim, lease: Lease) -> dict[str, Any]:
    candidate = claim.candidate
    return claim_binds(claim, lease) | {
        "version": candidate.version,
        "attempts": candidate.attempts,
        "takeovers": claim.takeovers,
        "resend": candidate.resend,
    }


def open_overdue(
    session: Session, *, deadline_minutes: int, resend_limit: int, row_limit: int
) -> int:
    """Make unanswered calls due again, and commit; how many."""
    return session.execute(
        "open_overdue",
        commit=True,
        deadline_minutes=deadline_minutes,
        resend_limit=resend_limit,
        row_limit=row_limit,
    )


def renew_lease(session: Session, lease: Lease) -> int:
    """Put off the lease's end, and commit; how many calls it still holds."""
    return session.execute(
        "renew_lease", commit=True, token=lease.token, lease_seconds=lease.lease_seconds
    )


def release_claims(session: Session, lease: Lease, due_seconds: float) -> int:
    """Give back what the token still holds, and commit; how many calls that were."""
    return session.execute(
        "release_claims", commit=True, token=lease.token, due_seconds=due_seconds
    )


def seal_plans(
    session: Session, plans: Sequence[Plan], lease: Lease, locks: Sequence[str] = ()
) -> list[Plan]:
    """Write what is about to be sent, and commit; the plans whose lease still holds. locks: calls whose rows are locked
    first, without a wait."""
    session.lock("lock_claims", locks)
    counts = session.execute_array(
        "seal_claim", [seal_binds(plan, lease) for plan in plans], commit=True
    )
    return [plan for plan, count in zip(plans, counts, strict=True) if count]


def seal_binds(plan: Plan, lease: Lease) -> dict[str, Any]:
    conversation = plan.conversation
    return {
        "call_id": conversation.call_id,
        "token": lease.token,
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


def settle_sent(
    session: Session, outcomes: Sequence[SendOutcome], plans: Mapping[str, Plan], lease: Lease
) -> list[SendOutcome]:
    """Write the calls that SQS accepted; the caller commits. Those whose lease still held: the others are settled
    already, or have a new owner. Rows are written in the order of their ids, as everywhere, so that nobody
    deadlocks."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.message.call_id)
    rows = [
        {
            "call_id": outcome.message.call_id,
            "token": lease.token,
            "message_id": outcome.message_id,
            "newest_sent": plans[outcome.message.call_id].conversation.newest_sent,
        }
        for outcome in ordered
    ]
    counts = session.execute_array("settle_sent", rows)
    logger.debug("%d calls settled as sent", sum(counts))
    return [outcome for outcome, count in zip(ordered, counts, strict=True) if count]


def settle_unsent(session: Session, endings: Sequence[Ending], lease: Lease) -> list[Ending]:
    """The claims that end without a send; the caller commits. Those whose lease still held."""
    ordered = sorted(endings, key=lambda ending: ending.call_id)
    counts = session.execute_array(
        "settle_unsent", [ending_binds(ending, lease) for ending in ordered]
    )
    return [ending for ending, count in zip(ordered, counts, strict=True) if count]


def ending_binds(ending: Ending, lease: Lease) -> dict[str, Any]:
    return {
        "call_id": ending.call_id,
        "token": lease.token,
        "state": bound_state("settle_unsent", ending.state),
        "rows_read": ending.rows_read,
        "newest_read": ending.newest_read,
        "times_read": ending.times_read,
        "due_seconds": -1 if ending.due_seconds is None else ending.due_seconds,
        "refusals": ending.refusals,
    }
