"""The way to a bus of EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION, Answer, Call
from oracle_cdc.changes.rules.errors import BusRefused
from oracle_cdc.errors import CdcError
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

    BusClient: TypeAlias = ServiceClient[EventBridgeClient]

#: Of a request that is too large: "Total size of the entries in the request is over the limit."
SIZE_CODE, SIZE_WORD, SIZE_STATUS = "ValidationException", "total size", 413


class EventsTooLarge(BusRefused):
    """The events of a request are larger together than a bus takes in its region."""


def sort_own(call: Call, answer: Answer) -> CdcError | None:
    """Sort what EventBridge says of the size of a request, which no other service says so."""
    is_size = answer.code == SIZE_CODE and SIZE_WORD in answer.message.lower()
    if is_size or answer.status == SIZE_STATUS:
        return EventsTooLarge(f"{call.describe(answer)}; larger than this region takes")
    return None


EVENTBRIDGE = Service(
    name="events",
    title="EventBridge",
    place="this bus",
    setting="EVENT_BUS_NAME",
    errors=DESTINATION,
    own=sort_own,
)


def open_bus(session: AwsSession, name: str, *, calling: Calling = unwatched) -> BusClient:
    """Return the client of a bus, by its name. Nothing is asked yet."""
    return ServiceClient(session, EVENTBRIDGE, name, calling=calling)
