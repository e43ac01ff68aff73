"""Aggregates, window functions and ordinary calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace

from oralite.errors import OraError
from oralite.functions import AGGREGATES
from oralite.functions.types import inconsistent, same_family
from oralite.model import SqlType
from oralite.parser.nodes import Call, Name, Ordering, Over, Query
from oralite.translate.convert import align, convert, sort_key
from oralite.translate.invoke import invoke, sql_name
from oralite.translate.scope import Scope
from oralite.translate.typed import Origin, Typed, typed

_NATIVE = ("COUNT", "MIN", "MAX")
RANKS = ("ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE")
NEIGHBOURS = ("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE")
SHARES = ("RATIO_TO_REPORT", "PERCENT_RANK", "CUME_DIST")


def is_aggregate(node: object) -> bool:
    return (
        isinstance(node, Call)
        and node.over is None
        and (node.name in _NATIVE or node.name in AGGREGATES)
    )


def contains_aggregate(node: object) -> bool:
    """Whether an aggregate stands in it, subqueries not counted."""
    if is_aggregate(node):
        return True
    return any(contains_aggregate(part) for part in parts(node))


def contains_window(node: object) -> bool:
    if isinstance(node, Call) and node.over is not None:
        return True
    return any(contains_window(part) for part in parts(node))


def parts(node: object) -> Sequence[object]:
    """The nodes directly under it, subqueries left out."""
    if isinstance(node, tuple):
        return node
    if not is_dataclass(node) or isinstance(node, Query):
        return ()
    return [getattr(node, field.name) for field in fields(node)]


def names_in(node: object) -> list[Name]:
    """All names in an expression or a condition, subqueries left out."""
    if isinstance(node, Name):
        return [node]
    return [name for part in parts(node) for name in names_in(part)]


def call(node: Call, scope: Scope) -> Typed:
    from oralite.translate.expressions import expression

    if node.name in (*RANKS, *NEIGHBOURS, *SHARES):
        from oralite.translate.windows import window

        return window(node, scope)
    if is_aggregate(node) or node.over is not None:
        return _aggregate(node, scope)
    if node.star or node.distinct or node.within or node.keep or node.ignore_nulls:
        raise OraError(904, f'"{node.name}": invalid identifier', node.position)
    arguments = [expression(argument, scope) for argument in node.arguments]
    if node.name == "NULLIF":
        return _nullif(arguments, node.position)
    if node.name in _WITH_NLS and len(arguments) > 2:
        raise scope.draft.unsupported(f"the NLS argument of {node.name}")
    return invoke(node.name, arguments, node.position)


_WITH_NLS = ("TO_CHAR", "TO_NUMBER", "TO_DATE", "TO_TIMESTAMP", "TO_TIMESTAMP_TZ")


def _nullif(arguments: Sequence[Typed], position: int) -> Typed:
    """The first, unless the two compare as equal. Raises ORA-00932 where their types differ, or the first is NULL."""
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


def _inner(scope: Scope, node: Call) -> Scope:
    """Where an aggregate's arguments are translated: there every column may stand, and no other aggregate."""
    if node.over is not None:
        return scope
    if any(contains_aggregate(argument) for argument in node.arguments):
        raise OraError(978, "nested group function without GROUP BY", node.position)
    return replace(scope, grouped=None)


def _aggregate(node: Call, scope: Scope) -> Typed:
    from oralite.translate.expressions import expression

    inner = _inner(scope, node)
    arguments = [expression(argument, inner) for argument in node.arguments]
    if node.ignore_nulls:
        raise scope.draft.unsupported(f"IGNORE NULLS in {node.name}")
    if node.keep is not None:
        return _keep(node, arguments, inner)
    if node.name == "COUNT":
        return _count(node, arguments, scope)
    if len(arguments) < 1:
        raise OraError(938, "not enough arguments for function", node.position)
    if node.name in _NATIVE:
        _refuse_within(node, scope)
        value = arguments[0]
        sort_key(value)
        return over_window(node, f"{node.name.lower()}({value.sql})", scope, value)
    return _registered(node, arguments, scope)


