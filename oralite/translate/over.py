"""Windows and orders: OVER (...), and the keys of ORDER BY."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.model import SqlType
from oralite.parser.nodes import Call, Ordering, Over
from oralite.translate.convert import sort_key
from oralite.translate.rules import expression
from oralite.translate.scope import Scope
from oralite.translate.typed import Origin, Typed, typed


def whole_number(sql: str) -> Typed:
    """Return a NUMBER of SQLite's own integer."""
    return typed(f"ora_int({sql})", SqlType.NUMBER)


def over_window(node: Call, sql: str, scope: Scope, like: Typed) -> Typed:
    if node.over is not None:
        window = f" OVER ({_specification(node.over, scope)})"
    else:
        window = ""
    return replace(like, sql=f"{sql}{window}", nullable=True, origin=Origin.EXPRESSION, detail="")


def _specification(over: Over, scope: Scope) -> str:
    pieces = []
    if over.partition:
        found = []
        for key in over.partition:
            found.append(sort_key(expression(key, scope)))
        keys = ", ".join(found)
        pieces.append(f"PARTITION BY {keys}")
    if over.order:
        pieces.append(f"ORDER BY {order_keys(over.order, scope)}")
    return " ".join([*pieces, over.frame]).strip()


def order_keys(orderings: Sequence[Ordering], scope: Scope) -> str:
    return ", ".join(
        ordered(sort_key(key), key.nullable, ordering)
        for ordering in orderings
        for key in [expression(ordering.value, scope)]
    )


def ordered(key: str, nullable: bool, ordering: Ordering) -> str:
    """Return one key of ORDER BY.

    Where no NULL can be, none is spoken of, so that an index can serve.
    """
    if ordering.descending:
        direction = " DESC"
    else:
        direction = ""
    if nullable and ordering.nulls_first == ordering.descending:
        return f"{key}{direction} NULLS {'FIRST' if ordering.nulls_first else 'LAST'}"
    return f"{key}{direction}"
