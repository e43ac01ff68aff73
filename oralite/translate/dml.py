"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oralite.catalog import no_table
from oralite.catalog.definitions import ColumnDefinition, Table, quoted
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.changes import Assignment, Delete, Insert, Update
from oralite.parser.cursor import Cursor
from oralite.parser.expressions import expression as parse_expression
from oralite.parser.nodes import Bind, Default, Expression, Scalar, TableName
from oralite.parser.predicates import Condition
from oralite.translate import rownum
from oralite.translate.conditions import condition
from oralite.translate.convert import convert
from oralite.translate.draft import Draft
from oralite.translate.expressions import expression
from oralite.translate.queries import subquery
from oralite.translate.scope import ROWID, Scope, Visible, shown_names, table_source
from oralite.translate.sources import resolve
from oralite.translate.storage import column_label, stored
from oralite.translate.typed import NULL, Typed, sql_text, typed


def target(name: TableName, alias: str | None, privilege: str, scope: Scope) -> tuple[Table, Visible]:
    """The table that is written, visible in the scope. Raises ORA-00942, ORA-01031."""
    draft = scope.draft
    found = resolve(name, scope)
    if isinstance(found, TableName):
        raise no_table()
    draft.catalog.require(draft.user, found.owner, found.name, privilege)
    if not isinstance(found, Table):
        raise draft.unsupported("changes through a view")
    visible = table_source(found, shown_names(name, alias, draft.schema), draft.alias())
    scope.sources.append(visible)
    return found, visible


def insert(node: Insert, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "INSERT", scope)
    columns = [_known(table, name) for name in node.columns] or list(table.columns)
    if len({column.name for column in columns}) < len(columns):
        raise OraError(957, "duplicate column name")
    around = Scope(scope.draft)
    head = f"INSERT INTO {table.stored_name} AS {visible.alias} ({ROWID}, "
    if node.query is not None:
        names, source = _from_query(node, table, columns, around)
    else:
        _match_counts(len(node.values), len(columns))
        given = {column.name: value for column, value in zip(columns, node.values, strict=True)}
        names, values = _row(given, table, around)
        source = f"VALUES (ora_row({table.number}), {', '.join(values)})"
    return table, f"{head}{', '.join(quoted(name) for name in names)}) {source}{returning(node.returning, scope)}"


def _known(table: Table, name: str) -> ColumnDefinition:
    column = table.column(name)
    if column is None:
        raise OraError(904, f'"{name}": invalid identifier')
    return column


def _match_counts(given: int, wanted: int) -> None:
    if given < wanted:
        raise OraError(947, "not enough values")
    if given > wanted:
        raise OraError(913, "too many values")


def _row(given: Mapping[str, Expression], table: Table, scope: Scope) -> tuple[list[str], list[str]]:
    """The names and the SQL of the values of a new row; columns not given get their defaults."""
    names, values = [], []
    for column in table.columns:
        value = new_value(given.get(column.name, Default()), column, table, scope)
        if value != "NULL" or column.name in given:
            names.append(column.name)
            values.append(value)
    return names, values


def new_value(node: Expression, column: ColumnDefinition, table: Table, scope: Scope) -> str:
    """The SQL of what the column becomes."""
    label = column_label(table, column.name)
    if isinstance(node, Default):
        return stored(default_value(column, table, scope.draft), column, label)
    if column.identity == "ALWAYS":
        raise OraError(32795, "cannot insert into a generated always identity column")
    value = scope.draft.bind(node.index, long=True) if isinstance(node, Bind) else expression(node, scope)
    found = stored(value, column, label)
    if column.default_on_null:
        return f"coalesce({found}, {stored(default_value(column, table, scope.draft), column, label)})"
    return found


def default_value(column: ColumnDefinition, table: Table, draft: Draft) -> Typed:
    if column.identity:
        return typed(
            f"ora_nextval({sql_text(f'{table.owner}.{identity_sequence(table.number, column.name)}')})", SqlType.NUMBER
        )
    if column.default is None:
        return NULL
    return expression(parse_expression(Cursor(column.default)), Scope(draft))


def identity_sequence(number: int, column: str) -> str:
    return f"ISEQ$$_{number}_{column}"


