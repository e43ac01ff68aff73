"""Two queues of a test's own, and what the ML service does with them."""

from __future__ import annotations

import base64
import gzip
import itertools
import os
from functools import cache
from typing import Any

import boto3

_numbers = itertools.count(1)


def create_queues(endpoint: str) -> tuple[str, str]:
    """Create an outbound and a results queue of this test's own."""
    sqs = connect_sqs(endpoint)
    name = f"q{os.getpid()}-{next(_numbers)}"
    attributes = {"MessageRetentionPeriod": "1209600", "VisibilityTimeout": "30"}
    outbound = sqs.create_queue(QueueName=f"{name}-outbound", Attributes=attributes)
    results = sqs.create_queue(QueueName=f"{name}-results", Attributes=attributes)
    return outbound["QueueUrl"], results["QueueUrl"]


@cache
def connect_sqs(endpoint: str) -> Any:
    """Return the client of this process for the queues of an endpoint."""
    return boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def take_bodies(sqs: Any, queue_url: str) -> list[str]:
    """Receive and delete every message of a queue, and return their bodies."""
    bodies: list[str] = []
    while True:
        answer = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return bodies
        taken = []
        for number, message in enumerate(messages):
            bodies.append(plain_body(message))
            taken.append({"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]})
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=taken)


def count_messages(sqs: Any, queue_url: str) -> int:
    """Count the messages in a queue, in flight too."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


def plain_body(message: dict[str, Any]) -> str:
    """Return a message's body, decompressed as docs/messages.md says."""
    encoding = message.get("MessageAttributes", {}).get("contentEncoding", {}).get("StringValue")
    body = str(message["Body"])
    if encoding == "gzip+base64":
        return gzip.decompress(base64.b64decode(body)).decode()
    return body
