"""Holds stream, consumer and what was set aside against the table, id by id."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from oracle_cdc.demo.events.rows import NewRow
from oracle_cdc.demo.events.streams import Stored
from oracle_cdc.demo.events.table import TableRow

#: What may stand in a subject's token.
UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
EMPTY = "_"


@dataclass(frozen=True)
class Received:
    """A message as the consumer wrote it down."""

    id: str
    body: str


@dataclass(frozen=True)
class Found:
    """All that came out.

    program: under whose name the rows were published, which begins each message's id.
    subject: what each subject begins with.
    written: what was committed, by id.
    table: what the table holds, by id.
    stored: the messages of the stream.
    received: what the consumer got, by the number in the stream.
    set_aside: reasons by id.
    """

    program: str
    subject: str
    written: Mapping[str, NewRow]
    table: Mapping[str, TableRow]
    stored: Sequence[Stored]
    received: Mapping[int, Received]
    set_aside: Mapping[str, str]

    def id_of(self, message: Stored) -> str:
        """Return the id of a message's row."""
        return message.id.removeprefix(f"{self.program}:")


@dataclass(frozen=True)
class Balance:
    """Ids by where they are, and all that does not balance.

    twice: stored more than once.
    intact: messages that are as the table has the row, in subject and body.
    """

    in_table: int
    in_stream: frozenset[str]
    twice: Sequence[str]
    received: int
    set_aside: Mapping[str, str]
    missing: Sequence[str]
    intact: int
    mistakes: Sequence[str]


def balance(found: Found) -> Balance:
    """Judge every row of the table, and look for what is in no table."""
    counts = Counter(found.id_of(message) for message in found.stored)
    in_stream = frozenset(counts)
    missing = sorted(found.table.keys() - in_stream - found.set_aside.keys())
    twice = sorted(id for id, count in counts.items() if count > 1)
    mistakes: list[str] = []
    for id in missing:
        mistakes.append(f"row {id}: neither in the stream nor set aside")
    for id in twice:
        mistakes.append(f"row {id}: {counts[id]} times in the stream")
    mistakes += check_table(found)
    mistakes += check_strangers(found, in_stream)
    mistakes += check_set_aside(found, in_stream)
    intact = 0
    for message in found.stored:
        differences = [*compare(message, found)]
        mistakes += differences
        intact += not differences
    mistakes += check_received(found)
    return Balance(
        len(found.table),
        in_stream,
        twice,
        len(found.received),
        found.set_aside,
        missing,
        intact,
        mistakes,
    )


def check_table(found: Found) -> Iterator[str]:
    """Yield what was committed and is not in the table, or the other way round."""
    for id in sorted(found.written.keys() - found.table.keys()):
        yield f"row {id}: committed, and not in the table"
    for id in sorted(found.table.keys() - found.written.keys()):
        yield f"row {id}: in the table, and never committed"


def check_strangers(found: Found, in_stream: frozenset[str]) -> Iterator[str]:
    """Yield what is of no row."""
    for id in sorted(in_stream - found.table.keys()):
        yield f"row {id}: in the stream, and not in the table"
    for id in sorted(found.set_aside.keys() - found.table.keys()):
        yield f"row {id}: set aside, and not in the table"


def check_set_aside(found: Found, in_stream: frozenset[str]) -> Iterator[str]:
    """Yield what was set aside and should not have been, or should have been and was not."""
    for id, row in sorted(found.written.items()):
        is_set_aside = id in found.set_aside
        if is_set_aside and not row.is_too_large:
            yield f"row {id}: set aside, although it can be sent: {found.set_aside[id]}"
        if is_set_aside and id in in_stream:
            yield f"row {id}: set aside, and in the stream"
        if row.is_too_large and not is_set_aside:
            yield f"row {id}: too large for the server, and not set aside"


def compare(message: Stored, found: Found) -> Iterator[str]:
    """Yield where a message is not what the table has, without its content."""
    id = found.id_of(message)
    row = found.table.get(id)
    if row is None:
        return
    if message.subject != f"{found.subject}.{token(row.event_type)}":
        yield f"row {id}: its subject is {message.subject}"
    try:
        body = json.loads(message.body)
    except ValueError:
        yield f"row {id}: its body is no JSON"
        return
    for name, value in expected_body(id, row).items():
        if body.get(name) != value:
            yield f"row {id}: {name} is in the stream other than in the table"


def token(event_type: str | None) -> str:
    """Return what a subject must have for a value, whatever it holds."""
    return UNSAFE.sub("_", event_type or EMPTY)


def expected_body(id: str, row: TableRow) -> Mapping[str, object]:
    """Return what a body must have of a row, with all digits of its id."""
    return {
        "ID": int(id),
        "CASE_ID": row.case_id,
        "EVENT_TYPE": row.event_type,
        "EVENT_DATA": row.data,
        "CREATED_AT": write_time(row.created_at),
    }


def write_time(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")


def check_received(found: Found) -> Iterator[str]:
    """Yield what the consumer got other than it is in the stream."""
    kept: dict[int, Received] = {}
    for message in found.stored:
        kept[message.sequence] = Received(message.id, message.body.decode(errors="replace"))
    for sequence, expected in kept.items():
        if sequence not in found.received:
            yield f"row {expected.id}: in the stream, and the consumer never got it"
        elif found.received[sequence] != expected:
            yield f"row {expected.id}: the consumer got it other than it is in the stream"
    for sequence in sorted(found.received.keys() - kept.keys()):
        yield f"row {found.received[sequence].id}: the consumer got it, and it is not in the stream"


def read_received(path: Path) -> Mapping[int, Received]:
    """Return what the consumer wrote down. What came again is the same message once."""
    received = {}
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            record = json.loads(line)
            received[record["sequence"]] = Received(record["id"], record["body"])
    return received
