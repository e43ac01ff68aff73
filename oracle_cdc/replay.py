"""What was set aside, tried once more: calls are read from the source again, results from what was kept of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from oracle_cdc.claims import Candidate, Claim, Moment, Rules, seconds_to_wait
from oracle_cdc.delivery import Delivery, Hold
from oracle_cdc.envelopes import Fetch, Kind
from oracle_cdc.errors import CdcError, ResultRefused, Unreachable
from oracle_cdc.fields import source_id
from oracle_cdc.intake import read_safely, tell_warnings
from oracle_cdc.model import MlResult, ReceivedMessage
from oracle_cdc.oracle import ledger
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.failures import (
    Failure,
    count_replay,
    read_body,
    read_failure,
    remove_failures,
)
from oracle_cdc.oracle.journal import Entry, Fault, write_entries, write_faults
from oracle_cdc.oracle.ledger import Lease, write_claims
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.oracle.summaries import write_results
from oracle_cdc.privacy import describe

ACCEPTED = ("SENT", "SUMMARIZED")


@dataclass(frozen=True)
class Replayed:
    """How one replay ended, in words for the operator. is_done: the row is gone; it stays otherwise."""

    failure: Failure
    is_done: bool
    what: str


@dataclass(frozen=True)
class Found:
    """Calls as source and ledger have them, by their ids, and the database's clocks then."""

    candidates: Mapping[str, Candidate]
    moment: Moment | None


def replay_calls(
    database: Database,
    delivery: Delivery,
    failures: Sequence[Failure],
    *,
    owner: str,
    lease_seconds: int,
) -> list[Replayed]:
    """Claim calls, read them anew and send them, as the service does; how each ended.

    Raises what kept all of them from being tried; their rows stay.
    """
    with database.session() as session:
        found = find_calls(session, failures)
        hindered = [
            Replayed(f, False, why) for f in failures if (why := hindrance(f, found.candidates))
        ]
        ready = [f for f in failures if not hindrance(f, found.candidates)]
        if not ready or not found.moment:
            return hindered
        before = read_calls(session, ready)
        hold = Hold(Lease(secrets.token_hex(16), owner, lease_seconds), monotonic())
        claims = [fresh_claim(found.candidates[call_id]) for call_id in ids_of(ready)]
        won = write_claims(session, claims, hold.lease)
    try:
        delivery.deliver(hold, won, found.moment)
    except CdcError as error:
        if error.area != "service":
            raise
        if len(ready) == 1:
            return [*hindered, Replayed(ready[0], False, f"failed again: {error}")]
        # Those that failed first kept the others from being tried.
        for failure in ready:
            hindered += replay_calls(
                database, delivery, [failure], owner=owner, lease_seconds=lease_seconds
            )
        return hindered
    with database.session() as session:
        after = read_calls(session, ready)
        hindered += [conclude(session, f, found, before, after, delivery.rules) for f in ready]
        session.commit()
    return hindered


def find_calls(session: Session, failures: Sequence[Failure]) -> Found:
    """Look up the calls of failures; those that the source does not have are left out."""
    call_ids = ids_of(failures)
    if not call_ids:
        return Found({}, None)
    moment, candidates = ledger.find_calls(session, call_ids)
    return Found({candidate.call_id: candidate for candidate in candidates}, moment)


def ids_of(failures: Sequence[Failure]) -> list[str]:
    """The calls of the source that failures are about, in the ledger's spelling, each once."""
    return sorted({call_id for f in failures if (call_id := source_id(f.call_id))})


def read_calls(session: Session, failures: Sequence[Failure]) -> dict[str, Record]:
    return {record["call_id"]: record for record in session.query("read_calls", ids_of(failures))}


def hindrance(failure: Failure, candidates: Mapping[str, Candidate]) -> str | None:
    """Why a call can't be tried now; None when it can."""
    call_id = source_id(failure.call_id)
    if call_id is None:
        return "not replayable: it names no call of the source"
    candidate = candidates.get(call_id)
    if candidate is None:
        return "not replayable: the source has no rows of this call any more"
    if candidate.state == "LEASED":
        return "a copy of the service holds this call now; look again later"
    return None


