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
    """What the tables know of a call before its answer is written.

    Parameters:
        sent_revision: 0 when nothing was sent.
    """

    sent_revision: int = 0
    newest_revision: int = 0
    ban: str | None = None
    subscriber_no: str | None = None
    call_time: datetime | None = None
    is_known: bool = False
    is_stored: bool = False


#: What the tables know of a call that neither of them has.
UNKNOWN = Answered()


@dataclass(frozen=True)
class Written:
    """What became of a batch: stored (new or newer), or older than what is there."""

    stored: Sequence[MlResult]
    outdated: Sequence[MlResult]
    unknown_count: int


def write_results(session: Session, results: Sequence[MlResult]) -> Written:
    """Store results and mark their calls in the ledger.

    Of several for one call the greatest counts. Only a greater (revision, sent_ms) replaces what is
    stored. The caller commits. Raises the first row's error, and then nothing may be committed.
    """
    if not results:
        return Written([], [], 0)
    known = read_answered(session, results)
    filled: list[MlResult] = []
    for result in results:
        filled.append(fill_in(result, known.get(result.call_id, UNKNOWN)))
    greatest = choose_greatest(filled)
    marks: list[dict[str, Any]] = []
    for result in greatest:
        if known.get(result.call_id, UNKNOWN).is_known:
            marks.append(mark_binds(result))
    stored_ids = store(session, greatest, known)
    session.execute_array("mark_summarized", marks)
    newest = {result.call_id: result for result in greatest}
    stored: list[MlResult] = []
    outdated: list[MlResult] = []
    for result in filled:
        if result.call_id in stored_ids and newest[result.call_id] is result:
            stored.append(result)
        else:
            outdated.append(result)
    return Written(stored, outdated, unknown_count=len(greatest) - len(marks))


def read_answered(session: Session, results: Sequence[MlResult]) -> dict[str, Answered]:
    """Return what the tables know of the calls of results."""
    call_ids = sorted({result.call_id for result in results})
    answered: dict[str, Answered] = {}
    for start in range(0, len(call_ids), LIST_LENGTHS[-1]):
        listed = call_ids[start : start + LIST_LENGTHS[-1]]
        for record in session.query("find_answered", listed):
            answered[record["call_id"]] = to_answered(record)
    return answered


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
    """Return a result with what it leaves out as the ledger has it.

    Without a revision it counts for the newest that was sent.
    """
    return replace(
        result,
        revision=find_revision(result, answered),
        ban=result.ban or answered.ban,
        subscriber_no=result.subscriber_no or answered.subscriber_no,
        call_time=result.call_time or answered.call_time,
    )


def find_revision(result: MlResult, answered: Answered) -> int:
    newest = answered.newest_revision
    if result.revision is None or (newest and result.revision > newest):
        return max(answered.sent_revision, 1)
    return result.revision


def choose_greatest(results: Sequence[MlResult]) -> list[MlResult]:
    """Return the result with the greatest (revision, sent_ms) of each call, the later of equals.

    They are in the order of their ids, so that two copies can't deadlock.
    """
    newest: dict[str, MlResult] = {}
    for result in results:
        other = newest.get(result.call_id)
        if other is None or rank(result) >= rank(other):
            newest[result.call_id] = result
    return [newest[call_id] for call_id in sorted(newest)]


def rank(result: MlResult) -> tuple[int, int]:
    return result.revision or 0, result.sent_ms


def store(session: Session, results: Sequence[MlResult], known: Mapping[str, Answered]) -> set[str]:
    """Insert first answers, update the others, and return the calls of what is stored now.

    What another copy inserted meanwhile is updated.
    """
    first: list[MlResult] = []
    again: list[MlResult] = []
    for result in results:
        if known.get(result.call_id, UNKNOWN).is_stored:
            again.append(result)
        else:
            first.append(result)
    stored: set[str] = set()
    inserted = session.try_array("insert_summary", [summary_binds(result) for result in first])
    for offset, result in enumerate(first):
        error = inserted.errors.get(offset)
        if error is None:
            stored.add(result.call_id)
        elif isinstance(error, DuplicateRow):
            again.append(result)
        else:
            raise error
    again.sort(key=lambda result: result.call_id)
    counts = session.execute_array("update_summary", [summary_binds(result) for result in again])
    for result, count in zip(again, counts, strict=True):
        if count:
            stored.add(result.call_id)
    return stored


def try_control(session: Session, result: MlResult) -> None:
    """Write a harmless answer of the same size in every way in which answers are written.

    The caller rolls back.
    """
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
    if text is None:
        return None
    return "x" * len(text.encode(errors="replace"))


def summary_binds(result: MlResult) -> dict[str, Any]:
    is_empty = None
    if result.is_empty:
        is_empty = 1
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
        "is_empty": is_empty,
    }


def mark_binds(result: MlResult) -> dict[str, Any]:
    return {"call_id": result.call_id, "revision": result.revision}
