"""Answers that were set aside, tried once more from what was kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.conversations.inbound.sorting import log_warnings, read_safely
from oracle_cdc.conversations.inbound.writing import result_events
from oracle_cdc.conversations.replay import Replayed, finish
from oracle_cdc.conversations.rules.envelopes import Fetch, Kind
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.failures import Failure, count_replay, read_body
from oracle_cdc.conversations.tables.summaries import Written, write_results
from oracle_cdc.errors import CdcError, ResultRefused, Unreachable
from oracle_cdc.model import MlResult
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.privacy import describe

if TYPE_CHECKING:
    from oracle_cdc.redaction.marking import Marker


def replay_results(
    database: Database,
    fetch: Fetch,
    failures: Sequence[Failure],
    marker: Marker | None = None,
) -> Iterator[Replayed]:
    """Read and write results once more, each in its own transaction.

    One that fails stops no other. Raises what keeps it from Oracle.

    Parameters:
        fetch: reads an object of S3 that a body points to.
        marker: marks what is personal in summaries. None: nothing is.
    """
    for failure in failures:
        try:
            yield database.attempt(
                partial(replay_result, fetch=fetch, failure=failure, marker=marker)
            )
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


def replay_result(
    session: Session, fetch: Fetch, failure: Failure, marker: Marker | None
) -> Replayed:
    """Write one result as every result is written, from its kept body, and commit.

    The good ones of a list are written, and the row stays while any of them is refused.
    """
    replayed = rewrite_result(session, fetch, failure, marker)
    session.commit()
    return replayed


def rewrite_result(
    session: Session, fetch: Fetch, failure: Failure, marker: Marker | None
) -> Replayed:
    """Write the good answers of what was set aside, and say what became of them."""
    body = read_body(session, failure.failure_id)
    if body is None:
        return Replayed(
            failure, False, "not replayable: its body was not kept (KEEP_FAILED_MESSAGES)"
        )
    try:
        reading = read_safely(failure.as_message(body), fetch, marker)
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
    """Count a failed replay. The caller commits."""
    count_replay(session, failure, str(error))
    event = journal.replay_failed(failure.call_id, error, failure.attempts + 1)
    journal.write_events(session, "", [event])
    return Replayed(failure, False, f"failed again: {error}")
