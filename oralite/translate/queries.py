"""Queries: select lists, grouping, ordering, limits, set operations and WITH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from oralite.errors import OraError
from oralite.model import Column, SqlType
from oralite.parser.leaves import Name, Number, Star
from oralite.parser.nodes import (
    CommonTable,
    Expression,
    Item,
    Ordering,
    Query,
    Select,
    SetOperation,
)
from oralite.translate import rownum, rows
from oralite.translate.aggregation import contains_aggregate, contains_window
from oralite.translate.convert import convert, sort_key, united
from oralite.translate.nested import unnested
from oralite.translate.optional import with_optional_marks
from oralite.translate.over import ordered
from oralite.translate.rules import condition, expression, query_rule, relation
from oralite.translate.scope import Common, Relation, Scope, relation_source
from oralite.translate.sources import from_clause
from oralite.translate.typed import NULL, Origin, Typed, typed

_MAX_NAME_LENGTH = 128


@dataclass(frozen=True)
class Output:
    """One column of a select list."""

    name: str
    value: Typed
    aliased: bool


@query_rule.register
def _(query: Query, scope: Scope) -> Relation:
    query = unnested(query)
    if query.common:
        prefix = _with(query.common, scope)
    else:
        prefix = ""
    if isinstance(query.body, Select):
        sql, columns = select(query, query.body, scope)
        limited = bool(query.fetch or query.offset) or rownum.is_mentioned(query.body.where)
    else:
        sql, columns = _combined(query, query.body, scope)
        limited = bool(query.fetch or query.offset)
    return Relation(prefix + sql, columns, limited)


def select(
    query: Query, body: Select, scope: Scope, extra: Sequence[str] = ()
) -> tuple[str, tuple[Column, ...]]:
    """extra: SQL of further columns behind those of the select list."""
    sources, where = with_optional_marks(body, scope)
    if body.level_limit:
        source = rownum.level_source(body, scope)
    else:
        source = from_clause(sources, scope)
    limit, where = rownum.split_limit(where, scope)
    if where is not None:
        tests = f" WHERE {condition(where, scope)}"
    else:
        tests = ""
    grouped = _is_grouped(body)
    wanted = rows.wanted_by(body, query, scope)
    if wanted or (limit and (grouped or _works_on_all_rows(query, body))):
        source, tests, limit = rows.fixed(source, tests, limit, wanted, scope), "", ""
    keys = []
    for key in body.group:
        keys.append(expression(key, scope))
    if grouped:
        scope.grouped = frozenset(key.sql for key in keys)
    outputs = _outputs(body, scope)
    if body.having is not None:
        having = f" HAVING {condition(body.having, scope)}"
    else:
        having = ""
    pieces = []
    for number, output in enumerate(outputs, 1):
        pieces.append(f"{output.value.sql} AS c{number}")
    if keys:
        group = f" GROUP BY {', '.join(sort_key(key) for key in keys)}"
    else:
        group = ""
    if having and not keys:
        # SQLite takes HAVING without GROUP BY only beside an aggregate.
        pieces[0] = f"CASE WHEN count(*) >= 0 THEN {outputs[0].value.sql} END AS c1"
    if body.distinct:
        distinct = "DISTINCT "
    else:
        distinct = ""
    if body.distinct:
        _require_bytewise([output.value for output in outputs], scope)
        _require_selected(query.order, outputs, scope)
    order = _order(query.order, outputs, scope)
    sql = f"SELECT {distinct}{', '.join([*pieces, *extra])} FROM {source}{tests}{group}{having}{order}"
    return sql + (_limits(query, scope) or limit), _columns(outputs)


def _require_bytewise(values: Sequence[Typed], scope: Scope) -> None:
    """Equal values must have equal bytes where rows are compared as they are. Raises ORA-00932 for LOBs, which cannot
    be compared, and refuses times with zones, of which many are one moment."""
    for value in values:
        sort_key(value)
        if value.type is SqlType.TIMESTAMP_TZ:
            raise scope.draft.unsupported(
                "DISTINCT, UNION, MINUS and INTERSECT of TIMESTAMP WITH TIME ZONE"
            )


def _require_selected(
    orderings: Sequence[Ordering], outputs: Sequence[Output], scope: Scope
) -> None:
    """Raises ORA-01791 for a key of ORDER BY that DISTINCT has not left."""
    selected = set()
    for output in outputs:
        selected.add(output.value.sql)
    for ordering in orderings:
        key = _order_key(ordering.value, outputs, scope)
        if key.sql not in selected and key.origin is not Origin.NULL:
            raise OraError(1791, "not a SELECTed expression")


def _is_grouped(body: Select) -> bool:
    return (
        bool(body.group)
        or body.having is not None
        or any(contains_aggregate(item.value) for item in body.items if isinstance(item, Item))
    )


def _works_on_all_rows(query: Query, body: Select) -> bool:
    """Whether what stands beside the WHERE needs the limited rows and not all of them."""
    return bool(
        body.distinct or query.order or query.fetch or query.offset or contains_window(body.items)
    )


def _columns(outputs: Sequence[Output]) -> tuple[Column, ...]:
    found = []
    for output in outputs:
        found.append(output.value.column(output.name))
    return tuple(found)


def _outputs(body: Select, scope: Scope) -> list[Output]:
    found: list[Output] = []
    for item in body.items:
        if isinstance(item, Star):
            found += _starred(item, scope)
        else:
            found.append(_output(item, scope))
    return found


def _output(item: Item, scope: Scope) -> Output:
    value = expression(item.value, scope)
    if item.alias:
        return Output(item.alias, value, aliased=True)
    if isinstance(item.value, Name):
        return Output(item.value.parts[-1], value, aliased=True)
    return Output("".join(item.text.split()).upper()[:_MAX_NAME_LENGTH], value, aliased=False)


def _starred(item: Star, scope: Scope) -> list[Output]:
    sources = [
        source
        for source in scope.sources
        if not item.qualifier or source.names[-len(item.qualifier) :] == item.qualifier
    ]
    if not sources:
        raise OraError(904, f'"{".".join(item.qualifier)}": invalid identifier')
    if scope.grouped is not None:
        names = [Name((name,), 0) for source in sources for name in source.columns]
        return [Output(name.parts[-1], expression(name, scope), aliased=True) for name in names]
    if item.qualifier:
        shared = {}
    else:
        shared = scope.shared
    found = [Output(name, value, aliased=True) for name, value in shared.items()]
    for source in sources:
        if source.ambiguous:
            raise OraError(918, "column ambiguously defined")
        for name, value in source.columns.items():
            if name not in shared:
                found.append(Output(name, value, aliased=True))
    return found


# ------------------------------------------------------------------------------------------------- ordering and limits


def _order(orderings: Sequence[Ordering], outputs: Sequence[Output], scope: Scope) -> str:
    if not orderings:
        return ""
    keys = []
    for ordering in orderings:
        value = _order_key(ordering.value, outputs, scope)
        if value.origin is not Origin.NULL:
            keys.append(ordered(sort_key(value), value.nullable, ordering))
    if keys:
        return f" ORDER BY {', '.join(keys)}"
    return ""


def _order_key(node: Expression, outputs: Sequence[Output], scope: Scope) -> Typed:
    """A column's number, or its alias before any column of the same name, or an expression."""
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


