"""Calls: aggregates, functions that only windows have, and ordinary functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.functions.types import inconsistent, same_family
from oralite.parser.nodes import Call
from oralite.translate.aggregates import aggregate
from oralite.translate.aggregation import is_aggregate
from oralite.translate.convert import align
from oralite.translate.invoke import invoke
from oralite.translate.rules import expression, expression_rule
from oralite.translate.scope import Scope
from oralite.translate.typed import Origin, Typed
from oralite.translate.windows import NEIGHBOURS, RANKS, SHARES, window


@expression_rule.register
def _(node: Call, scope: Scope) -> Typed:
    if node.name in (*RANKS, *NEIGHBOURS, *SHARES):
        return window(node, scope)
    if is_aggregate(node) or node.over is not None:
        return aggregate(node, scope)
    if node.star or node.distinct or node.within or node.keep or node.ignore_nulls:
        raise OraError(904, f'"{node.name}": invalid identifier', node.position)
    arguments = []
    for argument in node.arguments:
        arguments.append(expression(argument, scope))
    if node.name == "NULLIF":
        return _nullif(arguments, node.position)
    if node.name in _WITH_NLS and len(arguments) > 2:
        raise scope.draft.unsupported(f"the NLS argument of {node.name}")
    return invoke(node.name, arguments, node.position)


_WITH_NLS = ("TO_CHAR", "TO_NUMBER", "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ")


def _nullif(arguments: Sequence[Typed], position: int) -> Typed:
    """Return the first, unless the two compare as equal.

    Raises ORA-00932 where their types differ, or the first is NULL.
    """
    if len(arguments) != 2:
        raise OraError(
            938 if len(arguments) < 2 else 939, "wrong number of arguments for function", position
        )
    one, other = arguments
    if one.origin is Origin.NULL or (
        other.origin is not Origin.NULL and not same_family(one.type, other.type)
    ):
        raise inconsistent(None if one.origin is Origin.NULL else one.type, other.type)
    if other.origin is Origin.NULL:
        return replace(one, origin=Origin.EXPRESSION, nullable=True)
    left, right = align(one, other)
    if (left, right) == (one.sql, other.sql):
        return replace(
            one, sql=f"nullif({left}, {right})", origin=Origin.EXPRESSION, nullable=True, detail=""
        )
    sql = f"CASE WHEN {left} = {right} THEN NULL ELSE {one.sql} END"
    return replace(one, sql=sql, origin=Origin.EXPRESSION, nullable=True, detail="")