def _from_query(node: Insert, table: Table, columns: Sequence[ColumnDefinition], scope: Scope) -> tuple[list[str], str]:
    assert node.query is not None
    found = subquery(node.query, scope)
    _match_counts(len(found.columns), len(columns))
    alias = scope.draft.alias()
    cells = [
        Typed(f"{alias}.c{number}", shape.type, shape.size_bytes, shape.precision, shape.scale)
        for number, shape in enumerate(found.columns, 1)
    ]
    given = {
        column.name: stored(cell, column, column_label(table, column.name))
        for column, cell in zip(columns, cells, strict=True)
    }
    for column in table.columns:
        if column.name not in given:
            default = new_value(Default(), column, table, scope)
            if default != "NULL":
                given[column.name] = default
    return list(given), f"SELECT ora_row({table.number}), {', '.join(given.values())} FROM ({found.sql}) AS {alias}"


def update(node: Update, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "UPDATE", scope)
    pieces = [assignment(part, table, scope) for part in node.assignments]
    where = filtered(node.where, table, visible, scope)
    sql = f"UPDATE {table.stored_name} AS {visible.alias} SET {', '.join(pieces)}{where}"
    return table, sql + returning(node.returning, scope)


def assignment(node: Assignment, table: Table, scope: Scope) -> str:
    columns = [_known(table, name.parts[-1]) for name in node.columns]
    if len(columns) == 1 and not (isinstance(node.value, Scalar) and len(node.columns) > 1):
        return f"{quoted(columns[0].name)} = {assigned_value(node.value, columns[0], table, scope)}"
    assert isinstance(node.value, Scalar)
    found = subquery(node.value.query, scope)
    _match_counts(len(found.columns), len(columns))
    cells = [
        stored(
            Typed(f"c{number}", shape.type, shape.size_bytes, shape.precision, shape.scale),
            column,
            column_label(table, column.name),
        )
        for number, (shape, column) in enumerate(zip(found.columns, columns, strict=True), 1)
    ]
    names = ", ".join(quoted(column.name) for column in columns)
    return f"({names}) = (SELECT {', '.join(cells)} FROM ({found.sql}))"


def assigned_value(node: Expression, column: ColumnDefinition, table: Table, scope: Scope) -> str:
    if column.identity == "ALWAYS" and not isinstance(node, Default):
        raise OraError(32796, "cannot update a generated always identity column")
    return new_value(node, column, table, scope)


def delete(node: Delete, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "DELETE", scope)
    where = filtered(node.where, table, visible, scope)
    return table, f"DELETE FROM {table.stored_name} AS {visible.alias}{where}" + returning(node.returning, scope)


def filtered(where: Condition | None, table: Table, visible: Visible, scope: Scope) -> str:
    """The WHERE clause; with ROWNUM <= n it picks the keys of so many rows first."""
    limit, rest = rownum.split_limit(where, scope)
    if not limit:
        return f" WHERE {condition(rest, scope)}" if rest is not None else " WHERE 1"
    inner = scope.child()
    picked = table_source(table, visible.names, scope.draft.alias())
    inner.sources.append(picked)
    test = f" WHERE {condition(rest, inner)}" if rest is not None else ""
    return f" WHERE {visible.rowid} IN (SELECT {picked.rowid} FROM {table.stored_name} AS {picked.alias}{test}{limit})"


def returning(nodes: Sequence[Expression], scope: Scope) -> str:
    """SQLite's RETURNING knows the columns by their bare names alone."""
    if not nodes:
        return ""
    visible = scope.sources[0]
    bare = Scope(scope.draft)
    columns = {
        name: Typed(quoted(name), value.type, value.size, value.precision, value.scale)
        for name, value in visible.columns.items()
    }
    bare.sources.append(Visible(visible.names, columns, "", visible.table, rowid=ROWID))
    values = [expression(node, bare) for node in nodes]
    wanted = [bind.type for bind in scope.draft.types[-len(nodes) :]]
    pieces = [convert(value, kind).sql for value, kind in zip(values, wanted, strict=False)]
    return f" RETURNING {', '.join(pieces)}"
