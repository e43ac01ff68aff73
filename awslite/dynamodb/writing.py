"""PutItem, UpdateItem and DeleteItem, each under a condition if one is given."""

from __future__ import annotations

from awslite.dynamodb.conditions import read_condition
from awslite.dynamodb.tables import Key, Table, Tables
from awslite.dynamodb.tokens import Aliases
from awslite.dynamodb.updates import Update
from awslite.dynamodb.values import INVALID, Item, check_item
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

#: The ways of before expressions, which nothing of ours uses.
OLD_PARAMETERS = ("Expected", "AttributeUpdates", "ConditionalOperator")


def put_item(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    item = check_item(document["Item"])
    key = table.identify(item)
    aliases = Aliases(document)
    before = check_condition(table, key, document, aliases)
    aliases.refuse_unused()
    table.write(key, item)
    return changed(document, before, item, ("NONE", "ALL_OLD"))


def delete_item(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    key = table.key_of(document["Key"])
    aliases = Aliases(document)
    before = check_condition(table, key, document, aliases)
    aliases.refuse_unused()
    table.write(key, None)
    return changed(document, before, {}, ("NONE", "ALL_OLD"))


def update_item(tables: Tables, request: Request) -> Document:
    """Change an item, or make it, in one step with the judgement of its condition."""
    document = request.document
    table = tables.find(document)
    key = table.key_of(document["Key"])
    aliases = Aliases(document)
    update = (
        Update(document["UpdateExpression"], aliases) if "UpdateExpression" in document else None
    )
    before = check_condition(table, key, document, aliases)
    aliases.refuse_unused()
    after = before or check_item(document["Key"])
    if update is not None:
        for path in update.paths:
            if path[0] in table.key_types:
                raise invalid(
                    f"{INVALID}Cannot update attribute {path[0]}. This attribute is part of the key"
                )
        after = check_item(update.apply(after))
    table.write(key, after)
    kinds = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    answer = changed(document, before, after, kinds)
    if document.get("ReturnValues", "").startswith("UPDATED") and update is not None:
        answer["Attributes"] = only_updated(answer["Attributes"], update)
    return answer


def only_updated(item: Item, update: Update) -> Item:
    """Return the attributes of an item that an update writes."""
    kept: Item = {}
    for path in update.paths:
        name = str(path[0])
        if name in item:
            kept[name] = item[name]
    return kept


def check_condition(table: Table, key: Key, document: Document, aliases: Aliases) -> Item | None:
    """Return the item as it is. Raises Refused if it is not as the condition wants it."""
    for name in OLD_PARAMETERS:
        if name in document:
            raise Refused("UnknownOperationException", f"awslite does not know {name}")
    item = table.items.get(key)
    if "ConditionExpression" not in document:
        return item
    condition = read_condition(document["ConditionExpression"], "ConditionExpression", aliases)
    if condition(item or {}):
        return item
    details = {}
    if document.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and item is not None:
        details["Item"] = item
    raise Refused(
        "ConditionalCheckFailedException", "The conditional request failed", details=details
    )


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
