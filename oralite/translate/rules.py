"""The translations that need one another: each kind of node is registered here by the file that
knows it.

A condition holds expressions, an expression may hold a query, and a query is made of both.
`translator.py` is where the rest of the package finds all of them registered.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from oralite.errors import OraError
from oralite.parser.leaves import Bind, IntervalLiteral, Name, Null, Number, Text, TimeLiteral
from oralite.parser.nodes import Condition, Expression, Query, Scalar
from oralite.translate.aggregation import contains_aggregate, is_aggregate
from oralite.translate.scope import Relation, Scope
from oralite.translate.typed import Typed

_CONSTANTS = (Text, Number, Null, Bind, Scalar, IntervalLiteral, TimeLiteral)
_OF_THE_ROW = (("ROWNUM",), ("LEVEL",))


@singledispatch
def expression_rule(node: object, scope: Scope) -> Typed:
    raise scope.draft.unsupported(f"{type(node).__name__} here")


@singledispatch
def condition_rule(node: object, scope: Scope) -> str:
    raise scope.draft.unsupported(f"{type(node).__name__} as a condition")


@singledispatch
def query_rule(node: object, scope: Scope) -> Relation:
    raise scope.draft.unsupported(f"{type(node).__name__} as a query")


def expression(node: Expression, scope: Scope) -> Typed:
    """Translate an expression. Raises ORA-00979 for what a grouped select list may not hold."""
    grouped = scope.grouped
    if grouped is None or isinstance(node, _CONSTANTS) or is_aggregate(node):
        return expression_rule(node, scope)
    if not contains_aggregate(node):
        found = expression_rule(node, replace(scope, grouped=None))
        if found.sql in grouped:
            return found
    if isinstance(node, Name) and not _is_constant(node, scope):
        if grouped:
            raise OraError(979, "not a GROUP BY expression", node.position)
        raise OraError(937, "not a single-group group function", node.position)
    return expression_rule(node, scope)


def _is_constant(node: Name, scope: Scope) -> bool:
    """Return whether a name is the same for every row.

    It is if it is one of the statement around, or a value of the moment such as SYSDATE.
    """
    if node.parts in _OF_THE_ROW:
        return False
    own = Scope(scope.draft, None, scope.sources, shared=scope.shared)
    return own.column(node) is None


def condition(node: Condition, scope: Scope) -> str:
    """Translate a condition to SQL that is 1, 0 or NULL."""
    return condition_rule(node, scope)


def relation(query: Query, scope: Scope) -> Relation:
    """Translate a query whose names are looked for in this scope."""
    return query_rule(query, scope)


def subquery(query: Query, scope: Scope) -> Relation:
    """Translate a query inside another statement."""
    if query.for_update:
        raise OraError(907, "missing right parenthesis")
    return relation(query, scope.child())
