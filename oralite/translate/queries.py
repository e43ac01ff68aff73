"""Queries: which rows a SELECT looks at, what it makes of them, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from oralite.errors import OraError
from oralite.model import Column
from oralite.parser.nodes import Item, Ordering, Query, Select
from oralite.translate import rownum, rows
from oralite.translate.aggregation import contains_aggregate, contains_window
from oralite.translate.convert import sort_key
from oralite.translate.nested_aggregates import unnested
from oralite.translate.ordering import limits, order_by, order_key
from oralite.translate.outer_joins import with_optional_marks
from oralite.translate.rules import condition, expression, query_rule
from oralite.translate.scope import Relation, Scope
from oralite.translate.select_lists import (
    Output,
    columns_of,
    numbered,
    outputs_of,
    refuse_doubled,
)
from oralite.translate.sets import combined, require_bytewise, with_clause
from oralite.translate.sources import from_clause
from oralite.translate.typed import Origin


@query_rule.register
def _(query: Query, scope: Scope) -> Relation:
    query = unnested(query)
    prefix = ""
    if query.common:
        prefix = with_clause(query.common, scope)
    limited = bool(query.fetch or query.offset)
    if isinstance(query.body, Select):
        sql, columns = select(query, query.body, scope)
        limited = limited or rownum.is_mentioned(query.body.where)
    else:
        sql, columns = combined(query, query.body, scope)
    return Relation(prefix + sql, columns, limited)


@dataclass
class Clauses:
    """The clauses of a SELECT in SQLite, filled one by one: what comes later is translated by what
    came before.

    rows: FROM and WHERE. row_limit: how many of these rows ROWNUM lets through. result_limit: FETCH
    and OFFSET.
    """

    rows: str = ""
    row_limit: str = ""
    group: str = ""
    is_distinct: bool = False
    items: list[str] = field(default_factory=list)
    further_items: Sequence[str] = ()
    having: str = ""
    order: str = ""
    result_limit: str = ""

    def text(self) -> str:
        pieces = ", ".join([numbered(self.items), *self.further_items])
        word = "SELECT"
        if self.is_distinct:
            word = "SELECT DISTINCT"
        limit = self.result_limit or self.row_limit
        return f"{word} {pieces} FROM {self.rows}{self.group}{self.having}{self.order}{limit}"


def select(
    query: Query, body: Select, scope: Scope, extra: Sequence[str] = ()
) -> tuple[str, tuple[Column, ...]]:
    """Translate one query block. extra: SQL of further columns behind those of the select list."""
    clauses = Clauses(is_distinct=body.distinct, further_items=extra)
    # First the rows: they decide what every name in the other clauses stands for.
    _fill_rows(clauses, query, body, scope)
    # Then the groups: from here on the scope lets only grouped values through.
    _fill_groups(clauses, body, scope)
    outputs = outputs_of(body, scope)
    clauses.items = [output.value.sql for output in outputs]
    _fill_having(clauses, body, scope)
    # The order comes last: it may name what the select list gives.
    if body.distinct:
        require_bytewise([output.value for output in outputs], scope)
        _require_selected(query.order, outputs, scope)
    clauses.order = order_by(query.order, outputs, scope)
    clauses.result_limit = limits(query, scope)
    if clauses.result_limit:
        refuse_doubled(outputs)
    return clauses.text(), columns_of(outputs)


def _fill_rows(clauses: Clauses, query: Query, body: Select, scope: Scope) -> None:
    sources, where = with_optional_marks(body, scope)
    if body.level_limit is not None:
        source = rownum.level_source(body, scope)
    else:
        source = from_clause(sources, scope)
    limit, where = rownum.split_limit(where, scope)
    tests = ""
    if where is not None:
        tests = f" WHERE {condition(where, scope)}"
    wanted = rows.wanted_by(body, query, scope)
    if wanted or (limit and _needs_limited_rows(query, body)):
        clauses.rows = rows.as_subquery(source, tests, limit, wanted, scope)
    else:
        clauses.rows, clauses.row_limit = source + tests, limit


def _needs_limited_rows(query: Query, body: Select) -> bool:
    """Return whether what stands beside the WHERE works on the limited rows and not on one after
    the other.
    """
    if body.distinct or query.order or query.fetch or query.offset:
        return True
    return contains_window(body.items) or _is_grouped(body)


def _is_grouped(body: Select) -> bool:
    if body.group or body.having is not None:
        return True
    for item in body.items:
        if isinstance(item, Item) and contains_aggregate(item.value):
            return True
    return False


def _fill_groups(clauses: Clauses, body: Select, scope: Scope) -> None:
    if not _is_grouped(body):
        return
    keys = []
    for key in body.group:
        keys.append(expression(key, scope))
    scope.grouped = frozenset(key.sql for key in keys)
    if keys:
        clauses.group = f" GROUP BY {', '.join(map(sort_key, keys))}"


def _fill_having(clauses: Clauses, body: Select, scope: Scope) -> None:
    if body.having is None:
        return
    clauses.having = f" HAVING {condition(body.having, scope)}"
    if not clauses.group:
        # SQLite takes HAVING without GROUP BY only beside an aggregate.
        clauses.items[0] = f"CASE WHEN count(*) >= 0 THEN {clauses.items[0]} END"


def _require_selected(
    orderings: Sequence[Ordering], outputs: Sequence[Output], scope: Scope
) -> None:
    """Refuse a key of ORDER BY that DISTINCT has not left. Raises ORA-01791."""
    selected = set()
    for output in outputs:
        selected.add(output.value.sql)
    for ordering in orderings:
        key = order_key(ordering.value, outputs, scope)
        if key.sql not in selected and key.origin is not Origin.NULL:
            raise OraError(1791, "not a SELECTed expression")