def _limits(query: Query, scope: Scope) -> str:
    if query.fetch is None and query.offset is None:
        return ""
    if query.fetch and (query.fetch.percent or query.fetch.ties):
        raise scope.draft.unsupported("FETCH ... PERCENT or WITH TIES")
    if query.fetch:
        limit = _whole(query.fetch.count, scope)
    else:
        limit = "-1"
    # Without an OFFSET SQLite may merge the query with the one around it, and order all rows before it limits them.
    return f" LIMIT {limit} OFFSET {'0' if query.offset is None else _whole(query.offset, scope)}"


def _whole(node: Expression, scope: Scope) -> str:
    """A row count: NULL and what is negative are 0."""
    return f"max(0, coalesce(ora_to_int({rownum.whole(node, scope)}), 0))"


# --------------------------------------------------------------------------------------------- set operations and WITH


def _combined(query: Query, body: SetOperation, scope: Scope) -> tuple[str, tuple[Column, ...]]:
    sql, columns = _operation(body, scope)
    if not query.order and query.fetch is None and query.offset is None:
        return sql, columns
    alias = scope.draft.alias()
    source = relation_source(columns, ("",), alias)
    scope.sources.append(source)
    values = []
    for number, column in enumerate(columns, 1):
        values.append(_column_value(column, f"{alias}.c{number}"))
    outputs = []
    for column, value in zip(columns, values, strict=True):
        outputs.append(Output(column.name, value, aliased=True))
    order = _order(query.order, outputs, scope)
    pieces = ", ".join(f"{value.sql} AS c{number}" for number, value in enumerate(values, 1))
    return f"SELECT {pieces} FROM ({sql}) AS {alias}{order}{_limits(query, scope)}", columns


