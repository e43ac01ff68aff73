"""ALTER TABLE."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition, Constraint, Table
from oralite.catalog.names import quoted
from oralite.ddl import columns as definitions
from oralite.ddl import keys, layout, tables
from oralite.ddl.alteredcolumns import has_rows, modify
from oralite.ddl.change import Change
from oralite.ddl.columns import Definitions
from oralite.ddl.renames import rename
from oralite.ddl.triggers import switch_all
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name
from oralite.translate.column_values import column_label, stored
from oralite.translate.newrows import default_value
from oralite.translate.scope import Scope


def table(change: Change, cursor: Cursor) -> None:
    found = change.table(table_name(cursor))
    if cursor.accept("ADD"):
        _add(change, cursor, found)
    elif cursor.accept("MODIFY"):
        modify(change, cursor, found)
    elif cursor.accept("DROP"):
        _drop(change, cursor, found)
    elif cursor.accept("RENAME"):
        rename(change, cursor, found)
    elif cursor.at_any("ENABLE", "DISABLE") and cursor.peek().value == "ALL":
        enables = cursor.advance().value == "ENABLE"
        switch_all(change, cursor, found, enables=enables)
    elif cursor.at_any("ENABLE", "DISABLE"):
        keys.switch(change, cursor, found)
    else:
        raise cursor.unsupported("this ALTER TABLE")
    change.touch(found.owner, found.name)


def _add(change: Change, cursor: Cursor, found: Table) -> None:
    added = Definitions()
    draft = change.draft(cursor.sql, found.owner)
    if cursor.at("("):
        cursor.parenthesised(lambda: definitions.item(cursor, draft, added))
    else:
        cursor.accept("COLUMN")
        definitions.item(cursor, draft, added)
    cursor.expect_end()
    if added.identities:
        raise cursor.unsupported("adding an identity column")
    for column in added.columns:
        if found.column(column.name):
            raise OraError(1430, "column being added already exists in table")
    tables.require_one_long(replace(found, columns=(*found.columns, *added.columns)))
    if not added.constraints and all(column.nullable for column in added.columns):
        _append(change, found, added.columns)
    else:
        _extend(change, found, added)


def _append(change: Change, found: Table, columns: list[ColumnDefinition]) -> None:
    """Add columns the quick way, which does not copy the table."""
    new = replace(found, columns=(*found.columns, *columns))
    for column in columns:
        change.connection.execute(
            f"ALTER TABLE {found.stored_name} ADD COLUMN {quoted(column.name)}"
        )
        value = _default(change, column, new)
        if value != "NULL":
            sql = f"UPDATE {found.stored_name} SET {quoted(column.name)} = {value}"
            change.connection.execute(sql)
    change.put(new)


def _default(change: Change, column: ColumnDefinition, found: Table) -> str:
    value = default_value(column, found, Scope(change.draft("", found.owner)))
    return stored(value, column, column_label(found, column.name))


def _extend(change: Change, found: Table, added: Definitions) -> None:
    new = replace(found, columns=(*found.columns, *added.columns))
    values = {column.name: quoted(column.name) for column in found.columns}
    for column in added.columns:
        value = _default(change, column, new)
        if value == "NULL" and not column.nullable and has_rows(change, found):
            raise OraError(1758, "table must be empty to add mandatory (NOT NULL) column")
        values[column.name] = value
    for constraint in added.constraints:
        new = tables.add_constraint(change, new, constraint)
    keys.require(change, found, added.constraints)
    layout.rebuild(change.connection, found, new, change.catalog, values)
    change.put(new)
    _check_foreign_keys(change, new)


def _check_foreign_keys(change: Change, found: Table) -> None:
    if change.connection.execute(f"PRAGMA foreign_key_check({found.stored_name})").fetchone():
        raise OraError(2298, "cannot validate - parent keys not found")


def _drop(change: Change, cursor: Cursor, found: Table) -> None:
    if cursor.at_any("CONSTRAINT", "PRIMARY", "UNIQUE"):
        _drop_constraint(change, cursor, found)
        return
    if cursor.accept("COLUMN"):
        names: tuple[str, ...] = (cursor.identifier(),)
    else:
        names = cursor.parenthesised(cursor.identifier)
    cascades = cursor.accept("CASCADE", "CONSTRAINTS")
    cursor.expect_end()
    _drop_columns(change, found, names, cascades=cascades)


def _drop_columns(change: Change, found: Table, names: tuple[str, ...], *, cascades: bool) -> None:
    for name in names:
        if found.column(name) is None:
            raise OraError(904, f'"{name}": invalid identifier')
    pieces = []
    for column in found.columns:
        if column.name not in names:
            pieces.append(column)
    kept = tuple(pieces)
    if not kept:
        raise OraError(12983, "cannot drop all columns in a table")
    affected = []
    for constraint in found.constraints:
        if set(constraint.columns) & set(names):
            affected.append(constraint)
    if not cascades and any(set(constraint.columns) - set(names) for constraint in affected):
        raise OraError(12991, "column is referenced in a multi-column constraint")
    _refuse_referenced(change, found, affected)
    new = replace(
        found,
        columns=kept,
        constraints=tuple(
            constraint for constraint in found.constraints if constraint not in affected
        ),
        indexes=tuple(index for index in found.indexes if not set(index.columns) & set(names)),
    )
    layout.rebuild(
        change.connection,
        found,
        new,
        change.catalog,
        {column.name: quoted(column.name) for column in kept},
    )
    change.put(new)


def _refuse_referenced(change: Change, found: Table, constraints: list[Constraint]) -> None:
    keys = {constraint.columns for constraint in constraints if constraint.kind in "PU"}
    for other in change.catalog.tables():
        for constraint in other.constraints:
            if (
                constraint.reference == (found.owner, found.name)
                and constraint.reference_columns in keys
            ):
                raise OraError(2273, "this unique/primary key is referenced by some foreign keys")


def _drop_constraint(change: Change, cursor: Cursor, found: Table) -> None:
    if cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
        gone = [constraint for constraint in found.constraints if constraint.name == name]
    elif cursor.accept("PRIMARY", "KEY"):
        gone = [constraint for constraint in found.constraints if constraint.kind == "P"]
    else:
        cursor.expect("UNIQUE")
        columns = cursor.parenthesised(cursor.identifier)
        gone = []
        for constraint in found.constraints:
            if (constraint.kind, constraint.columns) == ("U", columns):
                gone.append(constraint)
    cursor.accept("DROP", "INDEX")
    cursor.expect_end()
    if not gone:
        raise OraError(2443, "Cannot drop constraint - nonexistent constraint")
    _refuse_referenced(change, found, gone)
    names = {constraint.name for constraint in gone}
    new = replace(
        found,
        constraints=tuple(constraint for constraint in found.constraints if constraint not in gone),
        indexes=tuple(index for index in found.indexes if index.name not in names),
    )
    values = {}
    for column in found.columns:
        values[column.name] = quoted(column.name)
    layout.rebuild(change.connection, found, new, change.catalog, values)
    change.put(new)
