"""Records of Kinesis, as the processor and its function of AWS Lambda take them."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from oracle_cdc.changes.rules.codec import decode, encode
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.changes.rules.documents import NoDocument, read_document, write_document
from oracle_cdc.changes.rules.errors import ParseError
from oracle_cdc.changes.rules.values import Change, Metadata, Operation
from oracle_cdc.lambdas.kinesis_parser import read_records
from oracle_cdc.model import ReceivedMessage
from oracle_cdc.processor.publishing.dead_letter_writer import DeadLetterWriter
from oracle_cdc.processor.publishing.preparing import Preparing
from oracle_cdc.processor.publishing.processing import Processing
from oracle_cdc.processor.publishing.records import Item, make_lot
from oracle_cdc.processor.publishing.requests import Sent
from oracle_cdc.processor.publishing.tries import Tries
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Doubling
from tests.changes.changefixtures import make_transformation
from tests.fuzz.decoders import Take

WORDS = (
    b'"table":"users"',
    b'"operation":"UPDATE"',
    b'"timestamp":"2024-01-15T10:30:00Z"',
    b'"before":{',
    b'"after":{',
    b'"keys":{"id":1}',
    b'"metadata":{"transactionId":"t","sequenceNumber":"1","eventId":"e"}',
    b'"profile":"{\\"email\\":\\"a@b.c\\"}"',
    b"1e400",
    b"\\ud800",
    b"NaN",
)
PLACE = Place("stream", "shardId-000000000000", "49000")
CHANGE = Change(
    "users",
    Operation.UPDATE,
    "2024-01-15T10:30:00Z",
    {"id": 1, "name": "Dani", "status": "new", "ssn": "123-45-6789", "email": "a@b.co"},
    {"id": 1, "name": "Dani", "status": "old", "profile": '{"email":"a@b.co","n":1.50}'},
    {"id": 1},
    Metadata("t-1", "49000", "e-1", None, False),
)


class Bus:
    """A bus that takes everything that is JSON."""

    def __init__(self) -> None:
        self.events = 0

    def send(self, items: Iterable[Item]) -> Iterator[Sent]:
        for item in items:
            assert item.entry is not None
            json.loads(item.entry.detail, parse_constant=refuse)
            self.events += 1
            yield Sent(item, None)


class Queue:
    """A queue of dead letters that takes everything that is JSON, and keeps the last one."""

    max_bytes = 262_144

    def __init__(self) -> None:
        self.letters: list[Mapping[str, object]] = []

    def send(self, document: str, attributes: Mapping[str, str]) -> str:
        for value in attributes.values():
            value.encode()
        self.letters.append(json.loads(document, parse_constant=refuse))
        return "m-2"

    def delete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Forget messages."""


class Publishing:
    """All that publishes, to a bus and a queue in memory."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.queue = Queue()
        self.now = 0.0
        progress = Progress(lambda: self.now)
        self.processing = Processing(
            Preparing(make_transformation(), "cdc-pipeline"),
            self.bus,  # type: ignore[arg-type]
            DeadLetterWriter(self.queue, progress, RepeatLimiter()),
            Tries(2, Doubling(0.1, 5.0), uniform=lambda low, high: high),
            progress=progress,
            rest=self.rest,
            clock=lambda: self.now,
        )

    def rest(self, seconds: float) -> None:
        self.now += seconds


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def seeds() -> Sequence[bytes]:
    whole = encode(CHANGE)
    beat = CHANGE._replace(table="cdc_heartbeat")
    return [whole, b"[" * 500, b'{"a":' * 500, whole.replace(b"UPDATE", b"DELETE"), encode(beat)]


@contextmanager
def opened() -> Iterator[Take]:
    logging.disable(logging.CRITICAL)
    try:
        yield take
    finally:
        logging.disable(logging.NOTSET)


def take(data: bytes) -> None:
    """Publish a record, or make it a dead letter that has all of its bytes."""
    read_again(data)
    read_text(data)
    publishing = Publishing()
    event = {"eventID": "shardId-0:49000", "kinesis": {"data": base64.b64encode(data).decode()}}
    damaged = {"eventID": "shardId-0:49001", "kinesis": {"data": data.decode("latin-1")}}
    records = read_records([event, damaged])
    came = [record.data for record in records]
    verdict = publishing.processing.process(make_lot(records))
    assert not verdict.unsettled
    for letter in publishing.queue.letters:
        original = letter["originalEvent"]
        assert isinstance(original, dict)
        if letter["error"]["code"] == "PARSE_ERROR" and "raw" in original:  # type: ignore[index]
            assert base64.b64decode(original["raw"]) in came


def read_again(data: bytes) -> None:
    """Check that a change that can be read and written is read as the same change again."""
    with suppress(ParseError, UnicodeEncodeError):
        change = decode(data)
        written = encode(change)
        if b"Infinity" not in written:
            assert decode(written) == change


def read_text(data: bytes) -> None:
    """Check that JSON in a column of text is written as it was read."""
    with suppress(NoDocument):
        document = read_document(data.decode("utf-8", "replace"))
        assert read_document(write_document(document)) == document
