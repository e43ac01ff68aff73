"""Streams, buses and tables of a test's own, and the session by which the service reaches them."""

from __future__ import annotations

import itertools
import os
from functools import cache
from typing import Any

import boto3

from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.settings.sections import AwsSettings

REGION = "eu-west-1"
_numbers = itertools.count(1)


def make_session(endpoint: str, *, read_seconds: float = 5.0, **more: Any) -> AwsSession:
    """Return a session as the service makes it, to one endpoint for all."""
    keys = {"region": REGION, "access_key_id": "test", "secret_access_key": "test"}
    aws = AwsSettings(endpoint_url=endpoint, **{**keys, **more})
    return AwsSession(aws, RequestLimits(2.0, read_seconds, concurrent_requests=4))


def places_of(cloud: str, others: str) -> dict[str, str]:
    """Return what leads a process to awslite for what it is for, and to moto for the rest."""
    environment = {
        "AWS_ENDPOINT_URL": others,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for service in ("KINESIS", "EVENTBRIDGE", "DYNAMODB", "CLOUDWATCH"):
        environment[f"AWS_ENDPOINT_URL_{service}"] = cloud
    return environment


@cache
def connect(service: str, endpoint: str) -> Any:
    """Return the client of this process for a service of an endpoint."""
    create: Any = boto3.client
    return create(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def make_name(kind: str) -> str:
    """Return a name that no other test has."""
    return f"{kind}-{os.getpid()}-{next(_numbers)}"


def create_stream(endpoint: str, *, shards: int = 1) -> str:
    """Create a stream, and return its name."""
    name = make_name("stream")
    connect("kinesis", endpoint).create_stream(StreamName=name, ShardCount=shards)
    return name


def create_bus(endpoint: str) -> str:
    """Create a bus, and return its name."""
    name = make_name("bus")
    connect("events", endpoint).create_event_bus(Name=name)
    return name


def create_rule(endpoint: str, bus: str, queue_url: str) -> None:
    """Have all events of a bus sent to a queue."""
    answer = connect("sqs", endpoint).get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["QueueArn"]
    )
    events = connect("events", endpoint)
    events.put_rule(Name="all", EventBusName=bus, EventPattern='{"source": [{"prefix": ""}]}')
    target = {"Id": "queue", "Arn": answer["Attributes"]["QueueArn"]}
    events.put_targets(Rule="all", EventBusName=bus, Targets=[target])
