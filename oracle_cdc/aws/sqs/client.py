"""The way to SQS: clients for single requests, errors as ours, what a queue says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from oracle_cdc.aws.client import lend
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.sqs.packing import MAX_MESSAGE_BYTES
from oracle_cdc.aws.sqs.translation import describe_call
from oracle_cdc.model import QueueFacts
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

#: How much longer than its long poll a receive may take before it counts as failed.
POLL_MARGIN_SECONDS = 10


class SqsClient:
    """Lends clients for single requests, and has refused credentials read anew.

    Parameters:
        poll_seconds: the longest long poll, which has a client of its own with a longer time-out.
        calling: stands around each request.
    """

    def __init__(
        self, session: AwsSession, *, poll_seconds: float, calling: Calling = unwatched
    ) -> None:
        self.session = session
        self._poll_timeout_seconds = max(
            session.read_timeout_seconds, poll_seconds + POLL_MARGIN_SECONDS
        )
        self._watched = calling

    @contextmanager
    def calling(self, action: str, queue_url: str, *, is_poll: bool = False) -> Iterator[SQSClient]:
        """Lend a client for one request and raise what goes wrong as one of our errors."""
        seconds = self.session.read_timeout_seconds
        if is_poll:
            seconds = self._poll_timeout_seconds

        def create() -> SQSClient:
            client: SQSClient = self.session.queue_client(queue_url, seconds)
            return client

        call = describe_call(action, queue_url)
        with self._watched(action, is_poll=is_poll), lend(self.session, create, call) as client:
            yield client

    @contextmanager
    def storing(self, bucket: str, action: str) -> Iterator[S3Client]:
        """Lend an S3 client for one request and raise what goes wrong as one of our errors."""

        def create() -> S3Client:
            client: S3Client = self.session.client("s3")
            return client

        call = describe_call(action, f"s3://{bucket}")
        with self._watched(action), lend(self.session, create, call) as client:
            yield client

    def close(self) -> None:
        """Close the session's connections. Idempotent."""
        self.session.close()


def read_queue(client: SqsClient, url: str) -> QueueFacts:
    """Ask a queue for its attributes."""
    with client.calling("GetQueueAttributes", url) as sqs:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes = cast("dict[str, str]", answer.get("Attributes", {}))
    redrive = json.loads(attributes.get("RedrivePolicy") or "{}")
    max_receive_count: int | None = None
    if "maxReceiveCount" in redrive:
        max_receive_count = int(redrive["maxReceiveCount"])
    return QueueFacts(
        url=url,
        is_fifo=url.endswith(".fifo"),
        max_message_bytes=int(attributes.get("MaximumMessageSize", MAX_MESSAGE_BYTES)),
        retention_seconds=int(attributes.get("MessageRetentionPeriod", 345_600)),
        visibility_seconds=int(attributes.get("VisibilityTimeout", 30)),
        max_receive_count=max_receive_count,
        waiting=int(attributes.get("ApproximateNumberOfMessages", 0)),
        arn=attributes.get("QueueArn"),
        created=attributes.get("CreatedTimestamp"),
        has_policy=bool(attributes.get("Policy")),
        is_encrypted=is_encrypted(attributes),
    )


def is_encrypted(attributes: Mapping[str, str]) -> bool:
    """Return whether SQS keeps the queue's messages encrypted, with its own key or one of KMS."""
    has_own_key = attributes.get("SqsManagedSseEnabled", "false").lower() == "true"
    return has_own_key or bool(attributes.get("KmsMasterKeyId"))


def is_one_queue(one: QueueFacts, other: QueueFacts) -> bool:
    """Return whether two URLs lead to one queue, by the name and time of creation that it reports.

    The time keeps two emulators apart that give their queues the same names.
    """
    return _identity(one) == _identity(other)


def _identity(facts: QueueFacts) -> tuple[str, str | None]:
    if facts.arn:
        return facts.arn, facts.created
    # Where an endpoint reports no name, account and name of the URL stand in for it.
    path = urlsplit(facts.url).path.rstrip("/").split("/")
    return "/".join(path[-2:]), facts.created
