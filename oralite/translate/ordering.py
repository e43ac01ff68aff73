"""ORDER BY, FETCH and OFFSET."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.parser.leaves import Name, Number
from oralite.parser.nodes import Expression, Ordering, Query
from oralite.translate import rownum
from oralite.translate.convert import sort_key
from oralite.translate.over import ordered
from oralite.translate.rules import expression
from oralite.translate.scope import Scope
from oralite.translate.select_lists import Output
from oralite.translate.typed import Origin, Typed


def order_by(orderings: Sequence[Ordering], outputs: Sequence[Output], scope: Scope) -> str:
    if not orderings:
        return ""
    keys = []
    for ordering in orderings:
        value = order_key(ordering.value, outputs, scope)
        if value.origin is not Origin.NULL:
            keys.append(ordered(sort_key(value), value.nullable, ordering))
    if keys:
        return f" ORDER BY {', '.join(keys)}"
    return ""


def order_key(node: Expression, outputs: Sequence[Output], scope: Scope) -> Typed:
    """Return what a key of ORDER BY stands for: a column's number, an alias or an expression.

    An alias goes before any column of the same name.
    """
    if isinstance(node, Number) and node.value.isdigit():
        if not 1 <= int(node.value) <= len(outputs):
            raise OraError(1785, "ORDER BY item must be the number of a SELECT-list expression")
        return outputs[int(node.value) - 1].value
    if isinstance(node, Name) and len(node.parts) == 1:
        named = []
        for output in outputs:
            if output.aliased and output.name == node.parts[0]:
                named.append(output)
        if named:
            return named[0].value
    aliases = {}
    for output in outputs:
        if output.aliased:
            aliases[output.name] = output.value
    return expression(node, replace(scope, aliases=aliases))


def limits(query: Query, scope: Scope) -> str:
    if query.fetch is None and query.offset is None:
        return ""
    limit, offset = "-1", "0"
    if query.fetch is not None:
        if query.fetch.percent or query.fetch.ties:
            raise scope.draft.unsupported("FETCH ... PERCENT or WITH TIES")
        limit = _whole(query.fetch.count, scope)
    if query.offset is not None:
        offset = _whole(query.offset, scope)
    # Without an OFFSET SQLite may merge the query with the one around it, and order all rows before
    # it limits them.
    return f" LIMIT {limit} OFFSET {offset}"


def _whole(node: Expression, scope: Scope) -> str:
    """Return a row count: NULL and what is negative are 0."""
    return f"max(0, coalesce(ora_to_int({rownum.whole(node, scope)}), 0))"
