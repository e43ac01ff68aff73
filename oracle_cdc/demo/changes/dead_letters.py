"""The queue of dead letters, as whoever looks into it sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oracle_cdc.demo.endpoint import connect_sqs, create_queue, endpoint_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

NAME = "cdc-pipeline-dlq"
#: Messages that anybody may receive now, and those that somebody has received.
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
BATCH = 10
#: Longer than it takes to look at all of them.
HIDDEN_SECONDS = 60


@dataclass(frozen=True)
class Letter:
    """A dead letter: the event that it is about, why, and its whole document."""

    event_id: str
    table: str
    code: str
    document: str = field(repr=False)


class Letters:
    """The queue, which whoever made it may look into."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        with closing(connect_sqs(endpoint)) as sqs:
            self.url = create_queue(sqs, NAME)

    def count(self) -> int:
        """Return how many there are, those that are hidden among them."""
        with closing(connect_sqs(endpoint_of(self.url))) as sqs:
            found = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        count = 0
        for name, value in found["Attributes"].items():
            if name in WAITING:
                count += int(value)
        return count

    def read_all(self) -> Mapping[str, Letter]:
        """Return all letters by the ids of their messages, and leave them where they are."""
        letters: dict[str, Letter] = {}
        with closing(connect_sqs(endpoint_of(self.url))) as sqs:
            handles: list[str] = []
            while messages := self.receive(sqs):
                for message in messages:
                    letters[message["MessageId"]] = read_letter(message["Body"])
                    handles.append(message["ReceiptHandle"])
            for handle in handles:
                sqs.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=0
                )
        return letters

    def receive(self, sqs: SQSClient) -> Sequence[MessageTypeDef]:
        """Return some messages, and hide them from everybody for a while."""
        answer = sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=BATCH, VisibilityTimeout=HIDDEN_SECONDS
        )
        return answer.get("Messages", [])


def read_letter(document: str) -> Letter:
    """Return what a document is about."""
    content: Any = json.loads(document)
    event = content["originalEvent"]
    return Letter(event["metadata"]["eventId"], event["table"], content["error"]["code"], document)
