"""The queue of what can't be published: written by the processor, read again by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.aws.sqs.inbound import Inbound
from oracle_cdc.aws.sqs.packing import MAX_MESSAGE_BYTES
from oracle_cdc.aws.sqs.translation import describe_call
from oracle_cdc.aws.translation import translate_shape
from oracle_cdc.model import QueueFacts, ReceivedMessage

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

#: How long a receive waits for a message. Without a wait SQS asks some of its hosts only, and an
#: empty answer is no empty queue:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
WAIT_SECONDS = 1
#: How long a dead letter that was received stays hidden from others.
VISIBILITY_SECONDS = 300


class DeadLetterQueue:
    """Writes and reads one standard queue.

    `send`, `receive`, `depth` and `read_facts` raise SqsUnavailable, SqsConfigurationError or
    SqsCredentialsError.

    Parameters:
        wait_seconds: how long a receive waits, 1 to 20.
    """

    def __init__(
        self,
        client: SqsClient,
        url: str,
        *,
        visibility_seconds: int = VISIBILITY_SECONDS,
        wait_seconds: int = WAIT_SECONDS,
    ) -> None:
        self.url = url
        #: What a document and its attributes may have together, as far as is known.
        self.max_bytes = MAX_MESSAGE_BYTES
        self._client = client
        self._inbound = Inbound(client, url, visibility_seconds=visibility_seconds)
        self._wait_seconds = wait_seconds
        self._newer: list[ReceivedMessage] = []

    def read_facts(self) -> QueueFacts:
        """Ask the queue for what it is: encrypted or not, how much a message may have."""
        facts = read_queue(self._client, self.url)
        self.max_bytes = facts.max_message_bytes
        return facts

    def depth(self) -> int:
        """Return about how many dead letters wait, without those that somebody has in hand."""
        return self.read_facts().waiting

    def send(self, document: str, attributes: Mapping[str, str]) -> str:
        """Send one document, and return the id of its message.

        Raises MessageTooLarge and MessageRefused too.

        Parameters:
            attributes: none of them empty, which SQS does not take.
        """
        given: dict[str, MessageAttributeValueTypeDef] = {}
        for name, value in attributes.items():
            given[name] = {"DataType": "String", "StringValue": value}
        call = describe_call("SendMessage", self.url)
        with translate_shape(call), self._client.calling("SendMessage", self.url) as sqs:
            return sqs.send_message(
                QueueUrl=self.url, MessageBody=document, MessageAttributes=given
            )["MessageId"]

    def receive(self, before: datetime) -> list[ReceivedMessage]:
        """Return some dead letters that were sent before a moment, none where no more are there.

        Newer ones, which may come of this very work, stay hidden until give_back.

        Parameters:
            before: with a zone.
        """
        before_ms = before.timestamp() * 1000
        while True:
            received = self._inbound.receive(self._wait_seconds)
            if not received:
                return []
            older = [message for message in received if message.sent_ms < before_ms]
            self._newer += [message for message in received if message.sent_ms >= before_ms]
            if older:
                return older

    def delete(self, letters: Sequence[ReceivedMessage]) -> list[ReceivedMessage]:
        """Delete dead letters for good, and return those that are still there, which is logged."""
        return self._inbound.delete(letters)

    def give_back(self, letters: Sequence[ReceivedMessage] = ()) -> None:
        """Show others at once what was received: these, and what was too new.

        What can't be given back reappears by itself.
        """
        self._inbound.release([*letters, *self._newer])
        self._newer = []
