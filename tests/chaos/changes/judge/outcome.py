"""What is there in the end: a consumer's rows, empty change tables, nothing private outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.chaos.changes.judge.case import Case, Line, comparable
from tests.chaos.changes.judge.expecting import name_keys
from tests.chaos.changes.plan import CANARY, HIDDEN
from tests.chaos.changes.tables import TABLES

#: From a person's pause to the end of what was under way.
UNDER_WAY_SECONDS = 1.6
Rows = Mapping[Line, Mapping[str, Any] | None]


def check_consumer(case: Case) -> Iterator[str]:
    """Find rows that a consumer has otherwise than Oracle, though it follows its rule."""
    consumed = consume(case.history.delivered)
    for line, expected in case.expected.items():
        if TABLES[line[0]].shows_changes:
            # What is left out of an event that is ignored for its age comes with no other.
            continue
        published = [each for each in expected if not each.fate]
        if any(each.fate for each in expected[-1:]):
            # The last change of the row is a dead letter: the consumer can't know of it.
            continue
        if published and consumed.get(line) != published[-1].after:
            yield f"a consumer has another row {line[0]} {line[1]} than Oracle"


def consume(delivered: tuple[str, ...]) -> Rows:
    """Apply events in the order of their arrival: per row what is not newer is ignored."""
    newest: dict[Line, str] = {}
    rows: dict[Line, Mapping[str, Any] | None] = {}
    for text in delivered:
        detail = json.loads(text)
        line = (detail["table"], name_keys(detail["keys"]))
        sequence = detail["metadata"]["sequenceNumber"]
        if sequence <= newest.get(line, ""):
            continue
        newest[line] = sequence
        rows[line] = comparable(detail["after"])
    return rows


def check_rows(case: Case) -> Iterator[str]:
    """Find rows of Oracle that are not as who wrote them noted: then the judge knows too little."""
    for name, table in TABLES.items():
        noted = {}
        for written in sorted(case.history.written, key=lambda written: written.number):
            if written.table != name:
                continue
            if written.old is not None:
                noted.pop(tuple(str(written.old[key]) for key in table.keys), None)
            if written.new is not None:
                noted[tuple(str(written.new[key]) for key in table.keys)] = written.new["STAMP"]
        there = {}
        for row in case.history.rows[name]:
            there[tuple(str(row[key]) for key in table.keys)] = row["STAMP"]
        if noted != there:
            yield f"{name}: the rows are not those that were noted"


def check_left(case: Case) -> Iterator[str]:
    """Find change tables that are not empty."""
    for table, count in case.history.left.items():
        if count:
            yield f"{count} rows are left in the change table of {table}"


def check_quiet(case: Case) -> Iterator[str]:
    """Find changes of a table that were shipped while a person had paused it."""
    for quiet in case.history.quiets:
        count = 0
        for seen in case.in_stream:
            is_meanwhile = quiet.begin + UNDER_WAY_SECONDS < seen.at < quiet.end
            count += is_meanwhile and seen.line[0] == quiet.table
        if count:
            yield f"{count} changes of {quiet.table} were shipped while it was paused"


def check_private(case: Case) -> Iterator[str]:
    """Find what must not leave Oracle in what left it, and in what the service said."""
    yield from case.history.leaks
    in_stream = CANARY
    if case.history.rules.is_raw:
        in_stream = HIDDEN
    for record, seen in case.records:
        if seen is not None and in_stream in record.bytes.decode():
            yield f"the record of {seen.id} has what must not leave Oracle"
    for event, seen in case.events:
        if CANARY in event.detail and seen is not None:
            yield f"the event {seen.id} has what must not leave Oracle"
    for letter, _ in case.letters:
        private = CANARY if letter.is_of_processor else in_stream
        if private in letter.body or CANARY in str(letter.attributes):
            yield "a dead letter has what must not leave Oracle"
