"""Collects a round's history from those who saw it: database, queues, recorder, ML service, processes, logs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from standins.oracle import SOURCE, USER
from standins.queueserver import Accepted
from tests.chaos.actors.mlservice import plain_body
from tests.chaos.harness.database import Dba
from tests.chaos.judge.history import Entry, Failure, Leased, Row, Sent, Summary

#: What a log must not hold, whatever goes wrong around the service.
BUGS = re.compile(
    r"^.*(?:a bug; the loop goes on|Traceback|can't be assembled|internal error while).*$",
    re.MULTILINE,
)

Committed = dict[tuple[str, datetime, str, str], float]


def read_rows(dba: Dba, committed_at: Committed, unreadable: Sequence[str] = ()) -> tuple[Row, ...]:
    """All rows but those of calls that no driver can read."""
    found = dba.rows(
        f"SELECT TO_CHAR(CALL_ID), BAN, SUBSCRIBER_NO, OWNER, TEXT, TEXT_TIME, CALL_TIME FROM {SOURCE} "
        f"WHERE TO_CHAR(CALL_ID) NOT IN ({listed(unreadable)})"
    )
    return tuple(
        Row(
            c,
            ban,
            line,
            owner,
            text,
            said_at,
            began,
            committed_at.get((c, said_at, owner, text), float("inf")),
        )
        for c, ban, line, owner, text, said_at, began in found
    )


def listed(call_ids: Sequence[str]) -> str:
    """Call ids as SQL; a list that is never empty, and NULL in none."""
    return ", ".join(f"'{call_id}'" for call_id in ("none", *call_ids))


def read_ledger(dba: Dba) -> dict[str, Entry]:
    found = dba.rows(
        "SELECT CALL_ID, STATE, NVL(SENT_REVISION, 0), SQS_MESSAGE_ID, TEXT_TIME, NVL(ROWS_READ, 0), "
        f"NVL(SUMMARIZED_REVISION, 0) FROM {USER}.CDC_PROCESSED_CALLS"
    )
    return {
        row[0]: Entry(row[0], row[1], int(row[2]), row[3], row[4], int(row[5]), int(row[6]))
        for row in found
    }


def read_summaries(dba: Dba) -> dict[str, Summary]:
    found = dba.rows(
        "SELECT CALL_ID, NVL(REVISION, 0), NVL(SENT_TIMESTAMP, 0), SUMMARY_TEXT, CUSTOMER_ID, SUBSCRIBER_NO "
        f"FROM {USER}.DICTA_CALL_SUMMARY"
    )
    return {
        row[0]: Summary(row[0], int(row[1]), int(row[2]), row[3], row[4], row[5]) for row in found
    }


def read_failures(dba: Dba) -> tuple[Failure, ...]:
    found = dba.rows(
        f"SELECT CALL_ID, DIRECTION, SQS_MESSAGE_ID, ERROR_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES"
    )
    return tuple(Failure(*row) for row in found)


def read_coverage(dba: Dba) -> datetime:
    found = dba.rows(
        f"SELECT COVERAGE_START FROM {USER}.CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    )
    moment = found[0][0]
    # No coverage, no guarantee: whoever never got so far must not pass for one who lost nothing.
    return moment if isinstance(moment, datetime) else datetime(1, 1, 1)


def read_traces(directory: Path) -> set[str]:
    """The requests whose answer the service saw."""
    events = (
        json.loads(line)
        for path in directory.glob("*.trace")
        for line in path.read_text().splitlines()
    )
    return {event["request"] for event in events if event["event"] == "answered"}


def read_leases(directory: Path) -> tuple[Leased, ...]:
    """Return when each process claimed calls or renewed their lease."""
    leases = []
    for path in directory.glob("*.trace"):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "leased":
                leases.append(Leased(event["at"], path.stem))
    return tuple(leases)


def read_rejections(dba: Dba) -> dict[str, list[datetime]]:
    """Return when each call was rejected, in order."""
    rejections: dict[str, list[datetime]] = {}
    for call_id, at in dba.rows(
        f"SELECT CALL_ID, CREATED_AT FROM {USER}.CDC_PROCESSING_LOG WHERE OPERATION_TYPE = 'REJECT' "
        "ORDER BY CREATED_AT"
    ):
        rejections.setdefault(call_id, []).append(at)
    return rejections


def read_sent(accepted: list[Accepted], answered: set[str]) -> tuple[Sent, ...]:
    return tuple(
        Sent(
            at=taken.at,
            sender=taken.sender,
            message_id=taken.message.message_id,
            call_id=str(taken.entry["MessageAttributes"]["callId"]["StringValue"]),
            body=plain_body(str(taken.entry["MessageBody"]), taken.entry["MessageAttributes"]),
            group_id=taken.entry.get("MessageGroupId"),
            deduplication_id=taken.entry.get("MessageDeduplicationId"),
            is_answered=taken.request_id in answered,
        )
        for taken in accepted
    )


def read_complaints(directory: Path) -> Iterator[str]:
    """What the service's own output and logs say of bugs."""
    for path in sorted({*directory.glob("*.out"), *directory.glob("logs-*/cdc_service.log")}):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (
            f"{path.name}: {line.strip()[:200]}" for line in dict.fromkeys(BUGS.findall(text))
        )
