"""A round in which nothing went wrong, written out by hand, for the tests of the judge."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.chaos.changes.journal import Image, Written
from tests.chaos.changes.judge.history import (
    History,
    Kept,
    Letter,
    Published,
    Record,
    Rules,
)
from tests.chaos.changes.plan import CANARY, POISON

BEGIN = 1_700_000_000.0
SHARD = "shardId-000000000000"
FIRST_SEQUENCE = 10**55 - 3
COLUMNS = ("id", "name", "ssn", "is_active", "profile", "talk", "stamp")


def customer(key: int, stamp: str, name: str = "Dana", **more: object) -> Image:
    """Return a row as it is in Oracle."""
    row: dict[str, object] = {
        "ID": key,
        "NAME": name,
        "SSN": f"{CANARY} 1",
        "IS_ACTIVE": 1,
        "PROFILE": f'{{"email": "{CANARY}", "plan": 3, "in": [{{"ssn": "{CANARY}"}}]}}',
        "TALK": "call me at 054-1234567 please",
        "SECRET": CANARY,
        "STAMP": stamp,
    }
    return {**row, **more}


def shown(key: int, stamp: str, name: str = "Dana") -> Mapping[str, Any]:
    """Return the same row as it must be published."""
    redacted = "[REDACTED]"
    profile = f'{{"email":"{redacted}","plan":3,"in":[{{"ssn":"{redacted}"}}]}}'
    talk = "call me at [PHONE] please"
    return dict(zip(COLUMNS, (key, name, redacted, True, profile, talk, stamp), strict=True))


def detail(
    number: int, key: int, before: Any, after: Any, *, ending: str = "", **more: Any
) -> dict[str, Any]:
    """Return an event. The transaction is that of the number, two changes in each."""
    operation = "UPDATE"
    if before is None:
        operation = "INSERT"
    elif after is None:
        operation = "DELETE"
    sequence = f"{number:020}"
    return {
        "table": "customers",
        "operation": operation,
        "timestamp": f"2026-01-02T03:04:{number:02}.5Z",
        "before": before,
        "after": after,
        "keys": {"id": key},
        "metadata": {
            "transactionId": f"1.2.{(number + 1) // 2}",
            "sequenceNumber": sequence,
            "eventId": f"customers-{sequence}{ending}",
            "eventType": "customer.changed",
            "version": "1.0",
            **more,
        },
    }


def record(number: int, event: Mapping[str, Any], place: int, shard: str = SHARD) -> Record:
    """Return a record. place: in its shard."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    data = base64.b64encode(text.encode()).decode()
    key = f"customers|{json.dumps(event['keys'], separators=(',', ':'))}"
    return Record(number, BEGIN + number, shard, FIRST_SEQUENCE + place, key, data, "A1")


def published(number: int, event: Mapping[str, Any]) -> Published:
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    address = ("cdc-events", "cdc-pipeline", "CDC.TableChange")
    return Published(number, BEGIN + number, *address, text, 0.0, "A1")


def letter(number: int, event: Mapping[str, Any], code: str, place: int) -> Letter:
    document = {
        "originalEvent": event,
        "error": {"message": "Processing failed after 3 attempts", "code": code, "stack": ""},
        "attempts": 3,
        "lastAttempt": "2026-01-02T03:04:05Z",
    }
    attributes = {
        "errorCode": code,
        "shardId": SHARD,
        "sequenceNumber": str(FIRST_SEQUENCE + place),
    }
    return Letter(number, BEGIN + number, json.dumps(document), attributes, "A1")


def kept(number: int, place: int, status: str = "READING", sender: str = "A1") -> Kept:
    """Return a checkpoint behind a record, or before all for place 0."""
    sequence = 0
    if place:
        sequence = FIRST_SEQUENCE + place
    return Kept(number, BEGIN + number, SHARD, sequence, status, "A1", sender)


ONE, TWO, MOVED = customer(1, "a"), customer(1, "b"), customer(9, "c")
BAD = customer(2, "d", f"{POISON} name")
WRITTEN = (
    Written(1, 1, "customers", None, ONE),
    Written(2, 1, "customers", ONE, TWO),
    Written(3, 2, "customers", TWO, MOVED),
    Written(4, 2, "customers", None, BAD),
)
UNDONE = (Written(5, 3, "customers", None, customer(3, "e")),)
INSERT = detail(1, 1, None, shown(1, "a"))
UPDATE = detail(2, 1, shown(1, "a"), shown(1, "b"))
GONE = detail(3, 1, shown(1, "b"), None, ending="-D")
COME = detail(3, 9, None, shown(9, "c"), ending="-I")
REFUSED = detail(4, 2, None, shown(2, "d", f"{POISON} name"))
#: Written last, as the row of a transaction of its own that was rolled back.
NEVER = detail(5, 3, None, shown(3, "e"))
RECORDS = (
    record(1, INSERT, 1),
    record(2, UPDATE, 2),
    record(3, GONE, 3),
    record(4, COME, 4),
    record(5, REFUSED, 5),
)
EVENTS = (published(7, INSERT), published(8, UPDATE), published(9, GONE), published(10, COME))
LETTERS = (letter(12, REFUSED, "EVENTBRIDGE_ERROR", 5),)
KEPT = (kept(6, 0), kept(11, 4), kept(13, 5))

SOUND = History(
    rules=Rules(is_sound=True, parents={SHARD: ()}, bus="cdc-events"),
    written=WRITTEN,
    undone=UNDONE,
    rows={"customers": (MOVED, BAD), "orders": (), "accounts": (), "notes": (), "labels": ()},
    left={"customers": 0},
    records=RECORDS,
    published=EVENTS,
    letters=LETTERS,
    kept=KEPT,
    delivered=tuple(event.detail for event in (EVENTS[1], EVENTS[0], EVENTS[3], EVENTS[2])),
)
#: A later sending of the first record, and of its event.
AGAIN = replace(record(20, INSERT, 6), at=BEGIN + 20)
EVENT_AGAIN = published(21, INSERT)
