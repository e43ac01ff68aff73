"""A round as a case: who saw which change where, and which changes those are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from tests.chaos.changes.judge.expecting import Expected, expect, name_keys, redact
from tests.chaos.changes.judge.history import History, Letter, Published, Record

ADDED = "extra"
#: A table and the keys of a row, as text.
Line = tuple[str, str]


class Seen(NamedTuple):
    """A change as it was seen somewhere.

    Parameters:
        number: when it was accepted, among all that was.
        detail: None where nothing but its place is left of it.
    """

    id: str
    sequence: str
    line: Line
    number: int
    at: float
    sender: str
    detail: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, str]:
        """Return where it stands among the changes of its row."""
        return int(self.sequence), self.id.rpartition("-")[2]

    @property
    def is_snapshot(self) -> bool:
        return self.detail["metadata"].get("snapshot") is True


class Story(NamedTuple):
    """What became of the changes of all rows.

    Parameters:
        meant: eventId -> the change that it is.
        lost: changes that nobody saw.
        strangers: what was seen and is no change.
    """

    meant: Mapping[str, Expected]
    lost: Sequence[Expected]
    strangers: Sequence[str]


class Case:
    """What all checks look at."""

    def __init__(self, history: History) -> None:
        self.history = history

    @cached_property
    def records(self) -> Sequence[tuple[Record, Seen | None]]:
        """Return what the stream took, each with the change that it is, if it is one."""
        found = []
        for record in self.history.records:
            found.append((record, self.as_published(read(record, parse(record.bytes)))))
        return found

    def as_published(self, seen: Seen | None) -> Seen | None:
        """Return what stands in the stream as it must be published."""
        if seen is None or not self.history.rules.is_raw:
            return seen
        detail = redact(seen.detail)
        return seen._replace(line=(seen.line[0], name_keys(detail["keys"])), detail=detail)

    @cached_property
    def in_stream(self) -> Sequence[Seen]:
        return [seen for _, seen in self.records if seen is not None]

    @cached_property
    def events(self) -> Sequence[tuple[Published, Seen | None]]:
        found = []
        for event in self.history.published:
            found.append((event, read(event, parse(event.detail.encode()))))
        return found

    @cached_property
    def on_bus(self) -> Sequence[Seen]:
        return [seen for _, seen in self.events if seen is not None]

    @cached_property
    def letters(self) -> Sequence[tuple[Letter, Seen | None]]:
        found = []
        for letter in self.history.letters:
            seen = read(letter, json.loads(letter.body)["originalEvent"])
            if not letter.is_of_processor:
                seen = self.as_published(seen)
            found.append((letter, seen))
        return found

    @cached_property
    def dead(self) -> Sequence[Seen]:
        return [seen for _, seen in self.letters if seen is not None]

    @cached_property
    def expected(self) -> Mapping[Line, Sequence[Expected]]:
        """Return what must come of each row, in order."""
        lines: dict[Line, list[Expected]] = defaultdict(list)
        for written in sorted(self.history.written, key=lambda written: written.number):
            for each in expect(written):
                lines[each.table, each.keys].append(each)
        return lines

    @cached_property
    def story(self) -> Story:
        """Return what became of each change."""
        seen: dict[Line, dict[str, Seen]] = defaultdict(dict)
        for each in (*self.in_stream, *self.on_bus, *self.dead):
            seen[each.line].setdefault(each.id, each)
        meant: dict[str, Expected] = {}
        lost: list[Expected] = []
        strangers: list[str] = []
        for line in self.expected.keys() | seen.keys():
            chain = Chain(self.expected.get(line, ()))
            for each in sorted(seen[line].values(), key=lambda each: each.order):
                strangers += chain.take(each)
            meant |= chain.meant
            lost += chain.missing()
        return Story(meant, lost, strangers)

    @cached_property
    def skipped(self) -> Collection[str]:
        """Return the changes that come no further than the stream."""
        return {id for id, expected in self.story.meant.items() if expected.is_skipped}

    @cached_property
    def settled(self) -> Mapping[str, int]:
        """Return when each change was first accepted by the bus or the dead letters."""
        found: dict[str, int] = {}
        for each in (*self.on_bus, *self.dead):
            found[each.id] = min(each.number, found.get(each.id, each.number))
        return found


class Chain:
    """The changes of one row, and what was seen of them."""

    def __init__(self, expected: Sequence[Expected]) -> None:
        self.expected = expected
        self.place = 0
        self.lost: list[Expected] = []
        self.meant: dict[str, Expected] = {}

    def take(self, seen: Seen) -> Iterator[str]:
        """Find the change that was seen: the next one, or a later one where some are missing."""
        if seen.is_snapshot:
            yield from self.take_snapshot(seen)
            return
        for place in range(self.place, len(self.expected)):
            if is_same(self.expected[place], seen):
                self.lost += self.expected[self.place : place]
                self.meant[seen.id] = self.expected[place]
                self.place = place + 1
                return
        yield f"{seen.id} ({seen.detail['operation']} of {seen.line[1]}) is no change of its row"

    def take_snapshot(self, seen: Seen) -> Iterator[str]:
        """Hold a snapshot to the row as the change before it left it."""
        before = None
        if self.place:
            before = self.expected[self.place - 1].row
        if "after" in seen.detail and comparable(seen.detail["after"]) != before:
            yield f"{seen.id} is a snapshot of {seen.line[1]} as it was not"

    def missing(self) -> Sequence[Expected]:
        missing = [*self.lost, *self.expected[self.place :]]
        return [each for each in missing if not each.is_skipped]


def is_same(expected: Expected, seen: Seen) -> bool:
    """Return whether what was seen says what is expected, as far as it says anything."""
    detail = seen.detail
    if detail["operation"] != expected.operation:
        return False
    if "before" not in detail:
        return True
    images = comparable(detail["before"]), comparable(detail["after"])
    return images == (expected.before, expected.after)


def comparable(image: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return an image with its document read: the order of members is nobody's.

    A column that was added has no value in what was written before.
    """
    if image is None:
        return None
    image = {name: value for name, value in image.items() if name != ADDED or value is not None}
    if not isinstance(image.get("profile"), str):
        return image
    try:
        return {**image, "profile": json.loads(image["profile"])}
    except ValueError:
        return image


def parse(data: bytes) -> Any:
    """Return what JSON says, None for what is none."""
    try:
        return json.loads(data)
    except ValueError:
        return None


def read(taken: Record | Published | Letter, detail: Any) -> Seen | None:
    """Return a change as it was seen, None for what is no change."""
    if not isinstance(detail, dict) or "keys" not in detail or "metadata" not in detail:
        return None
    metadata = detail["metadata"]
    line = (str(detail["table"]), name_keys(detail["keys"]))
    return Seen(
        str(metadata["eventId"]),
        str(metadata["sequenceNumber"]),
        line,
        taken.number,
        taken.at,
        taken.sender,
        detail,
    )
