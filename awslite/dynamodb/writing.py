"""PutItem, UpdateItem and DeleteItem, each under a condition if one is given."""

from __future__ import annotations

from awslite.dynamodb.conditions import Condition, read_condition
from awslite.dynamodb.tables import Key, Table, Tables
from awslite.dynamodb.tokens import Aliases
from awslite.dynamodb.updates import Update
from awslite.dynamodb.values import INVALID, Item, check_item
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

#: The ways of before expressions, which nothing of ours uses.
OLD_PARAMETERS = ("Expected", "AttributeUpdates", "ConditionalOperator")
#: What the ReturnValues of PutItem and DeleteItem, and those of UpdateItem, may be.
OLD_KINDS = ("NONE", "ALL_OLD")
UPDATE_KINDS = (*OLD_KINDS, "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")


def put_item(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    item = check_item(document["Item"])
    key = table.identify(item)
    aliases = Aliases(document)
    before = judge(table, key, document, aliases)
    answer = changed(document, before, item, OLD_KINDS)
    table.write(key, item)
    return answer


def delete_item(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    key = table.key_of(document["Key"])
    aliases = Aliases(document)
    before = judge(table, key, document, aliases)
    answer = changed(document, before, {}, OLD_KINDS)
    table.write(key, None)
    return answer


def update_item(tables: Tables, request: Request) -> Document:
    """Change an item, or make it, in one step with the judgement of its condition."""
    document = request.document
    table = tables.find(document)
    key = table.key_of(document["Key"])
    aliases = Aliases(document)
    update = read_update(table, document, aliases)
    before = judge(table, key, document, aliases)
    after = check_item(update.apply(before or document["Key"]))
    answer = changed(document, before, after, UPDATE_KINDS)
    table.write(key, after)
    if document.get("ReturnValues", "").startswith("UPDATED") and answer:
        answer["Attributes"] = only_updated(answer["Attributes"], update)
    return answer


def read_update(table: Table, document: Document, aliases: Aliases) -> Update:
    """Return what a request changes. Raises Refused where that is a part of the key."""
    update = Update(document.get("UpdateExpression"), aliases)
    for path in update.paths:
        if path[0] in table.key_types:
            raise invalid(
                f"{INVALID}Cannot update attribute {path[0]}. This attribute is part of the key"
            )
    return update


def only_updated(item: Item, update: Update) -> Item:
    """Return the attributes of an item that an update writes."""
    kept: Item = {}
    for path in update.paths:
        name = str(path[0])
        if name in item:
            kept[name] = item[name]
    return kept


def judge(table: Table, key: Key, document: Document, aliases: Aliases) -> Item | None:
    """Return the item as it is. Raises Refused if it is not as the condition wants it.

    What is wrong with the expressions themselves is found first, whatever the item is.
    """
    condition = read_write_condition(document, aliases)
    aliases.refuse_unused()
    item = table.items.get(key)
    if condition(item or {}):
        return item
    details = {}
    if document.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item is not None:
        details["Item"] = item
    raise Refused(
        "ConditionalCheckFailedException", "The conditional request failed", details=details
    )


def read_write_condition(document: Document, aliases: Aliases) -> Condition:
    """Return the condition of a write, which always holds where none is given."""
    for name in OLD_PARAMETERS:
        if name in document:
            raise Refused("UnknownOperationException", f"awslite does not know {name}")
    if "ConditionExpression" not in document:
        return lambda item: True
    return read_condition(document["ConditionExpression"], "ConditionExpression", aliases)


def changed(
    document: Document, before: Item | None, after: Item, kinds: tuple[str, ...]
) -> Document:
    """Return what the ReturnValues of a request ask for."""
    kind = document.get("ReturnValues", "NONE")
    if kind not in kinds:
        raise invalid(f"ReturnValues can only be one of {', '.join(kinds)}")
    if kind.endswith("NEW"):
        return {"Attributes": after}
    if kind.endswith("OLD") and before is not None:
        return {"Attributes": before}
    return {}
