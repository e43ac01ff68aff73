"""The event buses of an account, with the events that each took, in their order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import NamedTuple
from uuid import UUID

from awslite.account import ACCOUNT
from awslite.clock import Clock
from awslite.eventbridge.delivery import Delivery
from awslite.eventbridge.entries import Unacceptable, check_entry, size_of
from awslite.limits import Limits
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request, Treatment

MOST_ENTRIES = 10
DEFAULT_BUS = "default"
#: Codes of entries that may be sent again, beside those that are final.
MESSAGES = {
    "InternalFailure": "Internal failure.",
    "ThrottlingException": "Rate exceeded.",
}


class Accepted(NamedTuple):
    """An event that a bus took, in the envelope that EventBridge delivers.

    sender: the access key that signed its request. at: in seconds since 1970.
    """

    envelope: Document
    sender: str
    request_id: str
    at: float


@dataclass
class Bus:
    """A bus, with what it took and what it delivers of it."""

    name: str
    arn: str
    created_at: float
    delivery: Delivery
    accepted: list[Accepted] = field(default_factory=list)


class Buses:
    """All buses of an account. Events to a bus that is not there are accepted and dropped."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.buses: dict[str, Bus] = {}
        #: How many events went to buses that are not there.
        self.dropped_count = 0
        self._chance = random.Random()

    def create(self, request: Request) -> Document:
        name = request.document["Name"]
        if name in self.buses or name == DEFAULT_BUS:
            raise Refused("ResourceAlreadyExistsException", f"Event bus {name} already exists.")
        bus = self._make(name, request.region)
        return {"EventBusArn": bus.arn}

    def describe(self, request: Request) -> Document:
        name = name_of(request.document.get("Name") or DEFAULT_BUS)
        bus = self.find(name, request.region)
        if bus is None:
            raise Refused("ResourceNotFoundException", f"Event bus {name} does not exist.")
        return {"Name": bus.name, "Arn": bus.arn, "CreationTime": bus.created_at}

    def delete(self, request: Request) -> Document:
        self.buses.pop(name_of(request.document["Name"]), None)
        return {}

    def put_events(self, request: Request, treatment: Treatment) -> Document:
        entries = request.document["Entries"]
        check_request(entries, self.limits.event_bytes)
        results, failed_count = [], 0
        for position, entry in enumerate(entries):
            try:
                refuse_ordered(treatment, position, entry)
                results.append({"EventId": self.put_event(entry, request)})
            except Unacceptable as refused:
                results.append({"ErrorCode": refused.code, "ErrorMessage": refused.message})
                failed_count += 1
        return {"FailedEntryCount": failed_count, "Entries": results}

    def put_event(self, entry: Document, request: Request) -> str:
        """Add an event to its bus, and return its id. Raises Unacceptable."""
        detail = check_entry(entry)
        at = self.clock()
        event_id = str(UUID(int=self._chance.getrandbits(128), version=4))
        bus = self.find(name_of(entry.get("EventBusName") or DEFAULT_BUS), request.region)
        if bus is None:
            self.dropped_count += 1
            return event_id
        envelope = {
            "version": "0",
            "id": event_id,
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": ACCOUNT,
            "time": write_time(entry.get("Time", at)),
            "region": request.region,
            "resources": list(entry.get("Resources") or ()),
            "detail": detail,
        }
        bus.delivery.add(envelope, at)
        bus.accepted.append(Accepted(envelope, request.sender, request.request_id, at))
        return event_id

    def find(self, name: str, region: str) -> Bus | None:
        """Return a bus, or None where there is none. The default bus is always there."""
        if name == DEFAULT_BUS and name not in self.buses:
            return self._make(name, region)
        return self.buses.get(name)

    def _make(self, name: str, region: str) -> Bus:
        arn = f"arn:aws:events:{region}:{ACCOUNT}:event-bus/{name}"
        self.buses[name] = Bus(name, arn, self.clock(), Delivery(self.limits, random.Random(name)))
        return self.buses[name]


def check_request(entries: list[Document], too_many_bytes: int) -> None:
    """Raise Refused for a request that is refused as a whole.

    too_many_bytes: the entries together must have fewer, by the documentation.
    """
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise invalid(
            "1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to"
            f" satisfy constraint: Member must have length less than or equal to {MOST_ENTRIES}"
        )
    if sum(map(size_of, entries)) >= too_many_bytes:
        raise invalid("Total size of the entries in the request is over the limit.")


def refuse_ordered(treatment: Treatment, position: int, entry: Document) -> None:
    """Raise Unacceptable for an entry that a test wants to fail."""
    code = treatment.code_for(position, entry.get("DetailType", ""), entry.get("Detail", ""))
    if code is not None:
        raise Unacceptable(code, MESSAGES.get(code, "By order of a test."))


def name_of(name_or_arn: str) -> str:
    """Return the name of a bus that is given by its name or its ARN."""
    if name_or_arn.startswith("arn:"):
        return name_or_arn.rpartition("event-bus/")[2]
    return name_or_arn


def write_time(seconds: float) -> str:
    """Return a moment as EventBridge writes it: whole seconds of UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
