"""A record to the event that is published: read, held to its model, redacted, measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from math import isfinite
from typing import TypeVar

from oracle_cdc.aws.eventbridge.limits import BusEntry, find_excess, find_excess_in
from oracle_cdc.changes.rules.codec import decode, encode
from oracle_cdc.changes.rules.errors import (
    ChangeRefused,
    InvalidChange,
    ParseError,
    TransformationFailed,
)
from oracle_cdc.changes.rules.transforming import Transformation, Transformed
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.instants import read_instant
from oracle_cdc.processor.publishing.records import Item

DETAIL_TYPE = "CDC.TableChange"
#: Equal keys are equal texts.
ENCODER = json.JSONEncoder(sort_keys=True)
Result = TypeVar("Result")


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
        refuse(ParseError, f"{item.record!r} can't be read", partial(self.read_change, item))

    def read_change(self, item: Item) -> None:
        change = decode(item.record.data)
        item.key = make_key(change)
        item.change = change

    def make(self, item: Item, change: Change) -> Transformed:
        """Make the event of a record that was read, unless its table does not want it.

        Raises InvalidChange and TransformationFailed.
        """
        words = f"{item.record!r} can't be made an event"
        return refuse(TransformationFailed, words, partial(self.make_event, item, change))

    def make_event(self, item: Item, change: Change) -> Transformed:
        transformed = self.transformation.transform(change)
        # Before the event is made: what the bus can't take leaves as a dead letter.
        item.change, item.is_redacted = transformed.change, True
        if not transformed.is_skipped:
            item.entry = make_entry(transformed.change, self.source)
        return transformed


def refuse(kind: type[ChangeRefused], words: str, step: Callable[[], Result]) -> Result:
    """Return what a step returns. Raises ChangeRefused, whatever else it raises.

    No record may stop those behind it, and no error that may quote it is chained.
    """
    try:
        return step()
    except ChangeRefused:
        raise
    except Exception as error:
        failure = type(error).__name__
    raise kind(f"{words}: {failure}")


def make_key(change: Change) -> str:
    """Return what the row of a change is known by among all rows."""
    return f"{change.table}|{ENCODER.encode(change.keys)}"


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
            if value is None or isinstance(value, str):
                continue
            if isinstance(value, float) and not isfinite(value):
                return "a number for which JSON has no form"
            excess = find_excess_in(value)
            if excess:
                return excess
    return None


def read_time(change: Change) -> datetime:
    """Return when a change was made. Raises InvalidChange for what is no time with a zone."""
    try:
        moment = read_instant(change.timestamp)
        # As it is sent: near the first year that has no time.
        moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise InvalidChange(
            f"{change!r} has no time with a zone; allowed: 2024-01-15T10:30:00Z"
        ) from None
    return moment
