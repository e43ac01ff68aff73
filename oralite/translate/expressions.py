"""Expressions: each node of the syntax tree becomes SQLite text with a known type."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.nodes import (
    AtZone,
    Binary,
    Bind,
    Call,
    Case,
    Cast,
    Default,
    Expression,
    Extract,
    IntervalLiteral,
    Name,
    Negation,
    Null,
    Number,
    RowValue,
    Scalar,
    Text,
    TimeLiteral,
)
from oralite.translate import aggregates, operators, pseudo
from oralite.translate.convert import convert, united
from oralite.translate.invoke import invoke
from oralite.translate.scope import Relation, Scope
from oralite.translate.typed import NULL, Typed, blob_literal, text_literal
from oralite.values import encode_double, encode_number

_CONSTANTS = (Text, Number, Null, Bind, Scalar, IntervalLiteral, TimeLiteral)


def expression(node: Expression, scope: Scope) -> Typed:
    """Raises ORA-00979 for what a grouped select list may not hold."""
    if scope.grouped is None or isinstance(node, _CONSTANTS) or aggregates.is_aggregate(node):
        return _expression(node, scope)
    grouped = scope.grouped
    if not aggregates.contains_aggregate(node):
        found = _expression(node, replace(scope, grouped=None))
        if found.sql in grouped:
            return found
    if isinstance(node, Name) and not pseudo.is_constant(node, scope):
        code, text = (
            (979, "not a GROUP BY expression")
            if grouped
            else (937, "not a single-group group function")
        )
        raise OraError(code, text, node.position)
    return _expression(node, scope)


@singledispatch
def _expression(node: object, scope: Scope) -> Typed:
    raise scope.draft.unsupported(f"{type(node).__name__} here")


@_expression.register
def _(node: Name, scope: Scope) -> Typed:
    return pseudo.name(node, scope)


@_expression.register
def _(node: Text, scope: Scope) -> Typed:
    return text_literal(node.value)


@_expression.register
def _(node: Number, scope: Scope) -> Typed:
    if node.value[-1] in "fFdD":
        return blob_literal(encode_double(float(node.value[:-1])), SqlType.BINARY_DOUBLE)
    return number_literal(node.value)


def number_literal(value: str) -> Typed:
    return blob_literal(encode_number(value), SqlType.NUMBER)


@_expression.register
def _(node: Null, scope: Scope) -> Typed:
    return NULL


@_expression.register
def _(node: Default, scope: Scope) -> Typed:
    raise OraError(936, "missing expression")


@_expression.register
def _(node: Bind, scope: Scope) -> Typed:
    return scope.draft.bind(node.index)


@_expression.register
def _(node: Call, scope: Scope) -> Typed:
    return aggregates.call(node, scope)


@_expression.register
def _(node: Binary, scope: Scope) -> Typed:
    from oralite.translate.months import shifted

    if (moved := shifted(node, scope)) is not None:
        return moved
    left, right = expression(node.left, scope), expression(node.right, scope)
    return operators.binary(node.operator, left, right)


@_expression.register
def _(node: Negation, scope: Scope) -> Typed:
    if isinstance(node.operand, Number):
        return _expression(Number("-" + node.operand.value), scope)
    return operators.negation(expression(node.operand, scope))


@_expression.register
def _(node: Case, scope: Scope) -> Typed:
    from oralite.translate.conditions import condition

    values = [expression(value, scope) for _, value in node.whens]
    values.append(expression(node.otherwise, scope))
    shape = united(values, "")
    converted = [convert(value, shape.type).sql for value in values]
    whens = [
        f"WHEN {condition(when, scope)} THEN {value}"
        for (when, _), value in zip(node.whens, converted, strict=False)
    ]
    return replace(shape, sql=f"CASE {' '.join(whens)} ELSE {converted[-1]} END")


@_expression.register
def _(node: Cast, scope: Scope) -> Typed:
    from oralite.translate.casts import cast

    return cast(expression(node.operand, scope), node.type, scope.draft)


@_expression.register
def _(node: Extract, scope: Scope) -> Typed:
    return invoke("EXTRACT", [text_literal(node.field), expression(node.operand, scope)])


@_expression.register
def _(node: AtZone, scope: Scope) -> Typed:
    stamp = convert(expression(node.operand, scope), SqlType.TIMESTAMP_TZ)
    if node.zone is None:
        return invoke("ORA$AT_LOCAL", [stamp])
    return invoke("ORA$AT_ZONE", [stamp, expression(node.zone, scope)])


@_expression.register
def _(node: TimeLiteral, scope: Scope) -> Typed:
    from oralite.translate.literals import time_literal

    return time_literal(node)


@_expression.register
def _(node: IntervalLiteral, scope: Scope) -> Typed:
    from oralite.translate.literals import interval_literal

    return interval_literal(node, scope.draft)


@_expression.register
def _(node: Scalar, scope: Scope) -> Typed:
    from oralite.translate.queries import subquery

    found = subquery(node.query, scope)
    if len(found.columns) != 1:
        raise OraError(913, "too many values")
    column = found.columns[0]
    sql = found.sql if pseudo.single_row(node.query) else single("c1", found)
    return Typed(f"({sql})", column.type, column.size_bytes, column.precision, column.scale)


def single(value: str, found: Relation) -> str:
    """The only row's value, NULL where there is none."""
    rows = f"SELECT * FROM ({found.sql})" if found.limited else found.sql
    return f"SELECT ora_single({value}, count(*)) FROM ({rows} LIMIT 2)"


@_expression.register
def _(node: RowValue, scope: Scope) -> Typed:
    raise OraError(907, "missing right parenthesis")
