"""Reads a round's history from database, queues, traces and logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from standins.oracle import SOURCE, USER
from standins.queueserver import Accepted
from tests.chaos.actors.mlservice import plain_body
from tests.chaos.harness.database import Dba
from tests.chaos.judge.history import Entry, Failure, Leased, Row, Sent, Summary

#: What no log may have, whatever goes wrong around the service.
BUGS = re.compile(
    r"^.*(?:a bug; the loop goes on|Traceback|can't be assembled|internal error while).*$",
    re.MULTILINE,
)

Committed = dict[tuple[str, datetime, str, str], float]


def read_rows(dba: Dba, committed_at: Committed, unreadable: Sequence[str] = ()) -> tuple[Row, ...]:
    """Read all rows but those of calls that no driver can read."""
    found = dba.rows(
        "SELECT TO_CHAR(CALL_ID), BAN, SUBSCRIBER_NO, OWNER, TEXT, TEXT_TIME, CALL_TIME "
        f"FROM {SOURCE} WHERE TO_CHAR(CALL_ID) NOT IN ({listed(unreadable)})"
    )
    rows: list[Row] = []
    for call_id, ban, line, owner, text, said_at, began in found:
        at = committed_at.get((call_id, said_at, owner, text), float("inf"))
        rows.append(Row(call_id, ban, line, owner, text, said_at, began, at))
    return tuple(rows)


def listed(call_ids: Sequence[str]) -> str:
    """Return call ids as a list of SQL that is never empty, and without NULL."""
    return ", ".join(f"'{call_id}'" for call_id in ("none", *call_ids))


def read_ledger(dba: Dba) -> dict[str, Entry]:
    found = dba.rows(
        "SELECT CALL_ID, STATE, NVL(SENT_REVISION, 0), SQS_MESSAGE_ID, TEXT_TIME, "
        f"NVL(ROWS_READ, 0), NVL(SUMMARIZED_REVISION, 0) FROM {USER}.CDC_PROCESSED_CALLS"
    )
    ledger: dict[str, Entry] = {}
    for call_id, state, sent, message_id, text_time, rows, summarized in found:
        ledger[call_id] = Entry(
            call_id, state, int(sent), message_id, text_time, int(rows), int(summarized)
        )
    return ledger


def read_summaries(dba: Dba) -> dict[str, Summary]:
    found = dba.rows(
        "SELECT CALL_ID, NVL(REVISION, 0), NVL(SENT_TIMESTAMP, 0), SUMMARY_TEXT, CUSTOMER_ID, "
        f"SUBSCRIBER_NO FROM {USER}.DICTA_CALL_SUMMARY"
    )
    summaries: dict[str, Summary] = {}
    for call_id, revision, sent_ms, text, ban, line in found:
        summaries[call_id] = Summary(call_id, int(revision), int(sent_ms), text, ban, line)
    return summaries


def read_failures(dba: Dba) -> tuple[Failure, ...]:
    found = dba.rows(
        "SELECT CALL_ID, DIRECTION, SQS_MESSAGE_ID, ERROR_MESSAGE "
        f"FROM {USER}.SQS_PERMANENT_FAILURES"
    )
    return tuple(Failure(*row) for row in found)


def read_coverage(dba: Dba) -> datetime:
    found = dba.rows(
        f"SELECT COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS "
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    moment = found[0][0]
    if isinstance(moment, datetime):
        return moment
    # No coverage, no guarantee: whoever never got so far must not pass for one who lost nothing.
    return datetime(1, 1, 1)


def read_traces(directory: Path) -> set[str]:
    """Return the requests whose answer the service saw."""
    return {event["request"] for _, event in read_events(directory, "answered")}


def read_events(directory: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of one kind that processes wrote down, each with the process."""
    for path in directory.glob("*.trace"):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == kind:
                yield path.stem, event


def read_leases(directory: Path) -> tuple[Leased, ...]:
    """Return when each process claimed calls or renewed their lease."""
    return tuple(
        Leased(event["at"], process) for process, event in read_events(directory, "leased")
    )


def read_rejections(dba: Dba) -> dict[str, list[datetime]]:
    """Return when each call was rejected, in order."""
    rejections: dict[str, list[datetime]] = {}
    found = dba.rows(
        f"SELECT CALL_ID, CREATED_AT FROM {USER}.CDC_PROCESSING_LOG "
        "WHERE OPERATION_TYPE = 'REJECT' ORDER BY CREATED_AT"
    )
    for call_id, at in found:
        rejections.setdefault(call_id, []).append(at)
    return rejections


def read_sent(accepted: list[Accepted], answered: set[str]) -> tuple[Sent, ...]:
    """Return what the queue took.

    Parameters:
        answered: the requests whose answer the service saw.
    """
    sent: list[Sent] = []
    for taken in accepted:
        attributes = taken.entry["MessageAttributes"]
        sent.append(
            Sent(
                at=taken.at,
                sender=taken.sender,
                message_id=taken.message.message_id,
                call_id=str(attributes["callId"]["StringValue"]),
                body=plain_body(str(taken.entry["MessageBody"]), attributes),
                group_id=taken.entry.get("MessageGroupId"),
                deduplication_id=taken.entry.get("MessageDeduplicationId"),
                is_answered=taken.request_id in answered,
            )
        )
    return tuple(sent)


def read_complaints(directory: Path) -> Iterator[str]:
    """Yield what the service's own output and logs say of bugs."""
    for path in sorted({*directory.glob("*.out"), *directory.glob("logs-*/cdc_service.log")}):
        text = path.read_text(encoding="utf-8", errors="replace")
        for line in dict.fromkeys(BUGS.findall(text)):
            yield f"{path.name}: {line.strip()[:200]}"


def find_words(words: Sequence[str], place: str, text: str) -> Iterator[str]:
    """Yield which of the words that must stand nowhere a text of some place has."""
    for word in words:
        if word in text:
            yield f"{place} has the word {word!r}"
