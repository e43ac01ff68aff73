"""The way to a stream of Kinesis."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import DESTINATION
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

    StreamClient: TypeAlias = ServiceClient[KinesisClient]

KINESIS = Service(
    name="kinesis",
    title="Kinesis",
    place="this stream",
    setting="KINESIS_STREAM_NAME",
    errors=DESTINATION,
)


def open_stream(session: AwsSession, name: str, *, calling: Calling = unwatched) -> StreamClient:
    """Return the client of a stream, by its name. Nothing is asked yet."""
    return ServiceClient(session, KINESIS, name, calling=calling)
