"""A change that can't be published, as the document of the dead letter queue, and back.

{"originalEvent": {...}, "error": {"message": ..., "code": ..., "stack": ...},
 "attempts": 3, "lastAttempt": "2024-01-15T10:35:00Z"}
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol

from oracle_cdc.changes.rules.codec import as_detail
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.errors import DestinationConfigurationError
from oracle_cdc.instants import read_instant

#: Of originalEvent: what could not be read, and where the event is to be found.
RAW, POSITION = "raw", "position"
#: Without these it is no event, but what may rest of one that never came to a stream.
IMAGES = ("before", "after")
#: The stack of a change of which a value was not read. Letters of former versions have its event.
UNREAD = re.compile(
    r"InvalidChange: change \d+: (a value of .+ is no \w+|.+ is longer than a record may be: \d+)"
)
#: Of a stack: what is longer helps nobody.
MOST_STACK_CHARACTERS = 8_000
#: Attributes of the message, none of which is empty.
ATTRIBUTES = ("errorCode", "table", "sequenceNumber", "shardId")


@dataclass(frozen=True)
class Place:
    """Where a record stands in a stream."""

    stream: str
    shard_id: str
    sequence_number: str


@dataclass(frozen=True, repr=False)
class Failed:
    """A record that can't be published.

    Parameters:
        place: None: it never came to a stream.
        data: the record as it came.
        change: what it says, None where that can't be read.
        is_redacted: the change is as it would have been published.
    """

    place: Place | None
    data: bytes
    change: Change | None
    is_redacted: bool


@dataclass(frozen=True)
class Reason:
    """Why it can't be published, without a value of a row.

    Parameters:
        code: such as VALIDATION_ERROR.
        stack: frames and our own words.
        last_attempt: UTC.
    """

    code: str
    stack: str
    attempts: int
    last_attempt: datetime


@dataclass(frozen=True, repr=False)
class DeadLetter:
    """What a document of the queue says.

    Parameters:
        data: the record, None where the document has only its place, or not even that, and where a
            value of it was not read.
        place: None where the document has the record, and for one that never came to a stream.
        last_attempt: UTC.
    """

    data: bytes | None
    place: Place | None
    code: str
    attempts: int
    last_attempt: datetime


class Queue(Protocol):
    """The queue of dead letters.

    Parameters:
        max_bytes: of a document and its attributes.
    """

    @property
    def max_bytes(self) -> int: ...

    def send(self, document: str, attributes: Mapping[str, str]) -> object:
        """Raise what keeps it from taking the document."""


def require_queue(queue: Queue | None, why: str) -> Queue:
    """Return the queue that a dead letter goes to.

    Parameters:
        why: there is a dead letter.

    Raises DestinationConfigurationError where there is no queue, so that the change waits.
    """
    if queue is None:
        raise DestinationConfigurationError(f"{why}, and DLQ_URL is not set")
    return queue


def write_dead_letter(failed: Failed, reason: Reason, *, keeps_event: bool) -> str:
    """Return the document. It is ASCII, since the queue refuses some other characters.

    Raises ValueError for a number that JSON has no form for.

    Parameters:
        keeps_event: False: nothing of the row rests in the queue but keys as they are published.
    """
    original = describe_place(failed)
    if keeps_event:
        original = describe_event(failed)
    document = {
        "originalEvent": original,
        "error": {
            "message": f"Processing failed after {reason.attempts} attempts",
            "code": reason.code,
            "stack": reason.stack[:MOST_STACK_CHARACTERS],
        },
        "attempts": reason.attempts,
        "lastAttempt": f"{reason.last_attempt.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
    }
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


def fit_dead_letter(
    failed: Failed, reason: Reason, *, keeps_event: bool, max_bytes: int
) -> tuple[str, Mapping[str, str]]:
    """Return the document, without its event where that is too large, and its attributes.

    Parameters:
        max_bytes: that the queue takes, of document and attributes.
    """
    attributes = make_attributes(failed, reason)
    room = max_bytes
    for name, value in attributes.items():
        room -= len(name) + len("String") + len(value.encode())
    document = write_dead_letter(failed, reason, keeps_event=keeps_event)
    if len(document) > room:
        document = write_dead_letter(failed, reason, keeps_event=False)
    return document, attributes


def describe_event(failed: Failed) -> Mapping[str, object]:
    """Return the whole event, or the record that is none."""
    if failed.change is None:
        return {RAW: base64.b64encode(failed.data).decode()}
    return as_detail(failed.change)


def describe_place(failed: Failed) -> Mapping[str, object]:
    """Return where the event is, and what is said of it beside its row.

    Keys are left out unless it is known that they may be published.
    """
    described: dict[str, object] = {}
    if failed.place is not None:
        described[POSITION] = {
            "stream": failed.place.stream,
            "shardId": failed.place.shard_id,
            "sequenceNumber": failed.place.sequence_number,
        }
    if failed.change is None:
        return described
    detail = as_detail(failed.change)
    for name in ("table", "operation", "metadata"):
        described[name] = detail[name]
    if failed.is_redacted:
        described["keys"] = detail["keys"]
    return described


def make_attributes(failed: Failed, reason: Reason) -> Mapping[str, str]:
    """Return the attributes of the message: which record it is, and why it is there."""
    values = {"errorCode": reason.code}
    if failed.place is not None:
        values["sequenceNumber"] = failed.place.sequence_number
        values["shardId"] = failed.place.shard_id
    elif failed.change is not None:
        values["sequenceNumber"] = failed.change.metadata.sequence_number
    if failed.change is not None:
        values["table"] = failed.change.table
    return {name: values[name] for name in ATTRIBUTES if values.get(name)}


def read_dead_letter(document: str) -> DeadLetter:
    """Return what a document says. Raises ParseError for what is none."""
    try:
        content = json.loads(document)
        original, error = content["originalEvent"], content["error"]
        code, attempts = str(error["code"]), read_count(content["attempts"])
        last_attempt = read_instant(content["lastAttempt"])
        data, place = read_original(original, str(error.get("stack")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        name = type(error).__name__
    else:
        return DeadLetter(data, place, code, attempts, last_attempt)
    raise ParseError(f"a message is no dead letter: {name}")


def read_count(value: object) -> int:
    """Return how often something was tried. Raises TypeError and ValueError."""
    if type(value) is not int:
        raise TypeError("no whole number")
    if value < 0:
        raise ValueError("less than none")
    return value


def read_original(original: object, stack: str) -> tuple[bytes | None, Place | None]:
    """Return the record, or where it stands, neither of a change that was not read as it is.

    Raises ValueError, KeyError and TypeError.
    """
    if not isinstance(original, dict):
        raise TypeError("no object")
    place = original.get(POSITION)
    if place is not None:
        names = place["stream"], place["shardId"], place["sequenceNumber"]
        if not all(isinstance(name, str) for name in names):
            raise TypeError("no text")
        return None, Place(*names)
    if RAW in original:
        return base64.b64decode(original[RAW], validate=True), None
    if any(name not in original for name in IMAGES) or UNREAD.fullmatch(stack):
        return None, None
    return json.dumps(original).encode(), None
