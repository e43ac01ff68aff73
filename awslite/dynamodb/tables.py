"""A table: its keys and its items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from awslite.account import ACCOUNT
from awslite.clock import Clock
from awslite.dynamodb.conditions import order_of
from awslite.dynamodb.values import INVALID, Item, Value, check_item, type_of
from awslite.limits import Limits
from awslite.refusals import Document, Refused, invalid

#: The values of an item's keys.
Key = tuple[Any, ...]


class Table:
    """A table. key_types: the type of each key attribute, the partition key first."""

    def __init__(self, document: Document, region: str, *, at: float, ready_at: float) -> None:
        """Create it. ready_at: from when on it is used. Until then it is CREATING."""
        self.document = document
        self.name: str = document["TableName"]
        self.arn = f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{self.name}"
        self.created_at = at
        self.ready_at = ready_at
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
        #: Items as they were before their last write.
        self._former: dict[Key, Item | None] = {}

    @property
    def partition(self) -> str:
        """Return the name of the partition key."""
        return next(iter(self.key_types))

    def describe(self, at: float) -> Document:
        status = "ACTIVE"
        if at < self.ready_at:
            status = "CREATING"
        return {
            "TableName": self.name,
            "TableArn": self.arn,
            "TableStatus": status,
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

    def write(self, key: Key, item: Item | None) -> None:
        """Store an item, or delete it if it is None."""
        self._former[key] = self.items.pop(key, None)
        if item is not None:
            self.items[key] = item

    def read(self, *, is_stale: bool) -> dict[Key, Item]:
        """Return all items by their keys. is_stale: as they were before their last writes."""
        if not is_stale:
            return self.items
        items = dict(self.items)
        for key, item in self._former.items():
            items.pop(key, None)
            if item is not None:
                items[key] = item
        return items

    def sort(self, items: Iterable[Item], *, is_forward: bool = True) -> list[Item]:
        """Return items by partition and within it by the sort key."""
        names = list(self.key_types)
        return sorted(
            items,
            key=lambda item: tuple(order_of(item[name]) for name in names),
            reverse=not is_forward,
        )

    def only_key(self, item: Item) -> Item:
        return {name: item[name] for name in self.key_types}


class Tables:
    """All tables of an account."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.tables: dict[str, Table] = {}

    def find(self, document: Document) -> Table:
        """Return the table of a request. Raises Refused where there is none that is ready."""
        table = self.find_any(document)
        if self.clock() < table.ready_at:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return table

    def find_any(self, document: Document) -> Table:
        """Return the table of a request, by its name or ARN. Raises Refused where there is none."""
        name = document["TableName"].rpartition("/")[2]
        if name not in self.tables:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return self.tables[name]

    def read(self, table: Table, document: Document) -> dict[Key, Item]:
        """Return the items that a read sees. Only a consistent one surely sees the last writes."""
        is_stale = self.limits.stale_reads and not document.get("ConsistentRead", False)
        return table.read(is_stale=is_stale)

    def create(self, document: Document, region: str) -> Table:
        name = document["TableName"]
        if name in self.tables:
            raise Refused("ResourceInUseException", f"Table already exists: {name}")
        for unknown in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "StreamSpecification"):
            if document.get(unknown):
                raise Refused("UnknownOperationException", f"awslite has no {unknown}")
        at = self.clock()
        ready_at = at + self.limits.change_seconds
        self.tables[name] = Table(document, region, at=at, ready_at=ready_at)
        return self.tables[name]
