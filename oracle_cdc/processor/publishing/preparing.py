"""A record to the event that is published: read, held to its model, redacted, measured."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.aws.eventbridge.limits import BusEntry, find_excess, find_excess_in
from oracle_cdc.changes.rules.codec import decode, encode
from oracle_cdc.changes.rules.errors import InvalidChange
from oracle_cdc.changes.rules.transforming import Transformation, Transformed
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.processor.publishing.records import Item

DETAIL_TYPE = "CDC.TableChange"


@dataclass(frozen=True)
class Preparing:
    """Makes events.

    Parameters:
        source: what events say they come from.
    """

    transformation: Transformation
    source: str

    def read(self, item: Item) -> None:
        """Read what a record says, and whose change it is. Raises ParseError."""
        # A record that says nothing is in nobody's way.
        item.key = item.record.place.sequence_number
        if item.record.fault is not None:
            raise item.record.fault
        item.change = decode(item.record.data)
        item.key = make_key(item.change)

    def make(self, item: Item, change: Change) -> Transformed:
        """Make the event of a record that was read, unless its table does not want it.

        Raises InvalidChange and TransformationFailed.
        """
        transformed = self.transformation.transform(change)
        item.change, item.is_redacted = transformed.change, True
        if not transformed.is_skipped:
            item.entry = make_entry(transformed.change, self.source)
        return transformed


def make_key(change: Change) -> str:
    """Return what the row of a change is known by among all rows."""
    return f"{change.table}|{json.dumps(change.keys, sort_keys=True)}"


def make_entry(change: Change, source: str) -> BusEntry:
    """Return the event of a change. Raises InvalidChange for one that the bus does not take."""
    try:
        detail = encode(change).decode()
    except UnicodeEncodeError:
        detail = ""
    if not detail:
        raise InvalidChange(f"{change!r} has half a character, which is no text")
    entry = BusEntry(source, DETAIL_TYPE, detail, read_time(change))
    excess = find_excess(entry) or find_excess_of(change)
    if excess:
        raise InvalidChange(f"{change!r} is {excess}")
    return entry


def find_excess_of(change: Change) -> str | None:
    """Return what of a change's values is more than the bus takes.

    Nearly all are texts, which are as long as the event allows.
    """
    for image in (change.before, change.after, change.keys):
        for value in (image or {}).values():
            if not isinstance(value, str):
                excess = find_excess_in(value)
                if excess:
                    return excess
    return None


def read_time(change: Change) -> datetime:
    """Return when a change was made. Raises InvalidChange for what is no time with a zone."""
    moment: datetime | None = None
    with suppress(ValueError):
        # Python 3.10 does not read the Z.
        moment = datetime.fromisoformat(change.timestamp.replace("Z", "+00:00"))
    if moment is None or moment.tzinfo is None:
        raise InvalidChange(f"{change!r} has no time with a zone; allowed: 2024-01-15T10:30:00Z")
    return moment
