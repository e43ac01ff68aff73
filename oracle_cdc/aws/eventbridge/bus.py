"""What a bus says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oracle_cdc.aws.eventbridge.client import BusClient


@dataclass(frozen=True)
class BusFacts:
    """A bus as it describes itself.

    has_own_key: its events are encrypted with a key of the account, else with one of AWS.
    """

    name: str
    arn: str
    has_own_key: bool


def describe_bus(client: BusClient) -> BusFacts:
    """Ask a bus for what it is, because events to one that is not there are accepted and lost.

    https://github.com/aws/aws-sdk/issues/186: PutEvents answers success for an unknown bus.

    Raises DestinationMissing where there is none, DestinationUnavailable,
    DestinationConfigurationError and DestinationCredentialsError.
    """
    with client.calling("DescribeEventBus") as events:
        answer = events.describe_event_bus(Name=client.place)
        return BusFacts(
            name=answer["Name"],
            arn=answer["Arn"],
            has_own_key=bool(answer.get("KmsKeyIdentifier")),
        )
