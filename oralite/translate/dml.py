"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oralite.catalog.catalog import no_table
from oralite.catalog.definitions import ROWID, ColumnDefinition, Table, quoted
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.changes import Assignment, Delete, Insert, Update
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import expression as parse_expression
from oralite.parser.leaves import Bind, Default, TableName
from oralite.parser.nodes import Condition, Expression, Scalar
from oralite.parser.trees import contains_query
from oralite.translate import rownum, rows
from oralite.translate.convert import convert
from oralite.translate.draft import Draft
from oralite.translate.expressions import single
from oralite.translate.plan import RenewalPlan
from oralite.translate.rules import condition, expression, relation, subquery
from oralite.translate.scope import Scope, Visible, shown_names, table_source
from oralite.translate.sources import resolve
from oralite.translate.storage import column_label, stored
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
        given = {}
        for column, value in zip(columns, node.values, strict=True):
            given[column.name] = value
        drawn = rows.shared_sequences(_with_defaults(given, table), around)
        if drawn:
            row = rows.fixed("", "", "", rows.Wanted(sequences=drawn), around)
        else:
            row = ""
        names, values = _row(given, table, around)
        cells = f"ora_row({table.number}), {', '.join(values)}"
        if row:
            source = f"SELECT {cells} FROM {row}"
        else:
            source = f"VALUES ({cells})"
    return (
        table,
        f"{head}{', '.join(quoted(name) for name in names)}) {source}{returning(node.returning, scope)}",
    )


def _with_defaults(given: Mapping[str, Expression], table: Table) -> tuple[Expression, ...]:
    """Return the values given and those that columns have by default, each as its own expression."""
    left = []
    for column in table.columns:
        if isinstance(given.get(column.name, Default()), Default):
            left.append(column)
    defaults = [parse_expression(Cursor(column.default)) for column in left if column.default]
    return (*given.values(), *defaults)


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


def _row(
    given: Mapping[str, Expression], table: Table, scope: Scope
) -> tuple[list[str], list[str]]:
    """Return the names and the SQL of the values of a new row.

    Columns not given get their defaults.
    """
    names, values = [], []
    for column in table.columns:
        value = new_value(given.get(column.name, Default()), column, table, scope)
        if value != "NULL" or column.name in given:
            names.append(column.name)
            values.append(value)
    return names, values


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
        return typed(
            f"ora_nextval({sql_text(f'{table.owner}.{identity_sequence(table.number, column.name)}')})",
            SqlType.NUMBER,
        )
    if column.default is None:
        return NULL
    return expression(
        parse_expression(Cursor(column.default)), Scope(scope.draft, sequences=scope.sequences)
    )


def identity_sequence(number: int, column: str) -> str:
    return f"ISEQ$$_{number}_{column}"


def _from_query(
    node: Insert, table: Table, columns: Sequence[ColumnDefinition], scope: Scope
) -> tuple[list[str], str]:
    assert node.query is not None
    if node.query.for_update:
        raise OraError(933, "SQL command not properly ended")
    found = relation(node.query, Scope(scope.draft))
    _match_counts(len(found.columns), len(columns))
    alias = scope.draft.alias()
    cells = []
    for number, shape in enumerate(found.columns, 1):
        cells.append(Typed.of(shape, f"{alias}.c{number}"))
    given = {
        column.name: stored(cell, column, column_label(table, column.name))
        for column, cell in zip(columns, cells, strict=True)
    }
    for column in table.columns:
        if column.name not in given:
            default = new_value(Default(), column, table, scope)
            if "ora_nextval" in default and "ora_nextval" in found.sql:
                raise scope.draft.unsupported(
                    "a query that draws on a sequence beside a default that does"
                )
            if default != "NULL":
                given[column.name] = default
    return list(
        given
    ), f"SELECT ora_row({table.number}), {', '.join(given.values())} FROM ({found.sql}) AS {alias}"


def update(node: Update, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "UPDATE", scope)
    wanted = rows.wanted_of(tuple(part.value for part in node.assignments), scope)
    scope.draft.renewal = _renewal(node, table, visible, scope)
    if wanted or contains_query(node.assignments):
        sql = _update_at_once(node, table, visible, wanted, scope.draft)
        return table, sql + returning(node.returning, scope)
    values = []
    for part in node.assignments:
        for value in _assigned(part, table, scope):
            values.append(value)
    pieces = ", ".join(f"{quoted(name)} = {value}" for name, value in values)
    where = filtered(node.where, table, visible, scope)
    sql = f"UPDATE {table.stored_name} AS {visible.alias} SET {pieces}{where}"
    return table, sql + returning(node.returning, scope)


