"""Conditions: SQLite text that is 1, 0 or NULL."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.errors import OraError
from oralite.parser.nodes import (
    Between,
    Compare,
    Exists,
    Expression,
    InList,
    InQuery,
    IsNull,
    Junction,
    Like,
    Lnnvl,
    Not,
    Query,
    RowValue,
    Scalar,
    Truth,
)
from oralite.translate.convert import align, comparison, to_text
from oralite.translate.invoke import invoke
from oralite.translate.rules import condition, condition_rule, expression, subquery
from oralite.translate.scope import Scope
from oralite.translate.typed import Origin, Typed


@condition_rule.register
def _(node: Junction, scope: Scope) -> str:
    return (
        "("
        + f" {node.operator} ".join(condition(operand, scope) for operand in node.operands)
        + ")"
    )


@condition_rule.register
def _(node: Not, scope: Scope) -> str:
    if isinstance(node.operand, IsNull):
        return f"({expression(node.operand.operand, scope).sql} IS NOT NULL)"
    return f"(NOT {condition(node.operand, scope)})"


@condition_rule.register
def _(node: Lnnvl, scope: Scope) -> str:
    return f"({condition(node.operand, scope)} IS NOT 1)"


@condition_rule.register
def _(node: Compare, scope: Scope) -> str:
    if node.quantifier:
        return _quantified(node, scope)
    if isinstance(node.left, RowValue):
        return _row_equality(node, node.left, scope)
    return comparison(node.operator, expression(node.left, scope), expression(node.right, scope))


def _row_equality(node: Compare, left: RowValue, scope: Scope) -> str:
    if node.operator not in ("=", "<>"):
        raise OraError(1796, "this operator cannot be used with lists")
    if isinstance(node.right, Scalar):
        found = _in_query([expression(item, scope) for item in left.items], node.right.query, scope)
    else:
        found = _row_in(left, (node.right,), scope)
    if node.operator == "=":
        return found
    return f"(NOT {found})"


@condition_rule.register
def _(node: Between, scope: Scope) -> str:
    operand = expression(node.operand, scope)
    low = comparison(">=", operand, expression(node.low, scope))
    high = comparison("<=", operand, expression(node.high, scope))
    return f"({low} AND {high})"


@condition_rule.register
def _(node: IsNull, scope: Scope) -> str:
    return f"({expression(node.operand, scope).sql} IS NULL)"


@condition_rule.register
def _(node: InList, scope: Scope) -> str:
    if isinstance(node.operand, RowValue):
        return _row_in(node.operand, node.items, scope)
    operand = expression(node.operand, scope)
    return _in_items(operand, [expression(item, scope) for item in node.items])


def _in_items(operand: Typed, items: Sequence[Typed]) -> str:
    pairs = []
    for item in items:
        if item.origin is not Origin.NULL:
            pairs.append(align(operand, item))
    nulls = ["NULL"] * (len(items) - len(pairs))
    rights = [right for _, right in pairs] + nulls
    if len({left for left, _ in pairs}) > 1:
        return "(" + " OR ".join([*(f"{left} = {right}" for left, right in pairs), *nulls]) + ")"
    if pairs:
        left = pairs[0][0]
    else:
        left = operand.sql
    return f"({left} IN ({', '.join(rights)}))"


def _row_in(operand: RowValue, items: Sequence[Expression], scope: Scope) -> str:
    lefts = [expression(item, scope) for item in operand.items]
    rows = []
    for item in items:
        if not isinstance(item, RowValue) or len(item.items) != len(lefts):
            raise OraError(920, "invalid relational operator")
        rights = []
        for part in item.items:
            rights.append(expression(part, scope))
        rows.append(
            " AND ".join(comparison("=", *pair) for pair in zip(lefts, rights, strict=True))
        )
    return "(" + " OR ".join(f"({row})" for row in rows) + ")"


@condition_rule.register
def _(node: InQuery, scope: Scope) -> str:
    if isinstance(node.operand, RowValue):
        operands = node.operand.items
    else:
        operands = (node.operand,)
    return _in_query([expression(operand, scope) for operand in operands], node.query, scope)


def _in_query(operands: Sequence[Typed], query: Query, scope: Scope) -> str:
    found = subquery(query, scope)
    if len(found.columns) != len(operands):
        raise OraError(
            947 if len(found.columns) < len(operands) else 913,
            "wrong number of values in a subquery",
        )
    rights = []
    for number, column in enumerate(found.columns, 1):
        rights.append(Typed(f"c{number}", column.type, column.size_bytes, origin=Origin.COLUMN))
    pairs = []
    for left, right in zip(operands, rights, strict=True):
        pairs.append(align(left, right))
    plain = all(pair[1] == right.sql for pair, right in zip(pairs, rights, strict=True))
    if plain:
        inner = found.sql
    else:
        inner = f"SELECT {', '.join(right for _, right in pairs)} FROM ({found.sql})"
    lefts = ", ".join(left for left, _ in pairs)
    return f"({lefts if len(pairs) == 1 else f'({lefts})'} IN ({inner}))"


@condition_rule.register
def _(node: Exists, scope: Scope) -> str:
    return f"EXISTS ({subquery(node.query, scope).sql})"


@condition_rule.register
def _(node: Like, scope: Scope) -> str:
    """Use GLOB, which unlike SQLite's LIKE keeps upper and lower case apart.

    It can use an index, too.
    """
    operand, pattern = (to_text(expression(part, scope)) for part in (node.operand, node.pattern))
    if node.escape is None:
        escape = ""
    else:
        escape = f", {to_text(expression(node.escape, scope)).sql}"
    return f"({operand.sql} GLOB ora_glob({pattern.sql}{escape}))"


@condition_rule.register
def _(node: Truth, scope: Scope) -> str:
    arguments = []
    for argument in node.call.arguments:
        arguments.append(expression(argument, scope))
    return f"({invoke(node.call.name, arguments, node.call.position).sql})"


def _quantified(node: Compare, scope: Scope) -> str:
    left = expression(node.left, scope)
    if isinstance(node.right, RowValue):
        items = []
        for item in node.right.items:
            items.append(comparison(node.operator, left, expression(item, scope)))
        return "(" + (" AND " if node.quantifier == "ALL" else " OR ").join(items) + ")"
    assert isinstance(node.right, Scalar)
    if (node.quantifier, node.operator) == ("ANY", "="):
        return _in_query([left], node.right.query, scope)
    if (node.quantifier, node.operator) == ("ALL", "<>"):
        return f"(NOT {_in_query([left], node.right.query, scope)})"
    return _compared_with_all(node, left, node.right.query, scope)


def _compared_with_all(node: Compare, left: Typed, query: Query, scope: Scope) -> str:
    found = subquery(query, scope)
    alias = scope.draft.alias()
    column = found.columns[0]
    right = Typed(f"{alias}.c1", column.type, column.size_bytes, origin=Origin.COLUMN)
    test = comparison(node.operator, left, right)
    if node.quantifier == "ANY":
        decisive, otherwise = (1, 0)
    else:
        decisive, otherwise = (0, 1)
    return (
        f"(SELECT CASE WHEN count(*) FILTER (WHERE t IS {decisive}) > 0 THEN {decisive}"
        f" WHEN count(t) = count(*) THEN {otherwise} END"
        f" FROM (SELECT {test} AS t FROM ({found.sql}) AS {alias}))"
    )
