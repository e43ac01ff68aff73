"""MAX(SUM(x)) ... GROUP BY: the inner aggregates of each group as a subquery, the outer ones over
its rows.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from oralite.parser.leaves import Name, Star
from oralite.parser.nodes import Call, DerivedSource, Item, Query, Select
from oralite.parser.trees import parts
from oralite.translate.aggregation import contains_aggregate, is_aggregate


def unnested(query: Query) -> Query:
    """Return the query without aggregates of aggregates, the same one where it has none."""
    body = query.body
    if not isinstance(body, Select) or not body.group or not any(map(_is_nested, body.items)):
        return query
    inner: list[Item] = []
    pieces: list[Item | Star] = []
    for item in body.items:
        if isinstance(item, Star):
            pieces.append(item)
        else:
            pieces.append(replace(item, value=_outer(item.value, inner)))
    items = tuple(pieces)
    groups = replace(body, distinct=False, items=tuple(inner))
    return replace(query, body=Select(body.distinct, items, (DerivedSource(Query(groups), None),)))


def _is_nested(node: object) -> bool:
    if is_aggregate(node):
        assert isinstance(node, Call)
        return any(map(contains_aggregate, node.arguments))
    return any(map(_is_nested, parts(node)))


def _outer(node: Any, inner: list[Item]) -> Any:
    """Return the node with the arguments of its aggregates moved to the list, and the names that
    they have there instead.
    """
    if is_aggregate(node):
        return replace(
            node, arguments=tuple(_moved(argument, inner) for argument in node.arguments)
        )
    if isinstance(node, tuple):
        found = []
        for part in node:
            found.append(_outer(part, inner))
        return tuple(found)
    if not is_dataclass(node) or isinstance(node, (Query, type)):
        return node
    return replace(
        node, **{field.name: _outer(getattr(node, field.name), inner) for field in fields(node)}
    )


def _moved(argument: Any, inner: list[Item]) -> Name:
    inner.append(Item(argument, f"N{len(inner)}", ""))
    return Name((f"N{len(inner) - 1}",), 0)
