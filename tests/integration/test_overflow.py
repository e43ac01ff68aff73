"""Conversations that are too large even compressed: through S3, as the extended client libraries do
it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import boto3
import pytest

from oracle_cdc.aws.session import endpoint_of
from oracle_cdc.conversations.outbound.fitting import fit
from oracle_cdc.model import Overflow
from oracle_cdc.settings.sections import AwsSettings
from tests.builders import ASSEMBLED_AT, queue_facts
from tests.world import USER, World

NOISE = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))
HASH = "0" * 64
numbers = count(1)


@pytest.fixture(scope="module")
def queue_server(sqs_server: str) -> str:
    """Return moto's address: it has more of AWS than queues."""
    return sqs_server


@pytest.fixture
def s3(world: World) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=world.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def bucket(world: World, s3: Any) -> Iterator[str]:
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    name = f"overflow-{next(numbers)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield name
    for key in keys(s3, name):
        s3.delete_object(Bucket=name, Key=key)
    s3.delete_bucket(Bucket=name)


def keys(s3: Any, bucket: str) -> list[str]:
    return [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def messages(world: World) -> list[dict[str, Any]]:
    answer = world.sqs.receive_message(
        QueueUrl=world.outbound_url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        VisibilityTimeout=0,
    )
    return list(answer.get("Messages", []))


def test_the_message_points_to_the_plain_json_as_the_extended_client_writes_it(
    world: World, s3: Any, bucket: str
) -> None:
    world.record("1", ("A", NOISE), ("C", "yes"))

    world.cycle(world.application(bucket=bucket))

    (message,) = messages(world)
    pointer_class, pointer = json.loads(message["Body"])
    stored = s3.get_object(Bucket=pointer["s3BucketName"], Key=pointer["s3Key"])["Body"].read()
    ((digest,),) = world.rows(f"SELECT CONTENT_HASH FROM {USER}.CDC_PROCESSED_CALLS")
    assert pointer_class == "software.amazon.payloadoffloading.PayloadS3Pointer"
    assert pointer == {"s3BucketName": bucket, "s3Key": f"big/1-1-{digest}.json"}
    assert json.loads(stored)["messages"][0]["text"] == NOISE
    size = message["MessageAttributes"]["ExtendedPayloadSize"]
    assert (size["DataType"], size["StringValue"]) == ("Number", str(len(stored)))
    assert "contentEncoding" not in message["MessageAttributes"]
    assert message["MessageAttributes"]["callId"]["StringValue"] == "1"
    assert world.states() == {"1": "SENT"}


def test_what_fits_when_compressed_does_not_go_to_s3(world: World, s3: Any, bucket: str) -> None:
    world.record("1", ("A", "again and again " * 200), ("C", "yes"))

    world.cycle(world.application(bucket=bucket))

    (message,) = messages(world)
    assert message["MessageAttributes"]["contentEncoding"]["StringValue"] == "gzip+base64"
    assert keys(s3, bucket) == []


def test_a_repeat_is_the_same_message_and_the_same_object(
    world: World, s3: Any, bucket: str
) -> None:
    world.record("1", ("A", NOISE), ("C", "yes"))
    service = world.application(bucket=bucket)
    world.cycle(service)
    ((key, body),) = [
        (k, s3.get_object(Bucket=bucket, Key=k)["Body"].read()) for k in keys(s3, bucket)
    ]
    # Given: the process was killed between the answer of SQS and the third commit
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', SENT_REVISION = NULL, LEASE_TOKEN = 'dead', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '1' SECOND"
    )

    world.cycle(service)

    assert [(k, s3.get_object(Bucket=bucket, Key=k)["Body"].read()) for k in keys(s3, bucket)] == [
        (key, body)
    ]
    assert len({message["Body"] for message in messages(world)}) == 1


def test_a_bucket_that_is_not_there_delays_its_own_call_only_and_stops_no_claims(
    world: World, bucket: str
) -> None:
    world.record("1", ("A", NOISE), ("C", "yes"))
    service = world.application(bucket=bucket + "-elsewhere", breaker_failures=1)
    world.cycle(service)
    world.record("2", ("A", "short"), ("C", "yes"))
    world.cycle(service)

    assert world.states() == {"1": "OPEN", "2": "SENT"}
    ((reason,),) = world.rows(
        f"SELECT DISTINCT TO_CHAR(ERROR_MESSAGE) FROM {USER}.CDC_PROCESSING_LOG WHERE CALL_ID = '1'"
    )
    assert "NoSuchBucket" in reason
    assert "this bucket is not there" in reason
    assert world.rows(f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES") == [(0,)]


def test_nothing_is_sent_before_its_object_is_written(world: World, s3: Any, bucket: str) -> None:
    world.record("1", ("A", NOISE), ("C", "yes"))
    service = world.application(bucket=bucket + "-later")
    world.cycle(service)
    assert messages(world) == []

    s3.create_bucket(
        Bucket=bucket + "-later", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)")
    world.cycle(service)

    assert len(keys(s3, bucket + "-later")) == len(messages(world)) == 1


def test_a_call_set_aside_before_there_was_a_bucket_is_sent_once_there_is_one(
    world: World, bucket: str
) -> None:
    world.record("1", ("A", NOISE), ("C", "yes"))
    world.cycle(world.application())
    assert world.states() == {"1": "FAILED"}
    world.record("1", ("C", "more"), ago_seconds=10)

    world.cycle(world.application(bucket=bucket))

    assert world.states() == {"1": "SENT"}


def test_a_pointer_that_does_not_fit_either_is_refused() -> None:
    overflow = Overflow("bucket", "p" * 2000)
    with pytest.raises(Exception, match="the queue takes 1024"):
        fit(
            [NOISE.encode()],
            call_id="1",
            revision=1,
            content_hash=HASH,
            assembled_at=ASSEMBLED_AT,
            facts=queue_facts(max_message_bytes=1024),
            overflow=overflow,
        )


@pytest.mark.parametrize(
    ("general", "of_s3", "expected"),
    [
        (None, None, None),
        ("http://127.0.0.1:4566", None, "http://127.0.0.1:4566"),
        ("https://vpce-1-2.sqs.eu-west-1.vpce.amazonaws.com", None, None),
        ("https://sqs.eu-west-1.amazonaws.com", "https://s3.internal", "https://s3.internal"),
    ],
)
def test_an_endpoint_of_sqs_is_none_of_s3(
    general: str | None, of_s3: str | None, expected: str | None
) -> None:
    environment = {"AWS_ENDPOINT_URL_S3": of_s3} if of_s3 else {}
    assert endpoint_of(AwsSettings(endpoint_url=general, environment=environment), "s3") == expected
