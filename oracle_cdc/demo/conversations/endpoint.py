"""The demo's own way to the SQS server on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGION = "eu-west-1"
#: What the server says once it can be asked, before its address.
READY = "queues listening on "
#: The server takes any; boto3 wants some.
ACCESS_KEY = "demo"
SECRET_KEY = "demo"
RETENTION_SECONDS = 14 * 86_400


def connect_sqs(endpoint: str) -> SQSClient:
    """Return a client for one thread."""
    import boto3
    from botocore.config import Config

    # A proxy from the environment can't know this machine's loopback.
    return boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(proxies={}),
    )


def endpoint_of(queue_url: str) -> str:
    """Return http://host:port of http://host:port/account/queue."""
    return queue_url.rsplit("/", 2)[0]


def create_queue(sqs: SQSClient, name: str) -> str:
    """Make a queue as docs/install.md wants it, and return its URL."""
    created = sqs.create_queue(
        QueueName=name, Attributes={"MessageRetentionPeriod": str(RETENTION_SECONDS)}
    )
    return created["QueueUrl"]
