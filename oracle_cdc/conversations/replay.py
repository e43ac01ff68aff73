"""Calls that were set aside, read from the source and sent once more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from oracle_cdc.conversations.outbound.delivery import Delivery
from oracle_cdc.conversations.rules.call_ids import source_id
from oracle_cdc.conversations.rules.claims import Candidate, Claim, Clocks, Rules, seconds_to_wait
from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.conversations.tables.failures import (
    Failure,
    count_replay,
    read_failure,
    remove_failures,
)
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.conversations.tables.ledger import write_claims
from oracle_cdc.conversations.tables.search import find_calls
from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Record, Session

ACCEPTED = (CallState.SENT, CallState.SUMMARIZED)
REJECTED = (CallState.TOO_SHORT, CallState.MISSING_CHANNEL)


@dataclass(frozen=True)
class Replayed:
    """How one replay ended, in words for the operator.

    Parameters:
        is_done: the row is gone, else it stays.
    """

    failure: Failure
    is_done: bool
    what: str


@dataclass(frozen=True)
class Trial:
    """A call that is tried once more, with its row of the ledger as it was before."""

    failure: Failure
    candidate: Candidate
    before: Record


def replay_calls(
    database: Database,
    delivery: Delivery,
    failures: Sequence[Failure],
    *,
    owner: str,
    lease_seconds: int,
) -> list[Replayed]:
    """Claim calls, read them anew and send them, as the service does, and return how each ended.

    Raises what kept all of them from being tried. Their rows stay then.
    """
    with database.session() as session:
        clocks, candidates = look_up(session, failures)
        ready, replayed = split_ready(failures, candidates)
        if not ready or not clocks:
            return replayed
        trials = prepare(session, ready, candidates)
        lease = Lease(secrets.token_hex(16), owner, lease_seconds)
        claims = [claim_anew(candidates[call_id]) for call_id in ids_of(ready)]
        won = write_claims(session, claims, lease).won
    try:
        delivery.deliver(lease, won, clocks)
    except CdcError as error:
        if error.area != "service":
            raise
        if len(ready) == 1:
            return [*replayed, Replayed(ready[0], False, f"failed again: {error}")]
        # Those that failed first kept the others from being tried.
        for failure in ready:
            replayed += replay_calls(
                database, delivery, [failure], owner=owner, lease_seconds=lease_seconds
            )
        return replayed
    return [*replayed, *conclude_all(database, trials, clocks, delivery.rules)]


def look_up(
    session: Session, failures: Sequence[Failure]
) -> tuple[Clocks | None, dict[str, Candidate]]:
    """Return the database's clocks, and the calls of failures that the source has, by their ids."""
    call_ids = ids_of(failures)
    if not call_ids:
        return None, {}
    clocks, candidates = find_calls(session, call_ids)
    return clocks, {candidate.call_id: candidate for candidate in candidates}


def split_ready(
    failures: Sequence[Failure], candidates: Mapping[str, Candidate]
) -> tuple[list[Failure], list[Replayed]]:
    """Return what can be tried now, and why the others can't."""
    ready: list[Failure] = []
    hindered: list[Replayed] = []
    for failure in failures:
        hindrance = find_hindrance(failure, candidates)
        if hindrance:
            hindered.append(Replayed(failure, False, hindrance))
        else:
            ready.append(failure)
    return ready, hindered


def prepare(
    session: Session, failures: Sequence[Failure], candidates: Mapping[str, Candidate]
) -> list[Trial]:
    before = read_calls(session, ids_of(failures))
    trials: list[Trial] = []
    for failure in failures:
        call_id = str(source_id(failure.call_id))
        trials.append(Trial(failure, candidates[call_id], before.get(call_id, {})))
    return trials


def ids_of(failures: Sequence[Failure]) -> list[str]:
    """Return the calls that failures are about, in the ledger's spelling, each once."""
    call_ids: set[str] = set()
    for failure in failures:
        call_id = source_id(failure.call_id)
        if call_id:
            call_ids.add(call_id)
    return sorted(call_ids)


def read_calls(session: Session, call_ids: Sequence[str]) -> dict[str, Record]:
    return {record["call_id"]: record for record in session.query("read_calls", call_ids)}


def find_hindrance(failure: Failure, candidates: Mapping[str, Candidate]) -> str | None:
    """Return why a call can't be tried now, or None when it can."""
    call_id = source_id(failure.call_id)
    if call_id is None:
        return "not replayable: it names no call of the source"
    candidate = candidates.get(call_id)
    if candidate is None:
        return "not replayable: the source has no rows of this call any more"
    if candidate.state == CallState.LEASED:
        return "a copy of the service holds this call now; look again later"
    return None


def claim_anew(candidate: Candidate) -> Claim:
    """Claim a call that somebody asked for: attempts and takeovers of before do not count."""
    return Claim(replace(candidate, is_due=False, attempts=0, takeovers=0), 0.0, 0)


def conclude_all(
    database: Database, trials: Sequence[Trial], clocks: Clocks, rules: Rules
) -> list[Replayed]:
    """Say what became of calls, and commit what their rows say of it."""
    replayed: list[Replayed] = []
    with database.session() as session:
        after = read_calls(session, ids_of([trial.failure for trial in trials]))
        for trial in trials:
            now = after.get(trial.candidate.call_id, {})
            replayed.append(conclude(session, trial, now, clocks, rules))
        session.commit()
    return replayed


def conclude(session: Session, trial: Trial, now: Record, clocks: Clocks, rules: Rules) -> Replayed:
    """Say what became of a call.

    Its row is removed where nothing is left to do, and counts the attempt where it failed. The
    caller commits.
    """
    failure, candidate = trial.failure, trial.candidate
    state = now.get("state")
    if state in ACCEPTED:
        return finish(session, failure, describe_accepted(now, trial.before))
    if state in REJECTED:
        return finish(session, failure, f"not fit to be sent: {state}")
    if state == CallState.FAILED:
        latest = read_failure(session, failure.failure_id)
        reason = "its row is gone"
        if latest is not None:
            reason = latest.reason
        return Replayed(failure, False, f"failed again: {reason}")
    if seconds_to_wait(
        candidate.first_time, candidate.last_time, candidate.looked_at, clocks, rules
    ):
        return Replayed(
            failure, False, "still talking: the running service sends it once it is quiet"
        )
    count_replay(session, failure, failure.reason)
    return Replayed(failure, False, "not sent now: the running service tries it again by itself")


def describe_accepted(now: Record, before: Record) -> str:
    revision = int(now["sent_revision"])
    if now["sqs_message_id"] == before.get("sqs_message_id"):
        return f"nothing new to send: revision {revision} was accepted before"
    return f"sent: revision {revision}, message {now['sqs_message_id']}"


def finish(session: Session, failure: Failure, what: str) -> Replayed:
    """Remove the row of what is done with."""
    remove_failures(session, [failure])
    return Replayed(failure, True, what)
