"""GetItem, Query and Scan."""

from __future__ import annotations

from awslite.dynamodb.conditions import Condition, read_condition
from awslite.dynamodb.keys import read_key_condition
from awslite.dynamodb.paths import look_up, write
from awslite.dynamodb.tables import Table, Tables
from awslite.dynamodb.tokens import Aliases, Path, Tokens
from awslite.dynamodb.values import Item, size_of_map
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

#: What one answer of Query and Scan holds.
MOST_BYTES = 1 << 20


def get_item(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    key = table.key_of(document["Key"])
    item = tables.read(table, document).get(key)
    aliases = Aliases(document)
    paths = read_projection(document, aliases)
    aliases.refuse_unused()
    if item is None:
        return {}
    return {"Item": project(item, paths)}


def query(tables: Tables, request: Request) -> Document:
    """Return the items of one partition, in the order of their sort key."""
    document = request.document
    table = tables.find(document)
    aliases = Aliases(document)
    condition = read_key_condition(table, document.get("KeyConditionExpression", ""), aliases)
    found = filter(condition, tables.read(table, document).values())
    items = table.sort(found, is_forward=document.get("ScanIndexForward", True))
    return answer_page(table, document, items, aliases)


def scan(tables: Tables, request: Request) -> Document:
    document = request.document
    table = tables.find(document)
    items = table.sort(tables.read(table, document).values())
    return answer_page(table, document, items, Aliases(document))


def answer_page(table: Table, document: Document, items: list[Item], aliases: Aliases) -> Document:
    """Return a page of items, filtered and projected, and where the next begins."""
    if "IndexName" in document:
        raise Refused("UnknownOperationException", "awslite has no indexes")
    keep: Condition = bool
    if "FilterExpression" in document:
        keep = read_condition(document["FilterExpression"], "FilterExpression", aliases)
    paths = read_projection(document, aliases)
    aliases.refuse_unused()
    if "ExclusiveStartKey" in document:
        items = items_behind(table, items, document["ExclusiveStartKey"])
    page = take_page(items, document.get("Limit"))
    kept = [project(item, paths) for item in filter(keep, page)]
    answer: Document = {"Count": len(kept), "ScannedCount": len(page), "Items": kept}
    if document.get("Select") == "COUNT":
        del answer["Items"]
    if len(page) < len(items) or len(page) == document.get("Limit"):
        answer["LastEvaluatedKey"] = table.only_key(page[-1])
    return answer


def items_behind(table: Table, items: list[Item], key: Item) -> list[Item]:
    """Return the items behind the one of a key."""
    last = table.key_of(key)
    keys = list(map(table.identify, items))
    if last not in keys:
        raise invalid("The provided starting key is invalid")
    return items[keys.index(last) + 1 :]


def take_page(items: list[Item], limit: int | None) -> list[Item]:
    """Return the items of one page: at most `limit`, and at most 1 MiB beside the first."""
    page: list[Item] = []
    size_bytes = 0
    for item in items[:limit]:
        size_bytes += size_of_map(item)
        if page and size_bytes > MOST_BYTES:
            break
        page.append(item)
    return page


def read_projection(document: Document, aliases: Aliases) -> list[Path] | None:
    """Return the paths that a request wants of each item, or None for all of it."""
    if "ProjectionExpression" not in document:
        return None
    tokens = Tokens(document["ProjectionExpression"], "ProjectionExpression", aliases)
    paths = [tokens.take_path()]
    while tokens.skip(","):
        paths.append(tokens.take_path())
    tokens.expect_end()
    if any(isinstance(step, int) for path in paths for step in path):
        raise Refused("UnknownOperationException", "awslite projects no elements of lists")
    return paths


def project(item: Item, paths: list[Path] | None) -> Item:
    """Return an item with only what stands at some paths."""
    if paths is None:
        return item
    projected: Item = {}
    for path in paths:
        value = look_up(item, path)
        if value is None:
            continue
        for length in range(1, len(path)):
            if look_up(projected, path[:length]) is None:
                write(projected, path[:length], {"M": {}})
        write(projected, path, value)
    return projected
