"""Clients of any endpoint that speaks as AWS does."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-west-1"


def connect(service: str, url: str, *, read_timeout: float = 5) -> Any:
    """Return a client that tries once and checks no parameter by itself."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="tester",
        aws_secret_access_key="secret",
        config=Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=read_timeout
        ),
    )


def code_of(refused: Any) -> str:
    """Return the code that a request was refused with."""
    error = refused.value
    assert isinstance(error, ClientError)
    return str(error.response["Error"]["Code"])
