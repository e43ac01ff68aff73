"""Expressions: each node of the syntax tree becomes SQLite text with a known type."""

from __future__ import annotations

from dataclasses import replace

from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.leaves import (
    Bind,
    Default,
    IntervalLiteral,
    Name,
    Null,
    Number,
    Text,
    TimeLiteral,
)
from oralite.parser.nodes import (
    AtZone,
    Binary,
    Case,
    Cast,
    Extract,
    Negation,
    RowValue,
    Scalar,
)
from oralite.translate import operators, pseudo
from oralite.translate.casts import cast
from oralite.translate.convert import convert, united
from oralite.translate.invoke import invoke
from oralite.translate.literals import interval_literal, number_literal, time_literal
from oralite.translate.months import shifted
from oralite.translate.rules import condition, expression, expression_rule, subquery
from oralite.translate.scope import Relation, Scope
from oralite.translate.typed import NULL, Typed, blob_literal, text_literal
from oralite.values import encode_double


@expression_rule.register
def _(node: Name, scope: Scope) -> Typed:
    return pseudo.name(node, scope)


@expression_rule.register
def _(node: Text, scope: Scope) -> Typed:
    return text_literal(node.value)


@expression_rule.register
def _(node: Number, scope: Scope) -> Typed:
    if node.value[-1] in "fFdD":
        return blob_literal(encode_double(float(node.value[:-1])), SqlType.BINARY_DOUBLE)
    return number_literal(node.value)


@expression_rule.register
def _(node: Null, scope: Scope) -> Typed:
    return NULL


@expression_rule.register
def _(node: Default, scope: Scope) -> Typed:
    raise OraError(936, "missing expression")


@expression_rule.register
def _(node: Bind, scope: Scope) -> Typed:
    return scope.draft.bind(node.index)


@expression_rule.register
def _(node: Binary, scope: Scope) -> Typed:
    if (moved := shifted(node, scope)) is not None:
        return moved
    left, right = expression(node.left, scope), expression(node.right, scope)
    return operators.binary(node.operator, left, right)


@expression_rule.register
def _(node: Negation, scope: Scope) -> Typed:
    if isinstance(node.operand, Number):
        return expression_rule(Number("-" + node.operand.value), scope)
    return operators.negation(expression(node.operand, scope))


@expression_rule.register
def _(node: Case, scope: Scope) -> Typed:
    values = [expression(value, scope) for _, value in node.whens]
    values.append(expression(node.otherwise, scope))
    shape = united(values, "")
    converted = [convert(value, shape.type).sql for value in values]
    whens = []
    for (when, _), value in zip(node.whens, converted, strict=False):
        whens.append(f"WHEN {condition(when, scope)} THEN {value}")
    return replace(shape, sql=f"CASE {' '.join(whens)} ELSE {converted[-1]} END")


@expression_rule.register
def _(node: Cast, scope: Scope) -> Typed:
    return cast(expression(node.operand, scope), node.type, scope.draft)


@expression_rule.register
def _(node: Extract, scope: Scope) -> Typed:
    return invoke("EXTRACT", [text_literal(node.field), expression(node.operand, scope)])


@expression_rule.register
def _(node: AtZone, scope: Scope) -> Typed:
    stamp = convert(expression(node.operand, scope), SqlType.TIMESTAMP_TZ)
    if node.zone is None:
        return invoke("ORA$AT_LOCAL", [stamp])
    return invoke("ORA$AT_ZONE", [stamp, expression(node.zone, scope)])


@expression_rule.register
def _(node: TimeLiteral, scope: Scope) -> Typed:
    return time_literal(node)


@expression_rule.register
def _(node: IntervalLiteral, scope: Scope) -> Typed:
    return interval_literal(node, scope.draft)


@expression_rule.register
def _(node: Scalar, scope: Scope) -> Typed:
    found = subquery(node.query, scope)
    if len(found.columns) != 1:
        raise OraError(913, "too many values")
    column = found.columns[0]
    if pseudo.single_row(node.query):
        sql = found.sql
    else:
        sql = single("c1", found)
    return Typed.of(column, f"({sql})")


def single(value: str, found: Relation) -> str:
    """Return the only row's value, NULL where there is none."""
    if found.limited:
        rows = f"SELECT * FROM ({found.sql})"
    else:
        rows = found.sql
    return f"SELECT ora_single({value}, count(*)) FROM ({rows} LIMIT 2)"


@expression_rule.register
def _(node: RowValue, scope: Scope) -> Typed:
    raise OraError(907, "missing right parenthesis")
