"""A table: its keys and its items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awslite.account import ACCOUNT
from awslite.dynamodb.conditions import order_of
from awslite.dynamodb.values import INVALID, Item, Value, check_item, type_of
from awslite.refusals import Document, Refused, invalid

#: The values of an item's keys.
Key = tuple[Any, ...]


class Table:
    """A table. key_types: the type of each key attribute, the partition key first."""

    def __init__(self, document: Document, region: str, at: float) -> None:
        self.document = document
        self.name: str = document["TableName"]
        self.arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{self.name}"
        self.created_at = at
        defined = {}
        for attribute in document["AttributeDefinitions"]:
            defined[attribute["AttributeName"]] = attribute["AttributeType"]
        ordered = sorted(document["KeySchema"], key=lambda part: part["KeyType"])
        names = [part["AttributeName"] for part in ordered]
        if not set(names) == set(defined):
            raise invalid(
                f"{INVALID}Number of attributes in KeySchema does not exactly match number of"
                " attributes defined in AttributeDefinitions"
            )
        self.key_types: dict[str, str] = {name: defined[name] for name in names}
        self.items: dict[Key, Item] = {}

    @property
    def partition(self) -> str:
        """Return the name of the partition key."""
        return next(iter(self.key_types))

    def describe(self) -> Document:
        return {
            "TableName": self.name,
            "TableArn": self.arn,
            "TableStatus": "ACTIVE",
            "KeySchema": self.document["KeySchema"],
            "AttributeDefinitions": self.document["AttributeDefinitions"],
            "CreationDateTime": self.created_at,
            "ItemCount": len(self.items),
            "TableSizeBytes": 0,
            "BillingModeSummary": {"BillingMode": self.document.get("BillingMode", "PROVISIONED")},
        }

    def key_of(self, key: Mapping[str, Value]) -> Key:
        """Return what finds an item by the key of a request. Raises Refused for another's key."""
        if set(key) != set(self.key_types):
            raise invalid("The provided key element does not match the schema")
        for name, kind in self.key_types.items():
            if type_of(key[name]) != kind:
                raise invalid("The provided key element does not match the schema")
        return self.identify(check_item(key))

    def identify(self, item: Item) -> Key:
        """Return what finds an item by its own attributes. Raises Refused where they lack."""
        values = []
        for name, kind in self.key_types.items():
            if name not in item:
                raise invalid(f"{INVALID}Missing the key {name} in the item")
            if type_of(item[name]) != kind:
                raise invalid(
                    f"{INVALID}Type mismatch for key {name} expected: {kind} actual:"
                    f" {type_of(item[name])}"
                )
            if item[name][kind] == "":
                raise invalid(
                    f"{INVALID}The AttributeValue for a key attribute cannot contain an empty"
                    f" string value. Key: {name}"
                )
            values.append(item[name][kind])
        return tuple(values)

    def sorted_items(self, *, is_forward: bool = True) -> list[Item]:
        """Return all items, by partition and within it by the sort key."""
        names = list(self.key_types)
        return sorted(
            self.items.values(),
            key=lambda item: tuple(order_of(item[name]) for name in names),
            reverse=not is_forward,
        )

    def only_key(self, item: Item) -> Item:
        return {name: item[name] for name in self.key_types}


class Tables:
    """All tables of an account."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    def find(self, document: Document) -> Table:
        """Return the table of a request, by its name or ARN. Raises Refused where there is none."""
        name = document["TableName"].rpartition("/")[2]
        if name not in self.tables:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return self.tables[name]

    def create(self, document: Document, region: str, at: float) -> Table:
        name = document["TableName"]
        if name in self.tables:
            raise Refused("ResourceInUseException", f"Table already exists: {name}")
        for unknown in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "StreamSpecification"):
            if document.get(unknown):
                raise Refused("UnknownOperationException", f"awslite has no {unknown}")
        self.tables[name] = Table(document, region, at)
        return self.tables[name]
