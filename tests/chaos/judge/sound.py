"""A history in which all is well, and pieces to change it by."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.chaos.judge.history import (
    Audit,
    Entry,
    History,
    Reply,
    Row,
    Rules,
    Sent,
    Summary,
)

NOON = datetime(2026, 1, 15, 12)
CALL = "12345678901234567890"


def row(owner: str, text: str, seconds: float, call_id: str = CALL) -> Row:
    return Row(call_id, "B1", None, owner, text, NOON + timedelta(seconds=seconds), NOON, 100.0)


HELLO, ANSWER, LATER = row("C", "hello", 0.25), row("A", "שלום", 1.5), row("C", "later", 9)


def body(*rows: Row, revision: int = 1, **changes: Any) -> str:
    """Return the body of a message with these rows."""
    messages: list[dict[str, str]] = []
    for said in rows:
        time = said.text_time.isoformat()
        messages.append({"channel": said.owner, "text": said.text, "timestamp": time})
    fields = {
        "callId": CALL,
        "revision": revision,
        "ban": "B1",
        "callTime": NOON.isoformat(),
        "messages": messages,
    }
    return json.dumps(
        {**fields, "messageCount": len(rows), "assembledAt": "2026-01-15T12:01:00.5Z", **changes}
    )


SENT = Sent(110.0, "A1", "m1", CALL, body(HELLO, ANSWER), CALL, "d1")
REPLY = Reply("r1", CALL, 1, 5000, "all well")
SOUND = History(
    rules=Rules(),
    coverage_start=NOON - timedelta(hours=1),
    rows=(HELLO, ANSWER),
    sent=(SENT,),
    replies=(REPLY,),
    audits=(Audit(120.0, 115.0, NOON - timedelta(minutes=10), NOON + timedelta(minutes=1)),),
    ledger={CALL: Entry(CALL, "SUMMARIZED", 1, "m1", ANSWER.text_time, 2, 1)},
    summaries={CALL: Summary(CALL, 1, 5000, "all well", "B1", None)},
)
AGAIN = replace(SENT, at=111.0, sender="B1", message_id="m2")
#: Two seconds after the newest segment, as the host counts.
TALKING = ANSWER.text_time.replace(tzinfo=timezone.utc).timestamp() + 2


def entry(**changes: Any) -> dict[str, Entry]:
    return {CALL: replace(SOUND.ledger[CALL], **changes)}


def summary(**changes: Any) -> dict[str, Summary]:
    return {CALL: replace(SOUND.summaries[CALL], **changes)}
