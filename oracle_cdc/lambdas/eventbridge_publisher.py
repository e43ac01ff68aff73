"""Publishes single events, for functions of one's own beside the processor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone

from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.eventbridge.client import open_bus
from oracle_cdc.aws.eventbridge.limits import BusEntry, find_excess, find_excess_in
from oracle_cdc.aws.eventbridge.publisher import BusPublisher
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.changes.rules.errors import InvalidChange
from oracle_cdc.lambdas.container import CONTAINER


class EventPublisher:
    """Publishes to buses that are there.

    Parameters:
        session: of AWS, None for that of the container.
    """

    def __init__(self, session: AwsSession | None = None) -> None:
        self.session = session
        #: By the names of buses that were seen.
        self.publishers: dict[str, BusPublisher] = {}

    def publish(
        self, *, event_bus_name: str, source: str, detail_type: str, detail: Mapping[str, object]
    ) -> str:
        """Publish one event, and return the id that EventBridge gave it.

        Raises InvalidChange for what it does not take, BusRefused, DestinationMissing for a bus
        that is not there, and the other errors of a destination.
        """
        text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        entry = BusEntry(source, detail_type, text, datetime.now(timezone.utc))
        excess = find_excess(entry) or find_excess_in(detail)
        if excess:
            raise InvalidChange(f"the event is {excess}")
        [outcome] = self.publisher_of(event_bus_name).publish([entry])
        if outcome.error is not None:
            raise outcome.error
        assert outcome.event_id is not None, "an event that was accepted has an id"
        return outcome.event_id

    def publisher_of(self, bus: str) -> BusPublisher:
        """Return what publishes to a bus, once that was seen: any other name is accepted too."""
        if bus not in self.publishers:
            session = self.session or CONTAINER.get().processor.edges.session
            client = open_bus(session, bus)
            describe_bus(client)
            self.publishers[bus] = BusPublisher(client)
        return self.publishers[bus]


_PUBLISHER = EventPublisher()


def publish_event(
    *, event_bus_name: str, source: str, detail_type: str, detail: Mapping[str, object]
) -> str:
    """Publish one event with the container's credentials, and return its id.

    Raises as EventPublisher.publish does.
    """
    return _PUBLISHER.publish(
        event_bus_name=event_bus_name, source=source, detail_type=detail_type, detail=detail
    )
