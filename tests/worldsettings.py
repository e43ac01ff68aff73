"""The settings of the service for a world of stand-ins, as an object and as an environment."""

from __future__ import annotations

import os
from typing import Any, Literal, Protocol

from pydantic import SecretStr

from oracle_cdc.conversations.settings import CdcSettings, Settings, SourceSettings, SqsSettings
from oracle_cdc.settings.sections import AwsSettings, OracleSettings
from oralite.server import Server
from standins.oracle import PASSWORD, SERVICE, USER

#: What a test does not say otherwise: calls are quiet at once, nothing waits.
QUICK: dict[str, Any] = {
    "settle_seconds": 0.0,
    "normal_poll_interval_seconds": 0.05,
    "results_wait_seconds": 0,
    "retry_initial_seconds": 0.05,
    "retry_max_seconds": 0.1,
    "breaker_probe_seconds": 0.1,
    "instance_id": "this-test",
}


class Surroundings(Protocol):
    """What settings point to."""

    server: Server
    endpoint: str
    outbound_url: str
    results_url: str


def make_settings(
    world: Surroundings,
    *,
    queue_url: str | None = None,
    time_zone: str | None = None,
    bucket: str | None = None,
    redaction: Literal["off", "mark"] = "off",
    redaction_of_results: bool = False,
    **cdc: Any,
) -> Settings:
    """Make the settings for a world.

    queue_url: of one queue for both directions.
    bucket: of the overflow.
    cdc: keys of CDC_CONFIG.
    """
    prefix = ""
    if bucket:
        prefix = "big/"
    host, port = world.server.host, world.server.port
    return Settings(
        oracle=OracleSettings(
            user=USER, password=SecretStr(PASSWORD), host=host, port=port, service_name=SERVICE
        ),
        sqs=SqsSettings(
            outbound_queue_url=queue_url or world.outbound_url,
            results_queue_url=queue_url or world.results_url,
            s3_overflow_bucket=bucket,
            s3_overflow_prefix=prefix,
        ),
        cdc=CdcSettings.model_validate({**QUICK, **cdc}),
        aws=AwsSettings(
            region="eu-west-1",
            access_key_id="test",
            secret_access_key=SecretStr("test"),
            endpoint_url=world.endpoint,
        ),
        source=SourceSettings(time_zone=time_zone),
        redaction=redaction,
        redaction_of_results=redaction_of_results,
    )


def make_environment(world: Surroundings, log_dir: str, **variables: str) -> dict[str, str]:
    """Return the same settings as the environment of a process."""
    quick: dict[str, str] = {}
    for name, value in QUICK.items():
        if name != "instance_id":
            quick[f"CDC_{name.upper()}"] = str(value)
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONUNBUFFERED": "1",
        "ORACLE_USER": USER,
        "ORACLE_PASSWORD": PASSWORD,
        "ORACLE_HOST": world.server.host,
        "ORACLE_PORT": str(world.server.port),
        "ORACLE_SERVICE_NAME": SERVICE,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": world.endpoint,
        "SQS_OUTBOUND_QUEUE_URL": world.outbound_url,
        "SQS_RESULTS_QUEUE_URL": world.results_url,
        "LOG_DIR": log_dir,
        **quick,
        **variables,
    }
