"""Which calls are aggregates, and where in a statement they stand."""

from __future__ import annotations

from oralite.functions.aggregates import AGGREGATES
from oralite.parser.nodes import Call
from oralite.parser.trees import parts

#: Aggregates that SQLite carries out itself.
NATIVE = ("COUNT", "MIN", "MAX")


def is_aggregate(node: object) -> bool:
    if not isinstance(node, Call) or node.over is not None:
        return False
    return node.name in NATIVE or node.name in AGGREGATES


def contains_aggregate(node: object) -> bool:
    """Return whether an aggregate stands in it, subqueries not counted."""
    if is_aggregate(node):
        return True
    for part in parts(node):
        if contains_aggregate(part):
            return True
    return False


def contains_window(node: object) -> bool:
    if isinstance(node, Call) and node.over is not None:
        return True
    for part in parts(node):
        if contains_window(part):
            return True
    return False
