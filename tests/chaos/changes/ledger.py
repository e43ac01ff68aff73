"""What AWS accepted, in the one order in which it did, and AWS's stand-ins that write it down."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection
from typing import Any

from awslite.cloud import Cloud
from awslite.treatment import Request, Treatment
from standins.queues import Message, Queue
from standins.queueserver import Queues
from tests.chaos.changes.judge.history import Kept, Letter, Published, Record
from tests.chaos.changes.plan import CHECKPOINTS, DEAD_LETTERS

Document = dict[str, Any]


class Ledger:
    """Everything that was accepted."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.records: list[Record] = []
        self.published: list[Published] = []
        self.letters: list[Letter] = []
        self.kept: list[Kept] = []

    def note_records(self, request: Request, answer: Document) -> None:
        """Note what a stream took, also of one record that somebody put by itself."""
        entries = request.document.get("Records", [request.document])
        results = answer.get("Records", [answer])
        for entry, result in zip(entries, results, strict=True):
            if "SequenceNumber" in result:
                self.records.append(
                    Record(
                        next(self.numbers),
                        time.time(),
                        result["ShardId"],
                        int(result["SequenceNumber"]),
                        entry["PartitionKey"],
                        entry["Data"],
                        request.sender,
                    )
                )

    def note_events(self, request: Request, answer: Document, buses: Collection[str]) -> None:
        """Note what was accepted, also what no bus has. buses: those that are there."""
        entries = request.document["Entries"]
        for entry, result in zip(entries, answer["Entries"], strict=True):
            if "EventId" in result:
                self.published.append(
                    Published(
                        next(self.numbers),
                        time.time(),
                        entry["EventBusName"],
                        entry["Source"],
                        entry["DetailType"],
                        entry["Detail"],
                        float(entry.get("Time", 0)),
                        request.sender,
                        is_dropped=entry["EventBusName"] not in buses,
                    )
                )

    def note_item(self, request: Request, item: Document) -> None:
        """Note a lease as it is after a write."""
        self.kept.append(
            Kept(
                next(self.numbers),
                time.time(),
                item["shard"]["S"].partition("#")[2],
                int(item["sequence"]["S"]),
                item["status"]["S"],
                item.get("leaseOwner", {}).get("S", ""),
                request.sender,
            )
        )


class WitnessedCloud(Cloud):
    """Writes down what it accepts, whatever becomes of the answer."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger

    def carry_out(self, request: Request, treatment: Treatment) -> Document:
        answer = super().carry_out(request, treatment)
        if request.action in ("PutRecords", "PutRecord"):
            self.ledger.note_records(request, answer)
        elif request.action == "PutEvents":
            self.ledger.note_events(request, answer, self.buses.buses)
        elif request.action in ("UpdateItem", "PutItem"):
            self.note_write(request)
        return answer

    def note_write(self, request: Request) -> None:
        document = request.document
        if document["TableName"] != CHECKPOINTS:
            return
        table = self.tables.find(document)
        key = document.get("Key")
        if key is None:
            key = table.only_key(document["Item"])
        self.ledger.note_item(request, table.items[table.key_of(key)])


class WitnessedQueues(Queues):
    """Writes down the dead letters that it accepts."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger

    def take(self, queue: Queue, entry: Document, request: Request) -> Message:
        message = super().take(queue, entry, request)
        if queue.name != DEAD_LETTERS:
            return message
        attributes = {}
        for name, value in entry.get("MessageAttributes", {}).items():
            attributes[name] = str(value["StringValue"])
        self.ledger.letters.append(
            Letter(
                next(self.ledger.numbers),
                time.time(),
                str(entry["MessageBody"]),
                attributes,
                request.sender,
            )
        )
        return message
