"""The way to a table of DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from oracle_cdc.aws.client import Service, ServiceClient
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.translation import STORE
from oracle_cdc.running.dependencies import Calling, unwatched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    TableClient: TypeAlias = ServiceClient[DynamoDBClient]

CHECKPOINTS = Service(
    name="dynamodb",
    title="DynamoDB",
    place="this table",
    setting="CHECKPOINT_TABLE_NAME",
    errors=STORE,
    made_by="init-tables",
)
STATES = Service(
    name="dynamodb",
    title="DynamoDB",
    place="this table",
    setting="STATE_TABLE_NAME",
    errors=STORE,
    made_by="init-tables",
)


def open_table(
    session: AwsSession, service: Service, name: str, *, calling: Calling = unwatched
) -> TableClient:
    """Return the client of a table, by its name. Nothing is asked yet.

    Parameters:
        service: CHECKPOINTS or STATES, by which errors name the setting.
    """
    return ServiceClient(session, service, name, calling=calling)
