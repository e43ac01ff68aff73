"""What publishes, on a bus of its own, with a queue of dead letters in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import cache
from typing import Any

from awslite.cloud import Cloud
from awslite.faults import Fault, read_fault
from oracle_cdc.aws.eventbridge.client import open_bus
from oracle_cdc.aws.eventbridge.publisher import BusPublisher
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.errors import SqsUnavailable
from oracle_cdc.processor.publishing.dead_letter_writer import DeadLetterWriter
from oracle_cdc.processor.publishing.preparing import Preparing
from oracle_cdc.processor.publishing.processing import Processing
from oracle_cdc.processor.publishing.records import Lot, Received, Verdict, make_lot
from oracle_cdc.processor.publishing.requests import Requests
from oracle_cdc.processor.publishing.tries import Tries
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.workers import Workers
from tests.awsplaces import connect, make_name, make_session
from tests.changes.changefixtures import make_change, make_transformation

#: When dead letters are written.
NOW = datetime(2024, 1, 15, 10, 35, tzinfo=timezone.utc)
MOST_BYTES = 262_144


@cache
def session_to(url: str) -> AwsSession:
    return make_session(url)


class MemoryQueue:
    """A queue of dead letters that can be down."""

    def __init__(self) -> None:
        self.max_bytes = MOST_BYTES
        self.is_down = False
        self.letters: list[tuple[dict[str, Any], Mapping[str, str]]] = []

    def send(self, document: str, attributes: Mapping[str, str]) -> None:
        if self.is_down:
            raise SqsUnavailable("the queue of dead letters is down")
        self.letters.append((json.loads(document), attributes))

    @property
    def codes(self) -> list[str]:
        return [letter["error"]["code"] for letter, _ in self.letters]


class Clock:
    """Goes on only as somebody rests."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.rests: list[float] = []

    def __call__(self) -> float:
        return self.now

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


class Publishing:
    """All that publishes.

    Parameters:
        transformation: of the tables that are published.
    """

    def __init__(
        self,
        cloud: Cloud,
        transformation: Transformation | None = None,
        *,
        most_tries: int = 3,
        keeps_event: bool = True,
        failures: int = 1000,
    ) -> None:
        self.cloud = cloud
        self.bus = make_name("bus")
        connect("events", cloud.url).create_event_bus(Name=self.bus)
        self.queue = MemoryQueue()
        self.clock = Clock()
        self.progress = Progress(self.clock)
        self.breaker = Breaker(name="bus", failures=failures, probe_seconds=5, clock=self.clock)
        self.requests = Requests(
            BusPublisher(open_bus(session_to(cloud.url), self.bus)),
            Workers(4, "put-events"),
            self.breaker,
            clock=self.clock,
        )
        self.letters = DeadLetterWriter(
            self.queue,
            self.progress,
            RepeatLimiter(),
            keeps_event=keeps_event,
            now=lambda: NOW,
        )
        self.processing = Processing(
            Preparing(transformation or make_transformation(), "cdc-pipeline"),
            self.requests,
            self.letters,
            Tries(most_tries, Doubling(0.1, 5.0), uniform=lambda low, high: high),
            progress=self.progress,
            rest=self.clock.rest,
            clock=self.clock,
        )

    def process(self, *records: Received) -> Verdict:
        return self.processing.process(make_lot(records))

    def go_on(self, lot: Lot) -> Verdict:
        return self.processing.process(lot)

    def order(self, **fault: Any) -> Fault:
        """Let something happen to requests, as awslite's faults have it."""
        made = read_fault({"action": "PutEvents", **fault})
        self.cloud.faults.order(made)
        return made

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return what the bus took, as it delivers it."""
        with self.cloud.lock:
            bus = self.cloud.buses.buses[self.bus]
            return [accepted.envelope for accepted in bus.accepted]

    @property
    def published(self) -> list[str]:
        """Return the last digits of the numbers of what the bus took, in its order."""
        return [event["detail"]["metadata"]["sequenceNumber"][-3:] for event in self.events]

    @property
    def request_count(self) -> int:
        return self.cloud.requests["PutEvents"]


def record_of(data: bytes, number: int = 1) -> Received:
    """Return a record of the stream."""
    return Received(Place("stream", "shardId-000000000000", f"{49_000 + number}"), data)


def record(number: int, row: int, **more: object) -> Received:
    """Return the record of an inserted row, which is the number-th record of its shard."""
    change = make_change(None, {"id": row, **more}, number=number, keys={"id": row})
    return record_of(encode(change), number)


def records_of(changes: Sequence[Change]) -> list[Received]:
    return [record_of(encode(change), number) for number, change in enumerate(changes, 1)]
