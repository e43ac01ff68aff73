"""A simulated ML service as a process of its own, which replies in many shapes and out of order.

`python -m oracle_cdc.demo.conversations.ml --outbound URL --results URL --received FILE` writes
what came into FILE, as JSON lines.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import random
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from oracle_cdc.demo.conversations.replies import BROKEN, Reply, reply, summarize
from oracle_cdc.demo.endpoint import connect_sqs, endpoint_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        DeleteMessageBatchRequestEntryTypeDef,
        MessageAttributeValueTypeDef,
        MessageTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

Answer = TypeVar("Answer")

POLL_SECONDS = 1
#: Between two tries of what SQS did not answer.
PAUSE_SECONDS = 0.2
MOST_MESSAGES = 10
#: Replies that wait for the next round, so that replies overtake each other.
HELD_BACK = 3


class Ml:
    """Receives, keeps what came, replies.

    Parameters:
        stop: ends it.
    """

    def __init__(
        self,
        sqs: SQSClient,
        outbound: str,
        results: str,
        *,
        received: Path,
        stop: threading.Event,
    ) -> None:
        self.sqs = sqs
        self.stop = stop
        self.outbound = outbound
        self.results = results
        self.received = received
        self.count = 0
        self.waiting: list[Reply] = []

    def run(self) -> None:
        """Work until somebody says stop. Raises what SQS says then."""
        while not self.stop.is_set():
            self.run_once()

    def ask(self, request: Callable[..., Answer], **arguments: Any) -> Answer:
        """Make a request until SQS answers it: an outage passes."""
        while True:
            try:
                return request(**arguments)
            except (BotoCoreError, ClientError):
                if self.stop.wait(PAUSE_SECONDS):
                    raise

    def run_once(self) -> None:
        """Receive once, keep what came, and send what is ready."""
        messages = self.receive()
        for message in messages:
            self.take(read(message))
        if not messages:
            self.send(held_back=0)
            return
        self.send(held_back=HELD_BACK)
        self.delete(messages)

    def receive(self) -> Sequence[MessageTypeDef]:
        """Receive some messages, without waiting for them while replies wait."""
        wait_seconds = POLL_SECONDS
        if self.waiting:
            wait_seconds = 0
        answer = self.ask(
            self.sqs.receive_message,
            QueueUrl=self.outbound,
            MaxNumberOfMessages=MOST_MESSAGES,
            WaitTimeSeconds=wait_seconds,
            MessageAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def delete(self, messages: Sequence[MessageTypeDef]) -> None:
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = []
        for number, message in enumerate(messages):
            entries.append({"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]})
        self.ask(self.sqs.delete_message_batch, QueueUrl=self.outbound, Entries=entries)

    def take(self, conversation: Mapping[str, Any]) -> None:
        """Keep a conversation and think of replies.

        The very first gets its reply twice, and one that is broken.
        """
        record = {"body": conversation, "summary": summarize(conversation)}
        with self.received.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(record) + "\n")
        answer = reply(conversation, self.count)
        self.waiting.append(answer)
        if self.count == 0:
            self.waiting += [answer, BROKEN]
        self.count += 1

    def send(self, held_back: int) -> None:
        """Send what waits, out of order between calls, in order within one.

        Parameters:
            held_back: how many are left for the next time.
        """
        ranks = {answer.call_id: random.random() for answer in self.waiting}
        self.waiting.sort(key=lambda answer: ranks[answer.call_id])
        ready, self.waiting = self.waiting[held_back:], self.waiting[:held_back]
        for start in range(0, len(ready), MOST_MESSAGES):
            self.send_batch(ready[start : start + MOST_MESSAGES])

    def send_batch(self, replies: Sequence[Reply]) -> None:
        entries = [make_entry(str(number), answer) for number, answer in enumerate(replies)]
        self.ask(self.sqs.send_message_batch, QueueUrl=self.results, Entries=entries)


def make_entry(entry_id: str, answer: Reply) -> SendMessageBatchRequestEntryTypeDef:
    """Return a reply as a request of several has it."""
    attributes: dict[str, MessageAttributeValueTypeDef] = {}
    for name, value in answer.attributes.items():
        attributes[name] = {"DataType": "String", "StringValue": value}
    return {"Id": entry_id, "MessageBody": answer.body, "MessageAttributes": attributes}


def read(message: MessageTypeDef) -> dict[str, Any]:
    """Return a message's conversation, decompressed where it says so."""
    body = message["Body"]
    if "contentEncoding" in message.get("MessageAttributes", {}):
        body = gzip.decompress(base64.b64decode(body)).decode()
    conversation: dict[str, Any] = json.loads(body)
    return conversation


def main(arguments: Sequence[str] | None = None) -> int:
    """Work until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser()
    for name in ("--outbound", "--results"):
        parser.add_argument(name, required=True)
    parser.add_argument("--received", required=True, type=Path)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sqs = connect_sqs(endpoint_of(options.outbound))
    ml = Ml(sqs, options.outbound, options.results, received=options.received, stop=stop)
    with suppress(BotoCoreError, ClientError):
        ml.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
