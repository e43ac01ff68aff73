"""What INSERT, UPDATE and DELETE share: the table, new values of columns, WHERE and RETURNING."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.catalog.definitions import ROWID, ColumnDefinition, Table
from oralite.catalog.names import quoted
from oralite.catalog.rights import no_table
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import expression as parse_expression
from oralite.parser.leaves import Bind, Default, TableName
from oralite.parser.nodes import Condition, Expression
from oralite.translate import rownum
from oralite.translate.column_values import column_label, stored
from oralite.translate.convert import convert
from oralite.translate.rules import condition, expression
from oralite.translate.scope import Scope, Visible, shown_names, table_source
from oralite.translate.sources import resolve
from oralite.translate.typed import NULL, Typed, sql_text, typed


def target(
    name: TableName, alias: str | None, privilege: str, scope: Scope
) -> tuple[Table, Visible]:
    """Return the table that is written, and make it visible in the scope.

    Raises ORA-00942, ORA-01031.
    """
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


def known_column(table: Table, name: str) -> ColumnDefinition:
    column = table.column(name)
    if column is None:
        raise OraError(904, f'"{name}": invalid identifier')
    return column


def match_counts(given: int, wanted: int) -> None:
    if given < wanted:
        raise OraError(947, "not enough values")
    if given > wanted:
        raise OraError(913, "too many values")


def new_value(node: Expression, column: ColumnDefinition, table: Table, scope: Scope) -> str:
    """Return the SQL of what the column becomes."""
    label = column_label(table, column.name)
    if isinstance(node, Default):
        return stored(default_value(column, table, scope), column, label)
    if column.identity == "ALWAYS":
        raise OraError(32795, "cannot insert into a generated always identity column")
    if isinstance(node, Bind):
        value = scope.draft.bind(node.index, long=True)
    else:
        value = expression(node, scope)
    found = stored(value, column, label)
    if column.default_on_null:
        return f"coalesce({found}, {stored(default_value(column, table, scope), column, label)})"
    return found


def default_value(column: ColumnDefinition, table: Table, scope: Scope) -> Typed:
    if column.identity:
        sequence = f"{table.owner}.{identity_sequence(table.number, column.name)}"
        return typed(f"ora_nextval({sql_text(sequence)})", SqlType.NUMBER)
    if column.default is None:
        return NULL
    return expression(
        parse_expression(Cursor(column.default)), Scope(scope.draft, sequences=scope.sequences)
    )


def identity_sequence(number: int, column: str) -> str:
    return f"ISEQ$$_{number}_{column}"


def assigned_value(node: Expression, column: ColumnDefinition, table: Table, scope: Scope) -> str:
    if column.identity == "ALWAYS" and not isinstance(node, Default):
        raise OraError(32796, "cannot update a generated always identity column")
    return new_value(node, column, table, scope)


def filtered(where: Condition | None, table: Table, visible: Visible, scope: Scope) -> str:
    """Return the WHERE clause. With ROWNUM <= n it picks the keys of n rows first."""
    limit, rest = rownum.split_limit(where, scope)
    if not limit:
        if rest is not None:
            return f" WHERE {condition(rest, scope)}"
        return " WHERE 1"
    inner = scope.child()
    picked = table_source(table, visible.names, scope.draft.alias())
    inner.sources.append(picked)
    if rest is not None:
        test = f" WHERE {condition(rest, inner)}"
    else:
        test = ""
    source = f"{table.stored_name} AS {picked.alias}"
    return f" WHERE {visible.rowid} IN (SELECT {picked.rowid} FROM {source}{test}{limit})"


def returning(nodes: Sequence[Expression], scope: Scope) -> str:
    """Return RETURNING, in which SQLite knows the columns by their bare names alone."""
    if not nodes:
        return ""
    visible = scope.sources[0]
    bare = Scope(scope.draft)
    columns = {}
    for name, value in visible.columns.items():
        columns[name] = Typed.of(value.column(name), quoted(name))
    bare.sources.append(Visible(visible.names, columns, "", visible.table, rowid=ROWID))
    values = []
    for node in nodes:
        values.append(expression(node, bare))
    wanted = []
    for bind in scope.draft.types[-len(nodes) :]:
        wanted.append(bind.type)
    pieces = [convert(value, kind).sql for value, kind in zip(values, wanted, strict=False)]
    return f" RETURNING {', '.join(pieces)}"
