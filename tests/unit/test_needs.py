"""What `check` asks IAM about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oracle_cdc.commands.conversations.check_on_sqs import needs_of
from oracle_cdc.conversations.settings import SqsSettings
from tests.builders import queue_facts

URL = "http://127.0.0.1/000000000000/outbound"


@pytest.mark.parametrize(
    ("arn", "partition"),
    [
        ("arn:aws:sqs:eu-west-1:123456789012:q", "aws"),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:q", "aws-cn"),
        ("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q", "aws-us-gov"),
        (None, "aws"),
    ],
)
def test_the_bucket_is_in_the_partition_of_the_queues(arn: str | None, partition: str) -> None:
    settings = SqsSettings(
        outbound_queue_url=URL, results_queue_url=URL, S3_OVERFLOW_BUCKET="bodies"
    )
    bucket = needs_of(settings, {URL: replace(queue_facts(url=URL), arn=arn)})[-1]
    assert bucket.arn == f"arn:{partition}:s3:::bodies/x"
