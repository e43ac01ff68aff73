"""Tables that tests make, and what they write there."""

from __future__ import annotations

from typing import Any


def create(dynamodb: Any, name: str, sort: bool = False) -> str:
    """Create a table with the key `pk`, and `sk` if it is sorted, and return its name."""
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}]
    attributes = [{"AttributeName": "pk", "AttributeType": "S"}]
    if sort:
        schema.append({"AttributeName": "sk", "KeyType": "RANGE"})
        attributes.append({"AttributeName": "sk", "AttributeType": "N"})
    dynamodb.create_table(
        TableName=name,
        KeySchema=schema,
        AttributeDefinitions=attributes,
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: object) -> dict[str, str]:
    return {"N": str(value)}


def get(dynamodb: Any, name: str, key: str = "a") -> dict[str, Any]:
    return dict(dynamodb.get_item(TableName=name, Key={"pk": text(key)}).get("Item", {}))


def put(dynamodb: Any, name: str, key: str = "a", **attributes: Any) -> None:
    dynamodb.put_item(TableName=name, Item={"pk": text(key), **attributes})


def update(dynamodb: Any, name: str, expression: str, key: str = "a", **options: Any) -> Any:
    return dynamodb.update_item(
        TableName=name, Key={"pk": text(key)}, UpdateExpression=expression, **options
    )
