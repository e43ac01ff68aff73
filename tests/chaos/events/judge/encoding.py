"""What a row must look like as a message, worked out from the contract alone."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from tests.chaos.events.plan import DATA_TYPE, MOST_BYTES, PROGRAM, STREAM, SUBJECT

UNSAFE = re.compile("[^A-Za-z0-9_-]")
TOKEN_LENGTH = 64


class Values(NamedTuple):
    """A row as the table has it, its id in digits."""

    key: str
    case: str | None
    kind: str | None
    text: str | None
    said_at: datetime | None
    created_at: datetime


def body_of(values: Values) -> bytes:
    """Return the bytes of a row's message."""
    trace_id = uuid5(uuid5(NAMESPACE_URL, PROGRAM), values.key)
    fields = {
        "trace_id": str(trace_id),
        "data_type": DATA_TYPE,
        "ID": int(values.key),
        "CASE_ID": values.case,
        "EVENT_TYPE": values.kind,
        "EVENT_DATA": values.text,
        "EVENT_TIMESTAMP": moment(values.said_at),
        "CREATED_AT": moment(values.created_at),
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def moment(time: datetime | None) -> str | None:
    """Return a time with six digits of its second."""
    if time is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")


def subject_of(values: Values) -> str:
    """Return where a row's message goes: its type is one safe token."""
    token = UNSAFE.sub("_", (values.kind or "")[:TOKEN_LENGTH])
    return f"{SUBJECT}.{token or '_'}"


def id_of(key: str) -> str:
    return f"{PROGRAM}:{key}"


def headers_of(key: str) -> dict[str, str]:
    """Return the headers of a row's message."""
    return {
        "Content-Type": "application/json",
        "Data-Type": DATA_TYPE,
        "Nats-Msg-Id": id_of(key),
        "Nats-Expected-Stream": STREAM,
    }


def is_too_large(values: Values) -> bool:
    """Return whether no server takes a row's message, with all that goes before its body."""
    lines = [f"{name}: {value}" for name, value in headers_of(values.key).items()]
    before = "\r\n".join(["NATS/1.0", *lines, "", ""])
    return len(before) + len(body_of(values)) > MOST_BYTES