def _operation(body: SetOperation, scope: Scope) -> tuple[str, tuple[Column, ...]]:
    left, right = relation(body.left, scope.child()), relation(body.right, scope.child())
    if len(left.columns) != len(right.columns):
        raise OraError(1789, "query block has incorrect number of result columns")
    lefts = [_column_value(column, f"c{number}") for number, column in enumerate(left.columns, 1)]
    rights = [_column_value(column, f"c{number}") for number, column in enumerate(right.columns, 1)]
    shapes = []
    for number, pair in enumerate(zip(lefts, rights, strict=True), 1):
        shapes.append(united(pair, f"c{number}", 1790))
    if body.operator != "UNION ALL":
        _require_bytewise(shapes, scope)
    columns = tuple(
        shape.column(column.name) for shape, column in zip(shapes, left.columns, strict=True)
    )
    first, second = (
        _member(body.left, left, lefts, shapes),
        _member(body.right, right, rights, shapes),
    )
    return f"{first} {body.operator} {second}", columns


def _column_value(column: Column, sql: str) -> Typed:
    if column.type is SqlType.VARCHAR2 and not column.size_bytes:
        return replace(NULL, sql=sql)
    shape = typed(sql, column.type)
    return replace(
        shape,
        size=column.size_bytes,
        precision=column.precision,
        scale=column.scale,
        nullable=column.nullable,
        origin=Origin.COLUMN,
    )


def _member(query: Query, found: Relation, values: Sequence[Typed], shapes: Sequence[Typed]) -> str:
    """One side of a set operation, in parentheses only where it must: a recursive one may have none."""
    converted = []
    for value, shape in zip(values, shapes, strict=True):
        converted.append(convert(value, shape.type).sql)
    plain = all(sql in (value.sql, "NULL") for sql, value in zip(converted, values, strict=True))
    if (
        plain
        and isinstance(query.body, Select)
        and not (query.common or query.order or found.limited)
    ):
        return found.sql
    if plain:
        return f"SELECT * FROM ({found.sql})"
    pieces = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(converted, 1))
    return f"SELECT {pieces} FROM ({found.sql})"


def _with(tables: Sequence[CommonTable], scope: Scope) -> str:
    pieces = []
    for table in tables:
        name = scope.draft.alias()
        columns = _recursive_columns(table, scope)
        if columns is not None:
            scope.common = {**scope.common, table.name: Common(name, columns)}
        found = relation(table.query, scope.child())
        columns = columns or _renamed(table, found.columns)
        scope.common = {**scope.common, table.name: Common(name, columns)}
        names = ", ".join(f"c{number}" for number in range(1, len(columns) + 1))
        pieces.append(f"{name}({names}) AS ({found.sql})")
    return f"WITH RECURSIVE {', '.join(pieces)} "


def _recursive_columns(table: CommonTable, scope: Scope) -> tuple[Column, ...] | None:
    """The columns of a query that may refer to itself: those of its first branch."""
    body = table.query.body
    if not table.columns or not isinstance(body, SetOperation) or body.operator != "UNION ALL":
        return None
    first = relation(body.left, scope.child())
    return _renamed(table, first.columns)


def _renamed(table: CommonTable, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    if not table.columns:
        return columns
    if len(table.columns) != len(columns):
        raise OraError(
            32038,
            "number of WITH clause column names does not match number of elements in select list",
        )
    found = []
    for column, name in zip(columns, table.columns, strict=True):
        found.append(replace(column, name=name))
    return tuple(found)
