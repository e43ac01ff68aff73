"""Rows to events to their outcomes: what is accepted, what is set aside, what has to wait."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from oracle_cdc.errors import CdcError, DestinationUnavailable, EventRefused
from oracle_cdc.relay.seams import Destination
from oracle_cdc.relay.values import Event, Outcome, Row, SetAside

logger = logging.getLogger(__name__)

Encode = Callable[[Row], Event]


@dataclass
class Delivered:
    """What became of some rows.

    Parameters:
        handled: the keys of those that are accepted or to be set aside.
        published: how many are accepted now, and were not before.
        repeats: how many the destination knew.
        error: why the others wait.
    """

    handled: set[str] = field(default_factory=set)
    aside: list[SetAside] = field(default_factory=list)
    published: int = 0
    repeats: int = 0
    error: CdcError | None = None


class Delivery:
    """Sends rows, and tries again what is refused.

    Parameters:
        encode: raises EventRefused for a row that no event can be made of.
        max_retries: how often a refused event is tried again before it is set aside.
        rest: waits before the next try, for the number of failures before.
    """

    def __init__(
        self,
        destination: Destination,
        encode: Encode,
        *,
        max_retries: int,
        rest: Callable[[int], object],
    ) -> None:
        self.destination = destination
        self.encode = encode
        self.max_retries = max_retries
        self.rest = rest

    def deliver(self, rows: Iterable[Row]) -> Delivered:
        """Send rows, and return what became of them.

        Raises what kept the destination from taking anything at all.
        """
        delivered = Delivered()
        pending = self.encode_all(rows, delivered)
        tries = 0
        while pending:
            tries += 1
            refused = self.send(pending, delivered)
            if delivered.error is not None:
                break
            if tries > self.max_retries:
                for outcome in refused:
                    put_aside(outcome.event.row, outcome.error, tries, delivered)
                break
            pending = [outcome.event for outcome in refused]
            if pending:
                self.rest(tries - 1)
        return delivered

    def encode_all(self, rows: Iterable[Row], delivered: Delivered) -> list[Event]:
        """Return the events of rows. A row that none can be made of is set aside."""
        events = []
        for row in rows:
            try:
                events.append(self.encode(row))
            except EventRefused as error:
                put_aside(row, error, 0, delivered)
        return events

    def send(self, events: Sequence[Event], delivered: Delivered) -> list[Outcome]:
        """Send events, note what is accepted, and return what is refused.

        What had no answer, or failed for the destination's sake, is neither: it waits, and the
        error says why.
        """
        refused = []
        for outcome in self.destination.send(events):
            if outcome.receipt is not None:
                delivered.handled.add(outcome.event.row.key)
                delivered.published += not outcome.is_repeat
                delivered.repeats += outcome.is_repeat
            elif isinstance(outcome.error, EventRefused):
                refused.append(outcome)
            else:
                delivered.error = outcome.error or DestinationUnavailable("no answer to an event")
        return refused


def put_aside(row: Row, error: CdcError | None, attempts: int, delivered: Delivered) -> None:
    """Note a row that can't be sent, and why."""
    delivered.aside.append(SetAside(row.key, row.time, str(error), attempts))
    delivered.handled.add(row.key)
