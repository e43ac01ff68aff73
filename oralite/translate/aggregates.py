"""Aggregates, of groups and over windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.functions.aggregates import AGGREGATES
from oralite.functions.function import Aggregate
from oralite.model import SqlType
from oralite.parser.nodes import Call, Over
from oralite.translate.aggregation import NATIVE, contains_aggregate
from oralite.translate.convert import convert, sort_key
from oralite.translate.over import order_keys, over_window, whole_number
from oralite.translate.rules import expression
from oralite.translate.scope import Scope
from oralite.translate.shapes import sql_name
from oralite.translate.typed import Typed, typed

_WHOLE_PARTITION = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def aggregate(node: Call, scope: Scope) -> Typed:
    """Translate a call of an aggregate.

    Raises ORA-00978 for one inside another, ORA-30484 where OVER is missing.
    """
    inner = _inner(scope, node)
    arguments = []
    for argument in node.arguments:
        arguments.append(expression(argument, inner))
    if node.ignore_nulls:
        raise scope.draft.unsupported(f"IGNORE NULLS in {node.name}")
    if node.keep is not None:
        raise scope.draft.unsupported("KEEP (DENSE_RANK ...)")
    if node.name == "COUNT":
        return _count(node, arguments, scope)
    if not arguments:
        raise OraError(938, "not enough arguments for function", node.position)
    if node.name not in NATIVE:
        return _registered(node, arguments, scope)
    _refuse_within(node, scope)
    value = arguments[0]
    sort_key(value)
    return over_window(node, f"{node.name.lower()}({value.sql})", scope, value)


def _inner(scope: Scope, node: Call) -> Scope:
    """Return the scope in which its arguments are translated: there every column may stand, and no
    other aggregate.
    """
    if node.over is not None:
        return scope
    for argument in node.arguments:
        if contains_aggregate(argument):
            raise OraError(978, "nested group function without GROUP BY", node.position)
    return replace(scope, grouped=None)


def _count(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    _refuse_within(node, scope)
    if node.distinct and node.over is not None:
        return _distinct_over_window(node, arguments, scope)
    if node.star:
        inner = "*"
    elif node.distinct:
        inner = f"DISTINCT {sort_key(arguments[0])}"
    else:
        inner = arguments[0].sql
    counted = over_window(node, f"count({inner})", scope, typed("", SqlType.NUMBER))
    return whole_number(counted.sql)


def _registered(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    """Translate a call of an aggregate of oralite's own."""
    found = _found(node, arguments, scope)
    if node.distinct and node.over is not None:
        return _distinct_over_window(node, arguments, scope)
    pieces = ", ".join(_converted(arguments, found))
    if not found.required <= len(arguments) <= len(found.arguments):
        raise OraError(909, "invalid number of arguments", node.position)
    name = found.name
    if node.distinct and name == "LISTAGG":
        name = "ORA$LISTAGG_DISTINCT"
    elif node.distinct:
        pieces = f"DISTINCT {pieces}"
    order = ""
    if node.within and node.over is not None:
        node = _over_whole_partition(node, node.over)
    elif node.within:
        order = f" ORDER BY {order_keys(node.within, _inner(scope, node))}"
    return over_window(node, f"{sql_name(name)}({pieces}{order})", scope, typed("", found.returns))


def _found(node: Call, arguments: Sequence[Typed], scope: Scope) -> Aggregate:
    found = AGGREGATES.get(node.name)
    if found is None:
        raise OraError(30484, "missing window specification for this function", node.position)
    if arguments[0].type is not SqlType.BINARY_DOUBLE or found.returns is not SqlType.NUMBER:
        return found
    double = AGGREGATES.get(f"ORA${node.name}_DOUBLE")
    if double is None or node.distinct:
        raise scope.draft.unsupported(f"{node.name} of this kind over BINARY_DOUBLE")
    return double


def _converted(arguments: Sequence[Typed], found: Aggregate) -> list[str]:
    pieces = []
    for value, kind in zip(arguments, found.arguments, strict=False):
        if kind is None:
            pieces.append(value.sql)
        else:
            pieces.append(convert(value, kind).sql)
    return pieces


def _over_whole_partition(node: Call, over: Over) -> Call:
    """Let every row of the window see the whole list, in the order that WITHIN GROUP gives it."""
    if over.order or over.frame:
        raise OraError(30487, "ORDER BY not allowed here", node.position)
    whole = Over(over.partition, node.within, _WHOLE_PARTITION)
    return replace(node, within=(), over=whole)


def _distinct_over_window(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    found = AGGREGATES.get(f"ORA${node.name}_DISTINCT")
    if found is None or found.required != len(arguments):
        raise scope.draft.unsupported(f"DISTINCT in {node.name} over a window")
    if node.over is not None and (node.over.order or node.over.frame):
        raise OraError(30487, "ORDER BY not allowed here", node.position)
    if found.arguments == (None,):
        value = sort_key(arguments[0])
    else:
        value = convert(arguments[0], SqlType.NUMBER).sql
    return over_window(node, f"{sql_name(found.name)}({value})", scope, typed("", found.returns))


def _refuse_within(node: Call, scope: Scope) -> None:
    if node.within:
        raise scope.draft.unsupported(f"WITHIN GROUP after {node.name}")
