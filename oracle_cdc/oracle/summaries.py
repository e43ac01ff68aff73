"""DICTA_CALL_SUMMARY: what the ML service answered, and what the ledger learns of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from oracle_cdc.errors import DuplicateRow
from oracle_cdc.model import MlResult
from oracle_cdc.oracle.queries import LIST_LENGTHS
from oracle_cdc.oracle.session import Record, Session

#: No call has this id: it has more digits than the source's ids, and is a number like them.
CONTROL_CALL = "9" * 38


@dataclass(frozen=True)
class Answered:
    """What the tables know of a call before its answer is written. sent_revision 0: nothing was sent."""

    sent_revision: int = 0
    newest_revision: int = 0
    ban: str | None = None
    subscriber_no: str | None = None
    call_time: datetime | None = None
    is_known: bool = False
    is_stored: bool = False


@dataclass(frozen=True)
class Written:
    """What became of a batch: stored (new or newer), or older than what is there."""

    stored: Sequence[MlResult]
    outdated: Sequence[MlResult]
    unknown_count: int


def write_results(session: Session, results: Sequence[MlResult]) -> Written:
    """Store results and tell the ledger; the caller commits. Of several for one call the greatest counts.

    Only a greater (revision, sent_ms) replaces what is stored. Raises the first row's error; then nothing may be
    committed.
    """
    if not results:
        return Written([], [], 0)
    known = read_answered(session, sorted({result.call_id for result in results}))
    filled = [fill_in(result, known.get(result.call_id, Answered())) for result in results]
    complete = greatest(filled)
    stored = store(session, complete, known)
    session.execute_array(
        "mark_summarized", [mark_binds(r) for r in complete if is_known(known, r)]
    )
    return Written(
        stored=[result for result in complete if result.call_id in stored],
        outdated=[
            result for result in filled if result not in complete or result.call_id not in stored
        ],
        unknown_count=sum(not is_known(known, result) for result in complete),
    )


def is_known(known: Mapping[str, Answered], result: MlResult) -> bool:
    return result.call_id in known and known[result.call_id].is_known


def read_answered(session: Session, call_ids: Sequence[str]) -> dict[str, Answered]:
    lists = [
        call_ids[start : start + LIST_LENGTHS[-1]]
        for start in range(0, len(call_ids), LIST_LENGTHS[-1])
    ]
    return {
        r["call_id"]: to_answered(r)
        for listed in lists
        for r in session.query("find_answered", listed)
    }


def to_answered(record: Record) -> Answered:
    return Answered(
        sent_revision=int(record["sent_revision"] or 0),
        newest_revision=int(record["newest_revision"] or 0),
        ban=record["ban"],
        subscriber_no=record["subscriber_no"],
        call_time=record["call_time"],
        is_known=record["is_known"] == 1,
        is_stored=record["is_stored"] == 1,
    )


def fill_in(result: MlResult, answered: Answered) -> MlResult:
    """What the result leaves out comes from the ledger; without a revision it counts for the newest sent one."""
    return replace(
        result,
        revision=told_revision(result, answered),
        ban=result.ban or answered.ban,
        subscriber_no=result.subscriber_no or answered.subscriber_no,
        call_time=result.call_time or answered.call_time,
    )


def told_revision(result: MlResult, answered: Answered) -> int:
    newest = answered.newest_revision
    if result.revision is None or (newest and result.revision > newest):
        return max(answered.sent_revision, 1)
    return result.revision


def greatest(results: Sequence[MlResult]) -> list[MlResult]:
    """The result with the greatest (revision, sent_ms) of each call, the later of equals; in the order of their ids, so
    that two copies can't deadlock."""
    newest: dict[str, MlResult] = {}
    for result in results:
        other = newest.get(result.call_id)
        if other is None or rank(result) >= rank(other):
            newest[result.call_id] = result
    return [newest[call_id] for call_id in sorted(newest)]


def rank(result: MlResult) -> tuple[int, int]:
    return result.revision or 0, result.sent_ms


def store(session: Session, results: Sequence[MlResult], known: Mapping[str, Answered]) -> set[str]:
    """Insert the first answers and update the others; the call ids of what is stored now."""
    first = [result for result in results if not known.get(result.call_id, Answered()).is_stored]
    inserted = session.try_array("insert_summary", [summary_binds(result) for result in first])
    for error in inserted.errors.values():
        if not isinstance(error, DuplicateRow):
            raise error
    raced = {first[offset].call_id for offset in inserted.errors}
    again = [result for result in results if result not in first or result.call_id in raced]
    counts = session.execute_array("update_summary", [summary_binds(result) for result in again])
    stored = {result.call_id for result in first} - raced
    return stored | {result.call_id for result, count in zip(again, counts, strict=True) if count}


def try_control(session: Session, result: MlResult) -> None:
    """Write a harmless answer of the same size in every way in which answers are written; the caller rolls back."""
    control = replace(
        result,
        call_id=CONTROL_CALL,
        summary=harmless(result.summary),
        sentiment=harmless(result.sentiment),
        classification_primary=harmless(result.classification_primary),
        classification_all=harmless(result.classification_all),
        model_version=harmless(result.model_version),
        ban=harmless(result.ban),
        subscriber_no=harmless(result.subscriber_no),
        confidence=None,
        processing_ms=None,
        call_time=None,
        revision=1,
    )
    session.execute_array("insert_summary", [summary_binds(control)])
    session.execute_array("update_summary", [summary_binds(replace(control, revision=2))])
    session.execute_array("mark_summarized", [mark_binds(control)])


def harmless(text: str | None) -> str | None:
    return None if text is None else "x" * len(text.encode(errors="replace"))


def summary_binds(result: MlResult) -> dict[str, Any]:
    return {
        "call_id": result.call_id,
        "ban": result.ban,
        "subscriber_no": result.subscriber_no,
        "call_time": result.call_time,
        "summary": result.summary,
        "sentiment": result.sentiment,
        "classification_primary": result.classification_primary,
        "classification_all": result.classification_all,
        "confidence": result.confidence,
        "processing_ms": result.processing_ms,
        "model_version": result.model_version,
        "revision": result.revision,
        "sent_ms": result.sent_ms,
        "is_empty": 1 if result.is_empty else None,
    }


def mark_binds(result: MlResult) -> dict[str, Any]:
    return {"call_id": result.call_id, "revision": result.revision}
