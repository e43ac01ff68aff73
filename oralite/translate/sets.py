"""UNION, MINUS and INTERSECT, and the queries of WITH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.model import Column, SqlType
from oralite.parser.nodes import CommonTable, Query, Select, SetOperation
from oralite.translate.convert import convert, sort_key, united
from oralite.translate.ordering import limits, order_by
from oralite.translate.rules import relation
from oralite.translate.scope import Common, Relation, Scope, relation_source
from oralite.translate.select_lists import Output, numbered
from oralite.translate.typed import NULL, Typed


def require_bytewise(values: Sequence[Typed], scope: Scope) -> None:
    """Require that equal values have equal bytes, where rows are compared as they are.

    Raises ORA-00932 for LOBs, which cannot be compared, and refuses times with zones, of which many
    are one moment.
    """
    for value in values:
        sort_key(value)
        if value.type is SqlType.TIMESTAMP_TZ:
            raise scope.draft.unsupported(
                "DISTINCT, UNION, MINUS and INTERSECT of TIMESTAMP WITH TIME ZONE"
            )


def combined(query: Query, body: SetOperation, scope: Scope) -> tuple[str, tuple[Column, ...]]:
    """Translate a set operation with its ORDER BY and limits."""
    sql, columns = _operation(body, scope)
    if not query.order and query.fetch is None and query.offset is None:
        return sql, columns
    alias = scope.draft.alias()
    source = relation_source(columns, ("",), alias)
    scope.sources.append(source)
    values = _values(columns, f"{alias}.")
    outputs = []
    for column, value in zip(columns, values, strict=True):
        outputs.append(Output(column.name, value, aliased=True))
    order = order_by(query.order, outputs, scope)
    pieces = numbered([value.sql for value in values])
    return f"SELECT {pieces} FROM ({sql}) AS {alias}{order}{limits(query, scope)}", columns


def _operation(body: SetOperation, scope: Scope) -> tuple[str, tuple[Column, ...]]:
    left, right = relation(body.left, scope.child()), relation(body.right, scope.child())
    if len(left.columns) != len(right.columns):
        raise OraError(1789, "query block has incorrect number of result columns")
    lefts, rights = _values(left.columns), _values(right.columns)
    shapes = []
    for number, pair in enumerate(zip(lefts, rights, strict=True), 1):
        shapes.append(united(pair, f"c{number}", 1790))
    if body.operator != "UNION ALL":
        require_bytewise(shapes, scope)
    columns = []
    for shape, column in zip(shapes, left.columns, strict=True):
        columns.append(shape.column(column.name))
    first = _member(body.left, left, lefts, shapes)
    second = _member(body.right, right, rights, shapes)
    return f"{first} {body.operator} {second}", tuple(columns)


def _values(columns: Sequence[Column], qualifier: str = "") -> list[Typed]:
    """Return the columns c1, c2 ... of a relation. One of NULL alone is NULL."""
    found = []
    for number, column in enumerate(columns, 1):
        sql = f"{qualifier}c{number}"
        if column.type is SqlType.VARCHAR2 and not column.size_bytes:
            found.append(replace(NULL, sql=sql))
        else:
            found.append(Typed.of_column(column, sql))
    return found


def _member(query: Query, found: Relation, values: Sequence[Typed], shapes: Sequence[Typed]) -> str:
    """Translate one side, in parentheses only where it must be: a recursive one may have none."""
    converted = []
    is_plain = True
    for value, shape in zip(values, shapes, strict=True):
        sql = convert(value, shape.type).sql
        converted.append(sql)
        if sql not in (value.sql, "NULL"):
            is_plain = False
    if not is_plain:
        return f"SELECT {numbered(converted)} FROM ({found.sql})"
    if isinstance(query.body, Select) and not (query.common or query.order or found.limited):
        return found.sql
    return f"SELECT * FROM ({found.sql})"


def with_clause(tables: Sequence[CommonTable], scope: Scope) -> str:
    pieces = []
    for table in tables:
        name = scope.draft.alias()
        columns = _recursive_columns(table, scope)
        if columns is not None:
            scope.common = {**scope.common, table.name: Common(name, columns)}
        found = relation(table.query, scope.child())
        columns = columns or _renamed(table, found.columns)
        scope.common = {**scope.common, table.name: Common(name, columns)}
        listed = []
        for number in range(1, len(columns) + 1):
            listed.append(f"c{number}")
        names = ", ".join(listed)
        pieces.append(f"{name}({names}) AS ({found.sql})")
    return f"WITH RECURSIVE {', '.join(pieces)} "


def _recursive_columns(table: CommonTable, scope: Scope) -> tuple[Column, ...] | None:
    """Return the columns of a query that may refer to itself: those of its first branch."""
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
