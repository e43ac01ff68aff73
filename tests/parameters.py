"""A path of a test's own in the Parameter Store."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from oracle_cdc.settings.layers import StoreAccess
from oracle_cdc.settings.sections import AwsSettings, SsmSettings

_numbers = itertools.count(1)
REGION = "eu-west-1"


@dataclass(frozen=True)
class ParameterPath:
    """A path, and the environment that leads the program there."""

    client: Any
    endpoint: str
    path: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SSM_PATH": self.path,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def put(self, key: str, value: str, kind: str = "String") -> int:
        """Put a parameter below the path, and return its version."""
        answer = self.client.put_parameter(
            Name=f"{self.path}/{key}", Value=value, Type=kind, Overwrite=True
        )
        return int(answer["Version"])

    def put_all(self, values: Mapping[str, str]) -> None:
        for key, value in values.items():
            self.put(key, value)

    def delete(self, key: str) -> None:
        self.client.delete_parameter(Name=f"{self.path}/{key}")


def make_path(endpoint: str, tail: str = "") -> ParameterPath:
    """Make an empty path, whose end a test may say."""
    client = boto3.client(
        "ssm",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return ParameterPath(client, endpoint, f"/tests/p{os.getpid()}-{next(_numbers)}{tail}")


def access_to(url: str, path: str = "/app/oracle", **more: Any) -> StoreAccess:
    """Return what leads to an endpoint."""
    keys = {"region": REGION, "access_key_id": "k", "secret_access_key": "geheim"}
    aws = AwsSettings(endpoint_url=url, **{**keys, **more})
    return StoreAccess(aws=aws, ssm=SsmSettings(path=path, timeout_seconds=1.0))
