"""Looking into a syntax tree without knowing what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass

from oralite.parser.leaves import Name
from oralite.parser.nodes import Condition, Junction, Query


def parts(node: object) -> Sequence[object]:
    """Return the nodes directly under it, subqueries left out."""
    if isinstance(node, tuple):
        return node
    if not is_dataclass(node) or isinstance(node, Query):
        return ()
    found = []
    for name in node.__dataclass_fields__:
        found.append(getattr(node, name))
    return found


def names_in(node: object) -> list[Name]:
    """Return all names under it, subqueries left out."""
    if isinstance(node, Name):
        return [node]
    found = []
    for part in parts(node):
        found += names_in(part)
    return found


def conjuncts(node: Condition | None) -> Sequence[Condition]:
    """Return the conditions that a condition joins by AND: itself alone where it joins none."""
    if node is None:
        return ()
    if isinstance(node, Junction) and node.operator == "AND":
        return node.operands
    return (node,)


def conjunction(nodes: Sequence[Condition]) -> Condition | None:
    """Return the condition that joins these by AND, or None where there is none."""
    if not nodes:
        return None
    if len(nodes) == 1:
        return nodes[0]
    return Junction("AND", tuple(nodes))


def contains_query(node: object) -> bool:
    if isinstance(node, Query):
        return True
    for part in parts(node):
        if contains_query(part):
            return True
    return False
