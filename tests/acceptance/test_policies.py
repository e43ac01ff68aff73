"""The rights in deploy/ are those that a recorded run of the service uses: none is missing, none is
too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
import pytest

from standins.iam import serve_iam
from standins.oracle import serve_database
from standins.rightsrecorder import Use, serve_recorder
from tests.acceptance.process import finished
from tests.policies import covers, name_of, read_grants, resource_of, rights_in
from tests.queues import connect_sqs
from tests.world import World

SMALL = {"MaximumMessageSize": "1024"}
NOISE = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))
BUCKET = name_of("SeeThatTheBucketIsThere")
POINTER = "software.amazon.payloadoffloading.PayloadS3Pointer"
#: Never asked for by us: AWS asks KMS for them in the name of whoever uses an encrypted queue.
BY_AWS_ITSELF = {"kms:GenerateDataKey", "kms:Decrypt"}
#: Everybody may ask it: it needs no right.
WHO_AM_I = "GetCallerIdentity"
#: The rooms of the service that are held to this policy.
ROOMS = ("aws/*.py", "aws/sqs/*.py")


@contextmanager
def serve_site(endpoint: str) -> Iterator[World]:
    """Serve queues and bucket under the names that the policy has."""
    sqs, s3 = connect_sqs(endpoint), connect_s3(endpoint)
    with serve_database() as server:
        outbound = create(sqs, name_of("SendConversations"), SMALL)
        results = create(sqs, name_of("ReceiveResults"), {})
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        world = World(server, endpoint, outbound, results)
        try:
            yield world
        finally:
            world.close()
            for url in (outbound, results):
                sqs.delete_queue(QueueUrl=url)
            for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
                s3.delete_object(Bucket=BUCKET, Key=entry["Key"])
            s3.delete_bucket(Bucket=BUCKET)


def create(sqs: Any, name: str, attributes: dict[str, str]) -> str:
    return str(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def connect_s3(endpoint: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def put_work(world: World) -> None:
    """Put what makes a run use all that it can use."""
    world.record("1", ("A", "hello"), ("C", "hello"))
    world.record("2", ("A", NOISE), ("C", "too large for a message"))
    key = resource_of("ReadLargeAnswers").partition("/")[2].replace("*", "7.json")
    answer = {"type": "ML_PROCESSING_RESULT", "callId": "7", "summary": "large"}
    connect_s3(world.endpoint).put_object(Bucket=BUCKET, Key=key, Body=json.dumps(answer).encode())
    world.answer_raw(json.dumps([POINTER, {"s3BucketName": BUCKET, "s3Key": key}]))
    # One that is in the wrong queue, and given back.
    world.answer_raw(json.dumps({"type": "CONVERSATION_ASSEMBLY", "callId": "8", "messages": []}))


@pytest.fixture(scope="module")
def used(sqs_server: str, tmp_path_factory: pytest.TempPathFactory) -> set[Use]:
    """Return what `check` and one cycle of each direction used."""
    prefix = resource_of("KeepLargeBodies").partition("/")[2].strip("*")
    with ExitStack() as stack:
        world = stack.enter_context(serve_site(sqs_server))
        recorder, iam = stack.enter_context(serve_recorder()), stack.enter_context(serve_iam())
        iam.path = "/"
        iam.arn = resource_of("LetCheckProveTheseRights").replace(":iam:", ":sts:")
        iam.arn = iam.arn.replace(":role/", ":assumed-role/") + "/i-0abc"
        put_work(world)
        environment = world.environment(
            str(tmp_path_factory.mktemp("logs")),
            AWS_ENDPOINT_URL=recorder.url,
            AWS_ENDPOINT_URL_IAM=iam.url,
            AWS_ENDPOINT_URL_STS=iam.url,
            S3_OVERFLOW_BUCKET=BUCKET,
            S3_OVERFLOW_PREFIX=prefix,
        )
        for arguments in (["check"], ["run", "--once"]):
            code, out, err = finished(arguments, environment)
            assert code == 0, out + err
        return recorder.used | asked_of_iam(iam.asked)


def asked_of_iam(asked: list[str]) -> set[Use]:
    """Return what was asked of IAM and needs a right."""
    role = resource_of("LetCheckProveTheseRights")
    found = set()
    for line in asked:
        action, _, about = line.partition(" ")
        if action != WHO_AM_I:
            assert role.endswith(about)
            found.add(Use(f"iam:{action}", role))
    return found


def test_each_right_that_a_run_uses_is_given(used: set[Use]) -> None:
    lacking = []
    for use in sorted(used):
        if not any(covers(grant, use) for grant in read_grants()):
            lacking.append(use)
    assert lacking == []


def test_each_right_that_is_given_is_used(used: set[Use]) -> None:
    needless = []
    for grant in sorted(read_grants()):
        is_used = any(covers(grant, use) for use in used)
        if not is_used and grant.action not in BY_AWS_ITSELF:
            needless.append(grant)
    assert needless == []


def test_each_operation_that_stands_in_the_code_was_recorded(used: set[Use]) -> None:
    # What is not recorded: `put_work` must make the service do it.
    assert rights_in(ROOMS) - {f"sts:{WHO_AM_I}"} == {use.action for use in used}
