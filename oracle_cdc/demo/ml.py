"""A simulated ML service as a process of its own: answers conversations, in many shapes and out of order.

`python -m oracle_cdc.demo.ml --outbound URL --results URL --received FILE`; FILE gets what came, as JSON lines.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oracle_cdc.demo.endpoint import connect_sqs, endpoint_of
from oracle_cdc.demo.replies import BROKEN, Reply, reply, summarize

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

POLL_SECONDS = 1
MOST_MESSAGES = 10
#: So many replies wait for the next round, so that replies overtake each other.
HELD_BACK = 3


class Ml:
    """Receives, keeps what came, replies."""

    def __init__(self, sqs: SQSClient, outbound: str, results: str, received: Path) -> None:
        self.sqs = sqs
        self.outbound = outbound
        self.results = results
        self.received = received
        self.count = 0
        self.waiting: list[Reply] = []

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.run_once()

    def run_once(self) -> None:
        answer = self.sqs.receive_message(
            QueueUrl=self.outbound,
            MaxNumberOfMessages=MOST_MESSAGES,
            WaitTimeSeconds=0 if self.waiting else POLL_SECONDS,
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        for message in messages:
            self.take(read(message))
        self.send(HELD_BACK if messages else 0)
        if messages:
            entries = [
                {"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)
            ]
            self.sqs.delete_message_batch(QueueUrl=self.outbound, Entries=entries)  # type: ignore[arg-type]

    def take(self, conversation: Mapping[str, Any]) -> None:
        """Keep a conversation and think of replies; the very first gets its reply twice, and one that is broken."""
        with self.received.open("a", encoding="utf-8") as lines:
            lines.write(
                json.dumps({"body": conversation, "summary": summarize(conversation)}) + "\n"
            )
        answer = reply(conversation, self.count)
        self.waiting += [answer, answer, BROKEN] if self.count == 0 else [answer]
        self.count += 1

    def send(self, held_back: int) -> None:
        """Send what waits, out of order between calls, in order within one, but for the few that are held back."""
        ranks = {answer.call_id: random.random() for answer in self.waiting}
        self.waiting.sort(key=lambda answer: ranks[answer.call_id])
        ready, self.waiting = self.waiting[held_back:], self.waiting[:held_back]
        for start in range(0, len(ready), MOST_MESSAGES):
            self.send_batch(ready[start : start + MOST_MESSAGES])

    def send_batch(self, replies: Sequence[Reply]) -> None:
        entries = [
            {
                "Id": str(number),
                "MessageBody": answer.body,
                "MessageAttributes": {
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in answer.attributes.items()
                },
            }
            for number, answer in enumerate(replies)
        ]
        self.sqs.send_message_batch(QueueUrl=self.results, Entries=entries)  # type: ignore[arg-type]


def read(message: MessageTypeDef) -> dict[str, Any]:
    """A message's conversation, decompressed where it says so."""
    body = message["Body"]
    if "contentEncoding" in message.get("MessageAttributes", {}):
        body = gzip.decompress(base64.b64decode(body)).decode()
    conversation: dict[str, Any] = json.loads(body)
    return conversation


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    for name in ("--outbound", "--results"):
        parser.add_argument(name, required=True)
    parser.add_argument("--received", required=True, type=Path)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sqs = connect_sqs(endpoint_of(options.outbound))
    Ml(sqs, options.outbound, options.results, options.received).run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
