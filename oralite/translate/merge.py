"""MERGE: one look at source and target together, then updates, deletes and inserts by key."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ROWID, ColumnDefinition, Table
from oralite.catalog.names import quoted
from oralite.errors import OraError
from oralite.parser.changes import Assignment, Merge
from oralite.parser.leaves import Default
from oralite.parser.trees import names_in
from oralite.translate import rows
from oralite.translate.newrows import assigned_value, new_value, target
from oralite.translate.plan import MergePlan
from oralite.translate.rules import condition
from oralite.translate.scope import Scope, Visible, outer
from oralite.translate.sources import from_clause


def merge(node: Merge, scope: Scope) -> tuple[Table, MergePlan]:
    draft = scope.draft
    from_sql = from_clause([node.source], scope)
    table, visible = target(
        node.table, node.alias, "UPDATE" if node.assignments else "INSERT", scope
    )
    if node.insert_values:
        draft.catalog.require(draft.user, table.owner, table.name, "INSERT")
    _check_on(node)
    test = condition(node.condition, scope)
    outer(visible)
    source = f"{from_sql} LEFT JOIN {table.stored_name} AS {visible.alias} ON {test}"
    drawn = rows.drawn_sequences((node.assignments, node.insert_values), scope)
    if drawn:
        source = rows.as_subquery(source, "", "", rows.Wanted(sequences=drawn), scope)
    key = visible.rowid
    changes = _changes(node, table, scope)
    additions = _additions(node, table, scope)
    act = (
        f"CASE WHEN {key} IS NULL THEN {_test(node.insert_where, bool(additions), scope)} "
        f"ELSE {_test(node.update_where, bool(changes), scope)} END"
    )
    gone = _gone(node, changes, visible, scope)
    cells = []
    for _, value in changes:
        cells.append(
            f"CASE WHEN {key} IS NOT NULL AND ({_test(node.update_where, True, scope)})"
            f" THEN {value} END"
        )
    for _, value in additions:
        cells.append(
            f"CASE WHEN {key} IS NULL AND ({_test(node.insert_where, True, scope)})"
            f" THEN {value} END"
        )
    lookup = f"SELECT {', '.join([key, act, gone, *cells])} FROM {source}"
    changed = [name for name, _ in changes]
    added = [name for name, _ in additions]
    return table, _plan(lookup, table, changed, added)


def _plan(lookup: str, table: Table, changed: list[str], added: list[str]) -> MergePlan:
    pieces = []
    for number, name in enumerate(changed, 2):
        pieces.append(f"{quoted(name)} = ?{number}")
    sets = ", ".join(pieces)
    names = ", ".join(map(quoted, added))
    found = []
    for number in range(1, len(added) + 1):
        found.append(f"?{number}")
    values = ", ".join(found)
    return MergePlan(
        lookup=lookup,
        update=f"UPDATE {table.stored_name} SET {sets} WHERE {ROWID} = ?1",
        insert=f"INSERT INTO {table.stored_name} ({ROWID}, {names})"
        f" VALUES (ora_row({table.number}), {values})",
        delete=f"DELETE FROM {table.stored_name} WHERE {ROWID} = ?1",
        updated=len(changed),
    )


def _test(where: object, acts: bool, scope: Scope) -> str:
    if not acts:
        return "0"
    return "1" if where is None else condition(where, scope)  # type: ignore[arg-type]


def _check_on(node: Merge) -> None:
    """Refuse an assignment to a column that ON names. Raises ORA-38104."""
    names = (node.alias or node.table.name,)
    mentioned = set(names_in(node.condition))
    for part in node.assignments:
        for column in part.columns:
            wanted = column.parts[-1]
            for name in mentioned:
                if name.parts[-1] == wanted and name.parts[:-1][-1:] == names:
                    raise OraError(
                        38104, f'Columns referenced in the ON Clause cannot be updated: "{wanted}"'
                    )


def _changes(node: Merge, table: Table, scope: Scope) -> list[tuple[str, str]]:
    found = []
    for part in node.assignments:
        column = _single(part, table)
        found.append((column.name, assigned_value(part.value, column, table, scope)))
    return found


def _single(part: Assignment, table: Table) -> ColumnDefinition:
    if len(part.columns) != 1:
        raise OraError(927, "missing equal sign")
    column = table.column(part.columns[0].parts[-1])
    if column is None:
        raise OraError(
            904, f'"{part.columns[0].parts[-1]}": invalid identifier', part.columns[0].position
        )
    return column


def _additions(node: Merge, table: Table, scope: Scope) -> list[tuple[str, str]]:
    if not node.insert_values:
        return []
    names = [name.parts[-1] for name in node.insert_columns]
    if not names:
        names = [column.name for column in table.columns]
    if len(names) != len(node.insert_values):
        raise OraError(
            947 if len(names) > len(node.insert_values) else 913, "wrong number of values"
        )
    unknown = next((name for name in names if table.column(name) is None), None)
    if unknown is not None:
        raise OraError(904, f'"{unknown}": invalid identifier')
    given = dict(zip(names, node.insert_values, strict=True))
    values = []
    for column in table.columns:
        values.append(
            (column.name, new_value(given.get(column.name, Default()), column, table, scope))
        )
    found = []
    for name, value in values:
        if value != "NULL" or name in given:
            found.append((name, value))
    return found


def _gone(node: Merge, changes: list[tuple[str, str]], visible: Visible, scope: Scope) -> str:
    """Return the test of DELETE WHERE, which looks at the row as it is after the update."""
    if node.delete_where is None:
        return "0"
    new = dict(changes)
    columns = {}
    for name, value in visible.columns.items():
        columns[name] = replace(value, sql=new.get(name, value.sql))
    after = Scope(scope.draft, None, list(scope.sources), scope.common)
    after.sources[after.sources.index(visible)] = Visible(
        visible.names, columns, visible.alias, visible.table
    )
    test = condition(node.delete_where, after)
    return f"CASE WHEN {visible.rowid} IS NOT NULL THEN {test} ELSE 0 END"
