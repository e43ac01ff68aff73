"""What came of each change: published or a dead letter, as the contract has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.chaos.changes.judge.case import Case, Seen, parse
from tests.chaos.changes.judge.expecting import Expected, partition_key
from tests.chaos.changes.judge.history import Published
from tests.chaos.changes.tables import TABLES

DIGITS = re.compile(r"\d{20}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MEMBERS = ("table", "operation", "timestamp", "before", "after", "keys", "metadata")
STREAM_CODES = ("VALIDATION_ERROR",)


def check_lost(case: Case) -> Iterator[str]:
    """Find committed changes that are neither published nor dead letters."""
    for expected in case.story.lost:
        yield f"{describe(expected)} is lost"
    for id, expected in case.story.meant.items():
        if id not in case.settled and not expected.is_skipped:
            yield f"{id}, {describe(expected)}, came to the stream and no further"


def describe(expected: Expected) -> str:
    written = expected.written
    return (
        f"{expected.operation} of {expected.table} {expected.keys} "
        f"(change {written.number} of transaction {written.transaction})"
    )


def check_strangers(case: Case) -> Iterator[str]:
    """Find what was sent and is no committed change, such as one that was rolled back."""
    undone = set()
    for written in case.history.undone:
        if written.new is not None:
            undone.add(written.new["STAMP"])
    yield from case.story.strangers
    for seen in (*case.in_stream, *case.on_bus, *case.dead):
        for image in (seen.detail.get("before"), seen.detail.get("after")):
            if image and image.get("stamp") in undone:
                yield f"{seen.id} was rolled back, and sent"


def check_fates(case: Case) -> Iterator[str]:
    """Find changes published that must not be, and dead letters that could be published."""
    published = {seen.id for seen in case.on_bus}
    dead = {seen.id for seen in case.dead}
    for id, expected in case.story.meant.items():
        if expected.fate and id in published:
            yield f"{id} must become a dead letter ({expected.fate}), and was published"
        if expected.is_skipped and id in published:
            yield f"{id} changes nothing that is published, and was published"
        if not expected.fate and id in dead:
            yield f"{id} is a dead letter, though it could be published"


def check_letters(case: Case) -> Iterator[str]:
    """Find dead letters that are not as their readers know them."""
    foreign = 0
    for letter, seen in case.letters:
        document = json.loads(letter.body)
        if set(document) != {"originalEvent", "error", "attempts", "lastAttempt"}:
            yield f"a dead letter has the members {sorted(document)}"
            continue
        code = document["error"]["code"]
        if code != letter.attributes.get("errorCode"):
            yield f"a dead letter is {code} and {letter.attributes.get('errorCode')}"
        if seen is None:
            foreign += 1
            if code != "PARSE_ERROR":
                yield f"a record that is no change became a dead letter of {code}"
            continue
        expected = case.story.meant.get(seen.id)
        if expected is not None and expected.fate and code != expected.fate:
            yield f"{seen.id} is a dead letter of {code}, not of {expected.fate}"
    if foreign < len(case.history.foreign):
        yield f"{len(case.history.foreign)} records were no changes, {foreign} are dead letters"


def check_form(case: Case) -> Iterator[str]:
    """Find records and events that are not as the contract has them."""
    for record, seen in case.records:
        if seen is None:
            continue
        yield from find_misshapen(seen)
        key = partition_key(seen.line[0], parse(record.bytes)["keys"])
        if record.key != key:
            yield f"{seen.id} has the partition key {record.key}, not {key}"
    for event, seen in case.events:
        if seen is None:
            yield f"an event is no change: {event.detail[:60]}"
            continue
        yield from find_misshapen(seen)
        yield from find_misaddressed(case, event, seen)


def find_misshapen(seen: Seen) -> Iterator[str]:
    """Yield what in a change is not as it must be."""
    detail: Mapping[str, Any] = seen.detail
    table = TABLES[seen.line[0]]
    if tuple(detail) != MEMBERS:
        yield f"{seen.id} has the members {list(detail)}"
    if not DIGITS.fullmatch(seen.sequence) or not TIME.fullmatch(detail["timestamp"]):
        yield f"{seen.id}: {seen.sequence} or {detail['timestamp']} is not as it must be"
    if not re.fullmatch(f"{table.name}-{seen.sequence}(-[DI])?", seen.id):
        yield f"{seen.id} is the id of change {seen.sequence}"
    metadata = detail["metadata"]
    event_type = table.transformer.get("eventType", f"{table.name}.changed")
    if metadata["eventType"] != event_type or metadata["version"] != "1.0":
        yield f"{seen.id} is {metadata['eventType']} {metadata['version']}"


def find_misaddressed(case: Case, event: Published, seen: Seen) -> Iterator[str]:
    """Yield what of an event's envelope is not as it must be."""
    if event.is_dropped:
        yield f"{seen.id} was published while there was no bus"
    rules = case.history.rules
    address = (event.bus, event.source, event.detail_type)
    if address != (rules.bus, rules.source, "CDC.TableChange"):
        yield f"{seen.id} was published as {address}"


def check_transactions(case: Case) -> Iterator[str]:
    """Find changes of one transaction that don't say so, and others that do."""
    names: dict[int, str] = {}
    for seen in case.on_bus:
        expected = case.story.meant.get(seen.id)
        if expected is None:
            continue
        name = seen.detail["metadata"]["transactionId"]
        known = names.setdefault(expected.written.transaction, name)
        if known != name:
            yield f"{seen.id} is of transaction {name}, another of its changes of {known}"
    if len(set(names.values())) < len(names):
        yield f"{len(names)} transactions have {len(set(names.values()))} names"
