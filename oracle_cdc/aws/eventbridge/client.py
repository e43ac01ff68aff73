"""The way to a bus of EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

    BusClient: TypeAlias = ServiceClient[EventBridgeClient]

EVENTBRIDGE = Service(
    name="events",
    title="EventBridge",
    place="this bus",
    setting="EVENT_BUS_NAME",
    errors=DESTINATION,
)


def open_bus(session: AwsSession, name: str, *, calling: Calling = unwatched) -> BusClient:
    """Return the client of a bus, by its name. Nothing is asked yet."""
    return ServiceClient(session, EVENTBRIDGE, name, calling=calling)
