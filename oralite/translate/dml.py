"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.catalog.definitions import ROWID, ColumnDefinition, Table
from oralite.catalog.names import quoted
from oralite.errors import OraError
from oralite.parser.changes import Assignment, Delete, Insert, Update
from oralite.parser.leaves import Default
from oralite.parser.nodes import Scalar
from oralite.parser.trees import contains_query
from oralite.translate import rownum, rows
from oralite.translate.column_values import column_label, stored
from oralite.translate.draft import Draft
from oralite.translate.expressions import single
from oralite.translate.insert_values import filled_columns, given_row
from oralite.translate.newrows import (
    assigned_value,
    filtered,
    known_column,
    match_counts,
    new_value,
    returning,
    target,
)
from oralite.translate.plan import RenewalPlan
from oralite.translate.rules import condition, relation, subquery
from oralite.translate.scope import Scope, Visible, table_source
from oralite.translate.triggers import fired_by_update
from oralite.translate.typed import Typed


def insert(node: Insert, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "INSERT", scope)
    columns = filled_columns(node, table)
    around = Scope(scope.draft)
    head = f"INSERT INTO {table.stored_name} AS {visible.alias} ({ROWID}, "
    if node.query is not None:
        names, source = _from_query(node, table, columns, around)
    else:
        names, source = given_row(node, table, columns, around)
    return (
        table,
        f"{head}{', '.join(map(quoted, names))}) {source}{returning(node.returning, scope)}",
    )


def _from_query(
    node: Insert, table: Table, columns: Sequence[ColumnDefinition], scope: Scope
) -> tuple[list[str], str]:
    assert node.query is not None
    if node.query.for_update:
        raise OraError(933, "SQL command not properly ended")
    found = relation(node.query, Scope(scope.draft))
    match_counts(len(found.columns), len(columns))
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
    old, fired = fired_by_update(table, scope.draft.catalog)
    return RenewalPlan(
        lookup,
        f"{head} {vacated} WHERE {ROWID} = ?1",
        f"{head} {pieces} WHERE {ROWID} = ?1",
        old,
        fired,
    )


def _update_at_once(
    node: Update, table: Table, visible: Visible, wanted: rows.Wanted, draft: Draft
) -> str:
    """Return an UPDATE that works out all new values before it changes the first row.

    So their subqueries see no row changed.
    """
    values, names = _new_values(node, table, visible, wanted, draft)
    found = draft.alias()
    listed = []
    for number, name in enumerate(names, 1):
        listed.append(f"{quoted(name)} = {found}.v{number}")
    pieces = ", ".join(listed)
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
        source, tests, limit = rows.as_subquery(source, tests, limit, wanted, inner), "", ""
    values = []
    for part in node.assignments:
        for value in _assigned(part, table, inner):
            values.append(value)
    cells = ", ".join(f"{value} AS v{number}" for number, (_, value) in enumerate(values, 1))
    return f"SELECT {picked.rowid} AS k, {cells} FROM {source}{tests}{limit}", [
        name for name, _ in values
    ]


def _assigned(node: Assignment, table: Table, scope: Scope) -> list[tuple[str, str]]:
    """Return names of columns, each with the SQL of its new value."""
    columns = []
    for name in node.columns:
        columns.append(known_column(table, name.parts[-1]))
    if len(columns) == 1:
        return [(columns[0].name, assigned_value(node.value, columns[0], table, scope))]
    assert isinstance(node.value, Scalar)
    found = subquery(node.value.query, scope)
    match_counts(len(found.columns), len(columns))
    assigned = []
    for number, (shape, column) in enumerate(zip(found.columns, columns, strict=True), 1):
        cell = Typed.of(shape, f"c{number}")
        value = stored(cell, column, column_label(table, column.name))
        assigned.append((column.name, f"({single(value, found)})"))
    return assigned


def delete(node: Delete, scope: Scope) -> tuple[Table, str]:
    table, visible = target(node.table, node.alias, "DELETE", scope)
    where = filtered(node.where, table, visible, scope)
    return table, f"DELETE FROM {table.stored_name} AS {visible.alias}{where}" + returning(
        node.returning, scope
    )
