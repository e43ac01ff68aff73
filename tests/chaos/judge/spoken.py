"""What was said in a call: as the source has it, and as a message has it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.chaos.judge.history import History, Row

#: Who said what, and when.
Said = tuple[str, str, str]


def rows_by_call(history: History) -> dict[str, list[Row]]:
    """Return the calls that the service must account for.

    They are those with a row since the start of coverage.
    """
    grouped: dict[str, list[Row]] = defaultdict(list)
    covered: set[str] = set()
    for row in history.rows:
        grouped[row.call_id].append(row)
        if row.text_time >= history.coverage_start:
            covered.add(row.call_id)
    return {call_id: rows for call_id, rows in grouped.items() if call_id in covered}


def sort_key(row: Row) -> tuple[datetime, str, str]:
    return row.text_time, row.owner, row.text


def said(rows: Sequence[Row]) -> list[Said]:
    """Return what a message must have: in order, without what is blank."""
    spoken: list[Said] = []
    for row in sorted(rows, key=sort_key):
        if row.text.strip():
            spoken.append((row.owner, row.text, row.text_time.isoformat()))
    return spoken


def said_in(body: dict[str, Any]) -> list[Said]:
    """Return what a message has."""
    spoken: list[Said] = []
    for message in body["messages"]:
        spoken.append((message["channel"], message["text"], message["timestamp"]))
    return spoken


def newest_time(body: dict[str, Any]) -> datetime:
    return max(datetime.fromisoformat(message["timestamp"]) for message in body["messages"])


def content_of(body: dict[str, Any]) -> str:
    """Return a message without what each assembly of the same call makes anew."""
    content = dict(body)
    content.pop("revision", None)
    content.pop("assembledAt", None)
    return json.dumps(content)
