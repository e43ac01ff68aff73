"""What was set aside, tried once more: calls are read from the source again, results from what was kept of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from oracle_cdc.conversations.inbound.intake import log_warnings, read_safely
from oracle_cdc.conversations.inbound.writing import result_events
from oracle_cdc.conversations.outbound.delivery import Delivery
from oracle_cdc.conversations.rules.claims import Candidate, Claim, Clocks, Rules, seconds_to_wait
from oracle_cdc.conversations.rules.envelopes import Fetch, Kind
from oracle_cdc.conversations.rules.fields import source_id
from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.failures import (
    Failure,
    count_replay,
    read_body,
    read_failure,
    remove_failures,
)
from oracle_cdc.conversations.tables.leases import Lease
from oracle_cdc.conversations.tables.ledger import write_claims
from oracle_cdc.conversations.tables.search import find_calls
from oracle_cdc.conversations.tables.summaries import Written, write_results
from oracle_cdc.errors import CdcError, ResultRefused, Unreachable
from oracle_cdc.model import MlResult
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.running.privacy import describe

ACCEPTED = (CallState.SENT, CallState.SUMMARIZED)


@dataclass(frozen=True)
class Replayed:
    """How one replay ended, in words for the operator. is_done: the row is gone; it stays otherwise."""

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
    """Claim calls, read them anew and send them, as the service does; return how each ended.

    Raises what kept all of them from being tried; their rows stay.
    """
    with database.session() as session:
        clocks, candidates = look_up(session, failures)
        ready, replayed = split_ready(failures, candidates)
        if not ready or not clocks:
            return replayed
        trials = prepare(session, ready, candidates)
        lease = Lease(secrets.token_hex(16), owner, lease_seconds)
        claims = [claim_anew(candidates[call_id]) for call_id in ids_of(ready)]
        won = write_claims(session, claims, lease)
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
    with database.session() as session:
        after = read_calls(session, ids_of(ready))
        for trial in trials:
            now = after.get(trial.candidate.call_id, {})
            replayed.append(conclude(session, trial, now, clocks, delivery.rules))
        session.commit()
    return replayed


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
    """Return the calls of the source that failures are about, in the ledger's spelling, each once."""
    call_ids: set[str] = set()
    for failure in failures:
        call_id = source_id(failure.call_id)
        if call_id:
            call_ids.add(call_id)
    return sorted(call_ids)


def read_calls(session: Session, call_ids: Sequence[str]) -> dict[str, Record]:
    return {record["call_id"]: record for record in session.query("read_calls", call_ids)}


def find_hindrance(failure: Failure, candidates: Mapping[str, Candidate]) -> str | None:
    """Return why a call can't be tried now; None when it can."""
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


def conclude(session: Session, trial: Trial, now: Record, clocks: Clocks, rules: Rules) -> Replayed:
    """Say what became of a call; the caller commits.

    Its row is removed where nothing is left to do, and counts the attempt where it failed.
    """
    failure, candidate = trial.failure, trial.candidate
    state = now.get("state")
    if state in ACCEPTED:
        return finish(session, failure, describe_accepted(now, trial.before))
    if state is not None and state.startswith("REJECTED"):
        return finish(session, failure, f"not fit to be sent: {state}")
    if state == CallState.FAILED:
        latest = read_failure(session, failure.failure_id)
        reason = latest.reason if latest else "its row is gone"
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
    remove_failures(session, [failure])
    return Replayed(failure, True, what)


def replay_results(
    database: Database, fetch: Fetch, failures: Sequence[Failure]
) -> Iterator[Replayed]:
    """Read and write results once more, each in its own transaction; one that fails stops no other.

    Raises what keeps it from Oracle.

    Parameters:
        fetch: reads an object of S3 that a body points to.
    """
    for failure in failures:
        try:
            yield database.attempt(partial(replay_result, fetch=fetch, failure=failure))
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        # Whatever it is, it is one result's, or comes again with the next.
        except Exception as error:
            reason = CdcError(f"Oracle does not take it: {describe(error)}")
            yield count_failure(database, failure, reason)


def count_failure(database: Database, failure: Failure, error: CdcError) -> Replayed:
    """Count a failed replay, if Oracle takes that."""

    def work(session: Session) -> Replayed:
        replayed = fail_again(session, failure, error)
        session.commit()
        return replayed

    try:
        return database.attempt(work)
    except Unreachable as unreachable:
        raise unreachable.error from unreachable
    except CdcError as uncounted:
        return Replayed(
            failure, False, f"failed again: {error}; its row can't be changed: {uncounted}"
        )


def replay_result(session: Session, fetch: Fetch, failure: Failure) -> Replayed:
    """Take one result the way of every result, from its kept body, and commit.

    The good ones of a list are written, and the row stays while any of them is refused.
    """
    replayed = rewrite_result(session, fetch, failure)
    session.commit()
    return replayed


def rewrite_result(session: Session, fetch: Fetch, failure: Failure) -> Replayed:
    body = read_body(session, failure.failure_id)
    if body is None:
        return Replayed(
            failure, False, "not replayable: its body was not kept (KEEP_FAILED_MESSAGES)"
        )
    try:
        reading = read_safely(failure.as_message(body), fetch)
    except CdcError as error:
        return Replayed(failure, False, f"not replayed now: {error}")
    if reading.kind is Kind.CONVERSATION:
        return fail_again(session, failure, ResultRefused("no result, but a conversation of ours"))
    log_warnings([reading])
    results: list[MlResult] = []
    refusal: ResultRefused | None = None
    for answer in reading.answers:
        if answer.result:
            results.append(answer.result)
        refusal = refusal or answer.error
    written = write_results(session, results)
    journal.write_events(session, f"replay {failure.failure_id}", result_events(written))
    if refusal is not None:
        return fail_again(session, failure, refusal)
    return finish(session, failure, describe_written(results, written))


def describe_written(results: Sequence[MlResult], written: Written) -> str:
    stored_ids = {result.call_id for result in written.stored}
    lines: list[str] = []
    for result in results:
        if result.call_id in stored_ids:
            lines.append(f"written: the answer of call {result.call_id}")
        else:
            lines.append(f"nothing to write: call {result.call_id} has a newer answer, or this one")
    return "; ".join(lines)


def fail_again(session: Session, failure: Failure, error: CdcError) -> Replayed:
    """Count a failed replay; the caller commits."""
    count_replay(session, failure, str(error))
    event = journal.replay_failed(failure.call_id, error, failure.attempts + 1)
    journal.write_events(session, "", [event])
    return Replayed(failure, False, f"failed again: {error}")
