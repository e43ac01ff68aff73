"""Looking into a syntax tree without knowing what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass

from oralite.parser.leaves import Name
from oralite.parser.nodes import Query


def parts(node: object) -> Sequence[object]:
    """Return the nodes directly under it, subqueries left out."""
    if isinstance(node, tuple):
        return node
    if not is_dataclass(node) or isinstance(node, Query):
        return ()
    return [getattr(node, field.name) for field in fields(node)]


def names_in(node: object) -> list[Name]:
    """Return all names under it, subqueries left out."""
    if isinstance(node, Name):
        return [node]
    found = []
    for part in parts(node):
        found += names_in(part)
    return found


def contains_query(node: object) -> bool:
    if isinstance(node, Query):
        return True
    return any(contains_query(part) for part in parts(node))