def fresh_claim(candidate: Candidate) -> Claim:
    """Somebody asked for it: attempts and takeovers of before do not count."""
    return Claim(replace(candidate, is_due=False, attempts=0, takeovers=0), 0.0, 0)


def conclude(
    session: Session,
    failure: Failure,
    found: Found,
    before: Mapping[str, Record],
    after: Mapping[str, Record],
    rules: Rules,
) -> Replayed:
    """What became of a call; its row is removed where nothing is left to do, and counts the attempt where it failed."""
    call_id = str(source_id(failure.call_id))
    now, earlier = after.get(call_id, {}), before.get(call_id, {})
    state = now.get("state")
    if state in ACCEPTED:
        return finish(session, failure, tell_accepted(now, earlier))
    if state is not None and state.startswith("REJECTED"):
        return finish(session, failure, f"not fit to be sent: {state}")
    if state == "FAILED":
        latest = read_failure(session, failure.failure_id)
        return Replayed(
            failure, False, f"failed again: {latest.reason if latest else 'its row is gone'}"
        )
    candidate = found.candidates[call_id]
    if found.moment and seconds_to_wait(
        candidate.first_time, candidate.last_time, candidate.looked_at, found.moment, rules
    ):
        return Replayed(
            failure, False, "still talking: the running service sends it once it is quiet"
        )
    count_replay(session, failure, failure.reason)
    return Replayed(failure, False, "not sent now: the running service tries it again by itself")


def tell_accepted(now: Record, earlier: Record) -> str:
    revision = int(now["sent_revision"])
    if now["sqs_message_id"] == earlier.get("sqs_message_id"):
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
            yield tell_again(
                database, failure, CdcError(f"Oracle does not take it: {describe(error)}")
            )


def tell_again(database: Database, failure: Failure, error: CdcError) -> Replayed:
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
        reading = read_safely(as_received(failure, body), fetch)
    except CdcError as error:
        return Replayed(failure, False, f"not replayed now: {error}")
    if reading.kind is Kind.CONVERSATION:
        return fail_again(session, failure, ResultRefused("no result, but a conversation of ours"))
    tell_warnings([reading])
    results = [answer.result for answer in reading.answers if answer.result]
    written = write_results(session, results)
    stored = {result.call_id for result in written.stored}
    entries = [entry_of(result, is_new=result.call_id in stored) for result in results]
    write_entries(session, f"replay {failure.failure_id}"[:50], entries)
    refusal = next((answer.error for answer in reading.answers if answer.error), None)
    if refusal is not None:
        return fail_again(session, failure, refusal)
    return finish(
        session, failure, "; ".join(tell_written(r, is_new=r.call_id in stored) for r in results)
    )


def as_received(failure: Failure, body: str) -> ReceivedMessage:
    return ReceivedMessage(
        message_id=failure.message_id or failure.failure_id,
        receipt_handle="",
        body=body,
        attributes={"messageType": failure.message_type} if failure.message_type else {},
        sent_ms=failure.sent_ms,
        receive_count=failure.attempts,
    )


def entry_of(result: MlResult, *, is_new: bool) -> Entry:
    return Entry(result.call_id, "RESULT", "SUCCESS" if is_new else "SKIPPED")


def tell_written(result: MlResult, *, is_new: bool) -> str:
    if is_new:
        return f"written: the answer of call {result.call_id}"
    return f"nothing to write: call {result.call_id} has a newer answer, or this one"


def fail_again(session: Session, failure: Failure, error: CdcError) -> Replayed:
    count_replay(session, failure, str(error))
    write_faults(session, [Fault(error, failure.call_id, failure.attempts + 1)])
    return Replayed(failure, False, f"failed again: {error}")
