"""The two tables: created, described, and held to what they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_cdc.aws.dynamodb import lease, states

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeDefinitionTypeDef, KeySchemaElementTypeDef

    from oracle_cdc.aws.dynamodb.client import TableClient

#: The key attributes of each table, all text. The second orders the items of the first.
CHECKPOINT_KEYS = (lease.PROCESSOR, lease.SHARD)
STATE_KEYS = (states.PROCESSOR,)


@dataclass(frozen=True)
class TableFacts:
    """A table as it describes itself.

    keys: the names of its key attributes, the one that spreads the items first.
    is_by_request: what is paid for is each request, and none is refused for want of capacity.
    """

    name: str
    arn: str
    is_active: bool
    keys: tuple[str, ...]
    is_by_request: bool


def describe_table(client: TableClient) -> TableFacts:
    """Ask a table for what it is.

    Raises StoreMissing where there is none, StoreUnavailable, StoreConfigurationError and
    StoreCredentialsError.
    """
    with client.calling("DescribeTable") as dynamodb:
        said = dynamodb.describe_table(TableName=client.place)["Table"]
        keys = sorted(said["KeySchema"], key=lambda key: key["KeyType"])
        return TableFacts(
            name=said["TableName"],
            arn=said["TableArn"],
            # One that is being changed takes requests too.
            is_active=said["TableStatus"] in ("ACTIVE", "UPDATING"),
            keys=tuple(key["AttributeName"] for key in keys),
            is_by_request=said.get("BillingModeSummary", {}).get("BillingMode")
            == "PAY_PER_REQUEST",
        )


def create_table(client: TableClient, keys: Sequence[str]) -> None:
    """Create a table unless it is there. It takes requests some seconds later.

    Raises like describe_table.

    Parameters:
        keys: CHECKPOINT_KEYS or STATE_KEYS.
    """
    definitions: list[AttributeDefinitionTypeDef] = []
    schema: list[KeySchemaElementTypeDef] = []
    for key in keys:
        definitions.append({"AttributeName": key, "AttributeType": "S"})
        schema.append({"AttributeName": key, "KeyType": "RANGE" if schema else "HASH"})
    with client.calling("CreateTable") as dynamodb:
        try:
            dynamodb.create_table(
                TableName=client.place,
                AttributeDefinitions=definitions,
                KeySchema=schema,
                BillingMode="PAY_PER_REQUEST",
            )
        except dynamodb.exceptions.ResourceInUseException:
            return
