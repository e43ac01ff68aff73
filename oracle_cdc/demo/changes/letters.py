"""The queue of dead letters, as whoever looks into it sees it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from oracle_cdc.demo.endpoint import connect_sqs, create_queue, endpoint_of

NAME = "cdc-pipeline-dlq"
#: Messages that anybody may receive now, and those that somebody has received.
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
BATCH = 10
#: A message that was looked at is hidden from everybody for this time.
HIDDEN_SECONDS = 2


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
            while True:
                answer = sqs.receive_message(
                    QueueUrl=self.url, MaxNumberOfMessages=BATCH, VisibilityTimeout=HIDDEN_SECONDS
                )
                messages = answer.get("Messages", [])
                if not messages:
                    break
                for message in messages:
                    letters[message["MessageId"]] = read_letter(message["Body"])
        time.sleep(HIDDEN_SECONDS)
        return letters


def read_letter(document: str) -> Letter:
    """Return what a document is about."""
    content: Any = json.loads(document)
    event = content["originalEvent"]
    return Letter(event["metadata"]["eventId"], event["table"], content["error"]["code"], document)
