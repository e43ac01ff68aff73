"""Queues as SQS keeps them, in memory: visibility, receipts, FIFO groups and deduplication."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from awslite.refusals import Refused
from standins.queuelimits import check_hidden, check_message

DEDUPLICATION_SECONDS = 300.0
DEFAULT_ATTRIBUTES = {
    "VisibilityTimeout": "30",
    "MessageRetentionPeriod": "1209600",
    "MaximumMessageSize": "1048576",
}


@dataclass
class Message:
    """One accepted message.

    visible_at, received_at: on the monotonic clock.
    receipts: what each receive gave out.
    """

    message_id: str
    body: str
    attributes: Mapping[str, Any]
    sent_ms: int
    group_id: str | None = None
    deduplication_id: str | None = None
    visible_at: float = 0.0
    received_at: float = 0.0
    receive_count: int = 0
    receipts: set[str] = field(default_factory=set)

    @property
    def digest(self) -> str:
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class Queue:
    """One queue.

    Its methods are called under the lock of `changed`, which is notified when something comes.
    """

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = {**DEFAULT_ATTRIBUTES, **attributes}
        self.changed = threading.Condition()
        self.messages: dict[str, Message] = {}
        self.recent: dict[str, tuple[float, Message]] = {}
        self.numbers = itertools.count(1)

    @property
    def is_fifo(self) -> bool:
        return self.name.endswith(".fifo")

    def send(self, entry: Mapping[str, Any]) -> tuple[Message, bool]:
        """Take a message, and return it and whether it is new.

        FIFO drops one that is not, and the message that it repeats is returned.
        """
        check_message(entry, int(self.attributes["MaximumMessageSize"]))
        group, deduplication = entry.get("MessageGroupId"), entry.get("MessageDeduplicationId")
        if self.is_fifo and not group:
            raise Refused(
                "MissingParameter", "The request must contain the parameter MessageGroupId."
            )
        if self.is_fifo and not deduplication:
            raise Refused(
                "InvalidParameterValue", "The queue should have ContentBasedDeduplication enabled"
            )
        repeated = self.find_repeated(str(deduplication))
        if repeated:
            return repeated, False
        message = Message(
            f"{self.name}-{next(self.numbers)}",
            str(entry["MessageBody"]),
            entry.get("MessageAttributes", {}),
            int(time.time() * 1000),
            group,
            deduplication,
        )
        self.messages[message.message_id] = message
        if self.is_fifo:
            self.recent[str(deduplication)] = (time.monotonic(), message)
        return message, True

    def find_repeated(self, deduplication_id: str) -> Message | None:
        """Return the message of the last five minutes that had this id in a FIFO queue."""
        known = self.recent.get(deduplication_id)
        if known and time.monotonic() - known[0] < DEDUPLICATION_SECONDS:
            return known[1]
        return None

    def visible(self, limit: int) -> list[Message]:
        """Return what may be received now: nothing of a FIFO group that has a message in flight."""
        now = time.monotonic()
        groups_in_flight = set()
        if self.is_fifo:
            for message in self.messages.values():
                if message.visible_at > now:
                    groups_in_flight.add(message.group_id)
        found: list[Message] = []
        for message in self.messages.values():
            if len(found) == limit:
                break
            if message.visible_at <= now and message.group_id not in groups_in_flight:
                found.append(message)
        return found

    def receive(
        self, messages: Sequence[Message], visibility_seconds: float
    ) -> list[tuple[Message, str]]:
        """Hide messages and give out receipts."""
        received = []
        for message in messages:
            receipt = f"{message.message_id}/{next(self.numbers)}"
            message.receive_count += 1
            message.receipts.add(receipt)
            message.received_at = time.monotonic()
            message.visible_at = message.received_at + visibility_seconds
            received.append((message, receipt))
        return received

    def find(self, receipt: str) -> Message | None:
        """Return the message of a receipt, or None when it is deleted already."""
        message = self.messages.get(receipt.rpartition("/")[0])
        if "/" not in receipt:
            raise Refused(
                "ReceiptHandleIsInvalid", "The input receipt handle is not a valid receipt handle."
            )
        if message and receipt in message.receipts:
            return message
        return None

    def delete(self, receipt: str) -> None:
        """Delete a message. To delete it twice is no error, as in SQS."""
        message = self.find(receipt)
        if message:
            del self.messages[message.message_id]

    def change_visibility(self, receipt: str, seconds: float) -> None:
        message = self.find(receipt)
        if message:
            now = time.monotonic()
            check_hidden(now - message.received_at + seconds)
            message.visible_at = now + seconds

    def described(self) -> dict[str, str]:
        now = time.monotonic()
        waiting = sum(message.visible_at <= now for message in self.messages.values())
        counts = {
            "ApproximateNumberOfMessages": str(waiting),
            "ApproximateNumberOfMessagesNotVisible": str(len(self.messages) - waiting),
        }
        if self.is_fifo:
            counts["FifoQueue"] = "true"
        return {**self.attributes, **counts}
