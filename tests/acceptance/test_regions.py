"""Queues of two regions, as the service's user has them, each region's kept apart."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from tests.acceptance.process import finished
from tests.acceptance.test_run import HELLO
from tests.world import World

ELSEWHERE = "us-east-1"


@pytest.mark.parametrize("region", ["", "eu-central-1"])
def test_each_queue_is_used_in_the_region_that_its_url_names(
    world: World, tmp_path: Path, region: str
) -> None:
    outbound = world.outbound_url.rsplit("/", 1)[-1]
    results = f"{outbound}-elsewhere"
    sqs = boto3.client(
        "sqs",
        endpoint_url=world.endpoint,
        region_name=ELSEWHERE,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    url = sqs.create_queue(QueueName=results)["QueueUrl"]
    sqs.send_message(
        QueueUrl=url, MessageBody='{"type": "ML_PROCESSING_RESULT", "callId": "1", "summary": "x"}'
    )
    world.record("1", *HELLO)
    environment = world.environment(
        str(tmp_path),
        AWS_REGION=region,
        SQS_OUTBOUND_QUEUE_URL=f"https://sqs.eu-west-1.amazonaws.com/123456789012/{outbound}",
        SQS_RESULTS_QUEUE_URL=f"https://sqs.{ELSEWHERE}.amazonaws.com/123456789012/{results}",
    )

    code, _, err = finished(["run", "--once"], environment)

    assert code == 0, err
    assert [body["callId"] for body in world.received()] == ["1"]
    assert world.states() == {"1": "SUMMARIZED"}
