"""Items as DynamoDB has them, and writes that are made only where something still holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from oracle_cdc.aws.dynamodb.client import TableClient

#: What an attribute holds: text, a small number, or texts.
Value: TypeAlias = "str | int | tuple[str, ...]"
#: Attributes by name.
Item: TypeAlias = Mapping[str, Value]

#: Operators of a condition that says of an attribute only whether it is there.
EXISTS, MISSING = "exists", "is missing"
#: What DynamoDB calls a write whose condition did not hold.
REFUSED = "ConditionalCheckFailedException"


class Condition(NamedTuple):
    """What must hold of an attribute as it stands.

    operator: =, <= or <>, or EXISTS or MISSING, which need no value. An attribute that is not there
        is neither equal nor less.
    """

    name: str
    operator: str
    value: Value = ""


@dataclass(frozen=True)
class Update:
    """A write to one item.

    sets: attributes and what they become.
    removes: attributes that go.
    adds: attributes and by how much they grow.
    conditions: all of which must hold. Without any, an item that is missing is made.
    """

    sets: Item = field(default_factory=dict)
    removes: Sequence[str] = ()
    adds: Mapping[str, int] = field(default_factory=dict)
    conditions: Sequence[Condition] = ()


class Written(NamedTuple):
    """What became of a conditional write.

    item: as it is now, None where there is none.
    """

    is_written: bool
    item: Item | None


def encode(item: Item) -> dict[str, Any]:
    """Return an item as DynamoDB takes it."""
    encoded: dict[str, Any] = {}
    for name, value in item.items():
        encoded[name] = encode_value(value)
    return encoded


def encode_value(value: Value) -> dict[str, Any]:
    """Return a value with its type."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"L": [{"S": text} for text in value]}


def decode(said: Mapping[str, Mapping[str, Any]]) -> dict[str, Value]:
    """Return an item as it stands in an answer. Attributes of other types are left out."""
    item: dict[str, Value] = {}
    for name, value in said.items():
        if "S" in value:
            item[name] = str(value["S"])
        elif "N" in value:
            item[name] = int(value["N"])
        elif "L" in value:
            item[name] = tuple(str(element["S"]) for element in value["L"])
    return item


def read_item(client: TableClient, key: Item) -> Item | None:
    """Return one item as the last write left it, or None.

    Raises StoreUnavailable, StoreConfigurationError or StoreCredentialsError.
    """
    with client.calling("GetItem") as dynamodb:
        answer = dynamodb.get_item(TableName=client.place, Key=encode(key), ConsistentRead=True)
        if "Item" not in answer:
            return None
        return decode(answer["Item"])


def write_item(client: TableClient, key: Item, update: Update) -> Written:
    """Write one item where the conditions hold. Raises like read_item.

    After StoreUnavailable the write may have been made or not.
    """
    with client.calling("UpdateItem") as dynamodb:
        try:
            answer = dynamodb.update_item(
                TableName=client.place,
                Key=encode(key),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **express(update),
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != REFUSED:
                raise
            return Written(False, find_old(error))
        return Written(True, decode(answer["Attributes"]))


def find_old(error: ClientError) -> Item | None:
    """Return the item that did not fulfil a condition, None where there is none."""
    response: Mapping[str, Any] = error.response
    if not response.get("Item"):
        return None
    return decode(response["Item"])


class Expressions:
    """Writes the expressions of a request, and keeps the aliases that stand in them.

    Each name stands behind an alias: DynamoDB has hundreds of reserved words, status among them:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def alias(self, name: str) -> str:
        """Return what stands for an attribute."""
        self.names[f"#{name}"] = name
        return f"#{name}"

    def bind(self, purpose: str, name: str, value: Value) -> str:
        """Return what stands for a value that an attribute is set to, grows by or is held to."""
        place = f":{purpose}_{name}"
        self.values[place] = encode_value(value)
        return place

    def write_update(self, update: Update) -> str:
        """Return what is done to the item."""
        sets: list[str] = []
        for name, value in update.sets.items():
            sets.append(f"{self.alias(name)} = {self.bind('to', name, value)}")
        removes = [self.alias(name) for name in update.removes]
        adds: list[str] = []
        for name, count in update.adds.items():
            adds.append(f"{self.alias(name)} {self.bind('by', name, count)}")
        written: list[str] = []
        for word, parts in (("SET", sets), ("REMOVE", removes), ("ADD", adds)):
            if parts:
                written.append(f"{word} {', '.join(parts)}")
        return " ".join(written)

    def write_condition(self, condition: Condition) -> str:
        """Return one condition."""
        alias = self.alias(condition.name)
        if condition.operator == EXISTS:
            return f"attribute_exists({alias})"
        if condition.operator == MISSING:
            return f"attribute_not_exists({alias})"
        return f"{alias} {condition.operator} {self.bind('if', condition.name, condition.value)}"


def express(update: Update) -> dict[str, Any]:
    """Return an update as a request has it."""
    expressions = Expressions()
    request: dict[str, Any] = {"UpdateExpression": expressions.write_update(update)}
    conditions = [expressions.write_condition(condition) for condition in update.conditions]
    if conditions:
        request["ConditionExpression"] = " AND ".join(conditions)
    request["ExpressionAttributeNames"] = expressions.names
    if expressions.values:
        request["ExpressionAttributeValues"] = expressions.values
    return request