def _renewal(node: Update, table: Table, visible: Visible, scope: Scope) -> RenewalPlan | None:
    """Return how to give rows each other's unique keys. None where none changes."""
    assigned = set()
    for part in node.assignments:
        for name in part.columns:
            assigned.add(name.parts[-1])
    keys = {name for index in table.indexes if index.unique for name in index.columns} & assigned
    if not keys:
        return None
    wanted = rows.wanted_of(tuple(part.value for part in node.assignments), scope)
    lookup, names = _new_values(node, table, visible, wanted, scope.draft)
    if node.returning or any(any(index.expressions) for index in table.indexes):
        return RenewalPlan(lookup)
    vacated = ", ".join(f"{quoted(name)} = {ROWID}" for name in sorted(keys))
    pieces = ", ".join(f"{quoted(name)} = ?{number}" for number, name in enumerate(names, 2))
    head = f"UPDATE {table.stored_name} SET"
    return RenewalPlan(
        lookup, f"{head} {vacated} WHERE {ROWID} = ?1", f"{head} {pieces} WHERE {ROWID} = ?1"
    )


def _update_at_once(
    node: Update, table: Table, visible: Visible, wanted: rows.Wanted, draft: Draft
) -> str:
    """Works out the new values of all rows before it changes the first: their subqueries see no row
    changed.
    """
    values, names = _new_values(node, table, visible, wanted, draft)
    found = draft.alias()
    pieces = ", ".join(
        f"{quoted(name)} = {found}.v{number}" for number, name in enumerate(names, 1)
    )
    return (
        f"UPDATE {table.stored_name} AS {visible.alias} SET {pieces}"
        f" FROM ({values}) AS {found} WHERE {visible.rowid} = {found}.k"
    )


def _new_values(
    node: Update, table: Table, visible: Visible, wanted: rows.Wanted, draft: Draft
) -> tuple[str, list[str]]:
    """Return a query of the keys k of the rows and their new values v1, v2 ..., and the columns
    that get them.
    """
    inner = Scope(draft)
    picked = table_source(table, visible.names, draft.alias())
    inner.sources.append(picked)
    limit, rest = rownum.split_limit(node.where, inner)
    if rest is not None:
        tests = f" WHERE {condition(rest, inner)}"
    else:
        tests = ""
    source = f"{table.stored_name} AS {picked.alias}"
    if wanted:
        source, tests, limit = rows.fixed(source, tests, limit, wanted, inner), "", ""
    values = []
    for part in node.assignments:
        for value in _assigned(part, table, inner):
            values.append(value)
    cells = ", ".join(f"{value} AS v{number}" for number, (_, value) in enumerate(values, 1))
    return f"SELECT {picked.rowid} AS k, {cells} FROM {source}{tests}{limit}", [
        name for name, _ in values
    ]


def _assigned(node: Assignment, table: Table, scope: Scope) -> list[tuple[str, str]]:
    """Names of columns, each with the SQL of its new value."""
    columns = []
    for name in node.columns:
        columns.append(_known(table, name.parts[-1]))
    if len(columns) == 1:
        return [(columns[0].name, assigned_value(node.value, columns[0], table, scope))]
    assert isinstance(node.value, Scalar)
    found = subquery(node.value.query, scope)
    _match_counts(len(found.columns), len(columns))
    assigned = []
    for number, (shape, column) in enumerate(zip(found.columns, columns, strict=True), 1):
        cell = Typed.of(shape, f"c{number}")
        value = stored(cell, column, column_label(table, column.name))
        assigned.append((column.name, f"({single(value, found)})"))
    return assigned


def assigned_value(node: Expression, column: ColumnDefinition, table: Table, scope: Scope) -> str:
    if column.identity == "ALWAYS" and not isinstance(node, Default):
        raise OraError(32796, "cannot update a generated always identity column")
    return new_value(node, column, table, scope)


def delete(node: Delete, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "DELETE", scope)
    where = filtered(node.where, table, visible, scope)
    return table, f"DELETE FROM {table.stored_name} AS {visible.alias}{where}" + returning(
        node.returning, scope
    )


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
    return f" WHERE {visible.rowid} IN (SELECT {picked.rowid} FROM {table.stored_name} AS {picked.alias}{test}{limit})"


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
