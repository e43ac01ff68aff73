"""Results on their way in: receive, hide, give back, and delete once their rows are committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from oracle_cdc.aws.sqs.client import SqsClient
from oracle_cdc.aws.sqs.packing import MAX_ENTRIES
from oracle_cdc.errors import CdcError
from oracle_cdc.model import ReceivedMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        ChangeMessageVisibilityBatchResultTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
        DeleteMessageBatchResultTypeDef,
        MessageTypeDef,
    )

    BatchAnswer = DeleteMessageBatchResultTypeDef | ChangeMessageVisibilityBatchResultTypeDef

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")

#: How often a delete is tried. Then the message reappears, and writing it once more changes
#: nothing.
DELETE_TRIES = 2
#: How long a message is hidden at most that can't be done with now.
LONGEST_PUT_OFF_SECONDS = 3600


class Inbound:
    """Receives from one queue, standard or FIFO.

    Parameters:
        visibility_seconds: how long what was received stays hidden from others.
    """

    def __init__(self, client: SqsClient, queue_url: str, *, visibility_seconds: int) -> None:
        self._client = client
        self._queue_url = queue_url
        self._visibility_seconds = visibility_seconds
        #: How many receives SQS answered. Only whether it moves matters, so threads need no lock.
        self.answers = 0

    def receive(self, wait_seconds: int) -> list[ReceivedMessage]:
        """Wait up to wait_seconds (0-20) for results and return at most 10.

        Raises SqsUnavailable, SqsConfigurationError or SqsCredentialsError. Nothing is lost then.
        """
        started = time.monotonic()
        with self._client.calling("ReceiveMessage", self._queue_url, is_poll=True) as sqs:
            answer = sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=MAX_ENTRIES,
                WaitTimeSeconds=wait_seconds,
                VisibilityTimeout=self._visibility_seconds,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                MessageAttributeNames=["All"],
            )
        self.answers += 1
        received = [_received(message) for message in answer.get("Messages", [])]
        if received:
            logger.info("messages received: %d", len(received))
            performance.info(
                "sqs receive: messages=%s bytes=%s ms=%.0f",
                len(received),
                _size_bytes(received),
                (time.monotonic() - started) * 1000,
            )
        return received

    def delete(self, messages: Sequence[ReceivedMessage]) -> list[ReceivedMessage]:
        """Delete messages for good and return those that are still there.

        Failures are logged, not raised.
        """
        started = time.monotonic()
        remaining = list(messages)
        for _ in range(DELETE_TRIES):
            remaining = self._apply("DeleteMessage", remaining, self._delete_batch)
        if messages:
            performance.info(
                "sqs delete: messages=%s left=%s ms=%.0f",
                len(messages),
                len(remaining),
                (time.monotonic() - started) * 1000,
            )
        return remaining

    def release(self, messages: Sequence[ReceivedMessage]) -> list[ReceivedMessage]:
        """Make messages visible to others at once and return those that could not be.

        They reappear by themselves.
        """
        return self.extend(messages, 0)

    def extend(self, messages: Sequence[ReceivedMessage], seconds: int) -> list[ReceivedMessage]:
        """Keep messages hidden for some seconds from now and return those for which it failed."""

        def change(batch: Sequence[ReceivedMessage]) -> BatchAnswer:
            return self._change_visibility(batch, [seconds] * len(batch))

        return self._apply("ChangeMessageVisibility", messages, change)

    def put_off(self, messages: Sequence[ReceivedMessage]) -> int:
        """Keep messages hidden for twice as long each time that they come.

        Returns after how many seconds the last of them comes again. A queue makes a dead letter of
        what was received too often, whatever it waits for.
        """

        def change(batch: Sequence[ReceivedMessage]) -> BatchAnswer:
            return self._change_visibility(batch, list(map(self._hidden_seconds, batch)))

        again = [message for message in messages if message.receive_count > 1]
        self._apply("ChangeMessageVisibility", again, change)
        return max(map(self._hidden_seconds, messages), default=0)

    def _hidden_seconds(self, message: ReceivedMessage) -> int:
        """Return how long a message is hidden that can't be done with now."""
        # A shift by more would only make a large number.
        doubled = self._visibility_seconds << min(message.receive_count - 1, 16)
        return min(doubled, max(self._visibility_seconds, LONGEST_PUT_OFF_SECONDS))

    def _delete_batch(self, batch: Sequence[ReceivedMessage]) -> BatchAnswer:
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = []
        for number, message in enumerate(batch):
            entries.append({"Id": str(number), "ReceiptHandle": message.receipt_handle})
        with self._client.calling("DeleteMessage", self._queue_url) as sqs:
            return sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)

    def _change_visibility(
        self, batch: Sequence[ReceivedMessage], seconds: Sequence[int]
    ) -> BatchAnswer:
        """Hide each message of a batch for its seconds."""
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = []
        for number, message in enumerate(batch):
            entries.append(
                {
                    "Id": str(number),
                    "ReceiptHandle": message.receipt_handle,
                    "VisibilityTimeout": seconds[number],
                }
            )
        with self._client.calling("ChangeMessageVisibility", self._queue_url) as sqs:
            return sqs.change_message_visibility_batch(QueueUrl=self._queue_url, Entries=entries)

    def _apply(
        self,
        action: str,
        messages: Sequence[ReceivedMessage],
        change: Callable[[Sequence[ReceivedMessage]], BatchAnswer],
    ) -> list[ReceivedMessage]:
        """Change batch by batch and return the messages that SQS did not change."""
        unchanged: list[ReceivedMessage] = []
        for batch in _batches(messages):
            try:
                answer = change(batch)
            except CdcError as error:
                logger.warning("%s of %s messages failed: %s", action, len(batch), error)
                unchanged += batch
                continue
            codes = {entry["Id"]: entry["Code"] for entry in answer.get("Failed", [])}
            changed = {entry["Id"] for entry in answer.get("Successful", [])}
            for number, message in enumerate(batch):
                if str(number) not in changed:
                    code = codes.get(str(number), "no answer")
                    logger.warning("%s of message %s failed: %s", action, message.message_id, code)
                    unchanged.append(message)
        return unchanged


def _batches(messages: Sequence[ReceivedMessage]) -> Iterator[Sequence[ReceivedMessage]]:
    for start in range(0, len(messages), MAX_ENTRIES):
        yield messages[start : start + MAX_ENTRIES]


def _size_bytes(messages: Sequence[ReceivedMessage]) -> int:
    size = 0
    for message in messages:
        size += len(message.body.encode(errors="replace"))
    return size


def _received(message: MessageTypeDef) -> ReceivedMessage:
    system = cast("dict[str, str]", message.get("Attributes", {}))
    attributes: dict[str, str] = {}
    for name, value in message.get("MessageAttributes", {}).items():
        if "StringValue" in value:
            attributes[name] = value["StringValue"]
    return ReceivedMessage(
        message_id=message["MessageId"],
        receipt_handle=message["ReceiptHandle"],
        body=message.get("Body", ""),
        attributes=attributes,
        # An endpoint that does not say when it took a message: by our clock, it was now.
        sent_ms=int(system.get("SentTimestamp") or time.time() * 1000),
        receive_count=int(system.get("ApproximateReceiveCount") or 1),
    )
