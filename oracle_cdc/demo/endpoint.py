"""The demos' own way to the stand-ins of AWS on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGION = "eu-west-1"
#: What the server says once it can be asked, before its address.
READY = "queues listening on "
#: The server takes any; boto3 wants some.
ACCESS_KEY = "demo"
SECRET_KEY = "demo"
OF_AWSLITE = ("KINESIS", "EVENTBRIDGE", "DYNAMODB", "CLOUDWATCH")
RETENTION_SECONDS = 14 * 86_400


def aws_settings(queues: str, others: str = "") -> dict[str, str]:
    """Return how whoever needs AWS finds it.

    Parameters:
        queues: where SQS is.
        others: where the services are that awslite speaks, empty where nobody needs them.
    """
    settings = {
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": queues,
    }
    if others:
        for service in OF_AWSLITE:
            settings[f"AWS_ENDPOINT_URL_{service}"] = others
    return settings


def connect_sqs(endpoint: str) -> SQSClient:
    """Return a client of SQS for one thread."""
    client: SQSClient = connect("sqs", endpoint)
    return client


def connect(service: str, endpoint: str) -> Any:
    """Return a client of a service, by its name in boto3, for one thread."""
    import boto3
    from botocore.config import Config

    create: Any = boto3.client
    # A proxy from the environment can't know this machine's loopback.
    return create(
        service,
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