def _count(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    _refuse_within(node, scope)
    inner = "*" if node.star else arguments[0].sql
    if node.distinct:
        if node.over is not None:
            return _distinctover_window(node, arguments, scope)
        inner = f"DISTINCT {sort_key(arguments[0])}"
    counted = over_window(node, f"count({inner})", scope, typed("", SqlType.NUMBER))
    return whole_number(counted.sql)


def _registered(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    aggregate = AGGREGATES.get(node.name)
    if aggregate is None:
        raise OraError(30484, "missing window specification for this function", node.position)
    if arguments[0].type is SqlType.BINARY_DOUBLE and aggregate.returns is SqlType.NUMBER:
        aggregate = AGGREGATES.get(f"ORA${node.name}_DOUBLE")
        if aggregate is None or node.distinct:
            raise scope.draft.unsupported(f"{node.name} of this kind over BINARY_DOUBLE")
    wanted = aggregate.arguments
    if node.distinct and node.over is not None:
        return _distinctover_window(node, arguments, scope)
    converted = [
        value if kind is None else convert(value, kind)
        for value, kind in zip(arguments, wanted, strict=False)
    ]
    if len(arguments) > len(wanted) or len(arguments) < aggregate.required:
        raise OraError(909, "invalid number of arguments", node.position)
    pieces = ", ".join(value.sql for value in converted)
    name = aggregate.name
    if node.distinct and name == "LISTAGG":
        name = "ORA$LISTAGG_DISTINCT"
    elif node.distinct:
        pieces = f"DISTINCT {pieces}"
    if node.within and node.over is not None:
        # Every row of the window sees the whole list, in the order that WITHIN GROUP gives it.
        if node.over.order or node.over.frame:
            raise OraError(30487, "ORDER BY not allowed here", node.position)
        whole = Over(
            node.over.partition,
            node.within,
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
        )
        node = replace(node, within=(), over=whole)
    order = f" ORDER BY {_order(node.within, _inner(scope, node))}" if node.within else ""
    return over_window(
        node, f"{sql_name(name)}({pieces}{order})", scope, typed("", aggregate.returns)
    )


def _distinctover_window(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    aggregate = AGGREGATES.get(f"ORA${node.name}_DISTINCT")
    if aggregate is None or aggregate.required != len(arguments):
        raise scope.draft.unsupported(f"DISTINCT in {node.name} over a window")
    if node.over is not None and (node.over.order or node.over.frame):
        raise OraError(30487, "ORDER BY not allowed here", node.position)
    value = (
        sort_key(arguments[0])
        if aggregate.arguments == (None,)
        else convert(arguments[0], SqlType.NUMBER).sql
    )
    return over_window(
        node, f"{sql_name(aggregate.name)}({value})", scope, typed("", aggregate.returns)
    )


def _refuse_within(node: Call, scope: Scope) -> None:
    if node.within:
        raise scope.draft.unsupported(f"WITHIN GROUP after {node.name}")


def _keep(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    raise scope.draft.unsupported("KEEP (DENSE_RANK ...)")


def whole_number(sql: str) -> Typed:
    """A NUMBER of SQLite's own integer."""
    return typed(f"ora_int({sql})", SqlType.NUMBER)


def over_window(node: Call, sql: str, scope: Scope, like: Typed) -> Typed:
    window = f" OVER ({_specification(node.over, scope)})" if node.over is not None else ""
    return replace(like, sql=f"{sql}{window}", nullable=True, origin=Origin.EXPRESSION, detail="")


def _specification(over: Over, scope: Scope) -> str:
    from oralite.translate.expressions import expression

    pieces = []
    if over.partition:
        keys = ", ".join(sort_key(expression(key, scope)) for key in over.partition)
        pieces.append(f"PARTITION BY {keys}")
    if over.order:
        pieces.append(f"ORDER BY {_order(over.order, scope)}")
    return " ".join([*pieces, over.frame]).strip()


def _order(orderings: Sequence[Ordering], scope: Scope) -> str:
    from oralite.translate.expressions import expression

    return ", ".join(
        ordered(sort_key(key), key.nullable, ordering)
        for ordering in orderings
        for key in [expression(ordering.value, scope)]
    )


def ordered(key: str, nullable: bool, ordering: Ordering) -> str:
    """One key of ORDER BY; where no NULL can be, none is spoken of, so that an index can serve."""
    direction = " DESC" if ordering.descending else ""
    if nullable and ordering.nulls_first == ordering.descending:
        return f"{key}{direction} NULLS {'FIRST' if ordering.nulls_first else 'LAST'}"
    return f"{key}{direction}"
