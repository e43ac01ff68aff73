"""ALTER TABLE."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition, Constraint, Table, quoted
from oralite.ddl import columns as definitions
from oralite.ddl import layout, tables
from oralite.ddl.change import Change
from oralite.ddl.columns import Definitions
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.sources import table_name
from oralite.parser.typenames import type_name
from oralite.translate.dml import default_value
from oralite.translate.scope import Scope
from oralite.translate.storage import column_label, definition, stored
from oralite.translate.typed import Typed

_TEXTS = (SqlType.VARCHAR2, SqlType.CHAR)


def table(change: Change, cursor: Cursor) -> None:
    found = change.table(table_name(cursor))
    if cursor.accept("ADD"):
        _add(change, cursor, found)
    elif cursor.accept("MODIFY"):
        _modify(change, cursor, found)
    elif cursor.accept("DROP"):
        _drop(change, cursor, found)
    elif cursor.accept("RENAME"):
        _rename(change, cursor, found)
    else:
        raise cursor.unsupported("this ALTER TABLE")


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
        if value == "NULL" and not column.nullable and _has_rows(change, found):
            raise OraError(1758, "table must be empty to add mandatory (NOT NULL) column")
        values[column.name] = value
    for constraint in added.constraints:
        new = tables.add_constraint(change, new, constraint)
    _require_keys(change, found, added.constraints)
    layout.rebuild(change.connection, found, new, change.catalog, values)
    change.put(new)
    _check_foreign_keys(change, new)


def _has_rows(change: Change, found: Table) -> bool:
    return (
        change.connection.execute(f"SELECT 1 FROM {found.stored_name} LIMIT 1").fetchone()
        is not None
    )


def _require_keys(change: Change, found: Table, constraints: list[Constraint]) -> None:
    """Raises ORA-02437 or ORA-02299 where rows with one key are there already."""
    for constraint in constraints:
        if constraint.kind in "PU" and all(found.column(name) for name in constraint.columns):
            names = ", ".join(map(quoted, constraint.columns))
            held = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in constraint.columns)
            sql = f"SELECT 1 FROM {found.stored_name} WHERE {held} GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
            if change.connection.execute(sql).fetchone():
                if constraint.kind == "P":
                    code = 2437
                else:
                    code = 2299
                raise OraError(
                    code,
                    f"cannot validate ({found.owner}.{constraint.name}) - duplicate keys found",
                )


def _check_foreign_keys(change: Change, found: Table) -> None:
    if change.connection.execute(f"PRAGMA foreign_key_check({found.stored_name})").fetchone():
        raise OraError(2298, "cannot validate - parent keys not found")


def _modify(change: Change, cursor: Cursor, found: Table) -> None:
    """Types may widen, text and numbers also narrow where the values fit.

    NOT NULL, NULL and DEFAULT.
    """
    added = Definitions()
    new = {}
    for column in found.columns:
        new[column.name] = column
    if cursor.accept("("):
        changes = cursor.listed(lambda: _modified(change, cursor, found, added))
        cursor.expect(")")
    else:
        changes = (_modified(change, cursor, found, added),)
    cursor.expect_end()
    new.update({column.name: column for column in changes})
    altered = replace(found, columns=tuple(new.values()))
    for constraint in added.constraints:
        altered = tables.add_constraint(change, altered, constraint)
    values = {}
    for column in altered.columns:
        values[column.name] = _fitted(column, found, altered)
    layout.rebuild(change.connection, found, altered, change.catalog, values)
    change.put(altered)
    tables.check_defaults(change, altered)


def _modified(change: Change, cursor: Cursor, found: Table, added: Definitions) -> ColumnDefinition:
    name = cursor.identifier()
    known = found.column(name)
    if known is None:
        raise OraError(904, f'"{name}": invalid identifier', cursor.token.start)
    if not cursor.at_any(
        "DEFAULT",
        "NOT",
        "NULL",
        "CONSTRAINT",
        "PRIMARY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "GENERATED",
    ):
        declared = definition(name, type_name(cursor), change.draft(cursor.sql, found.owner))
        if (
            declared.type is not known.type
            and not {declared.type, known.type} <= set(_TEXTS)
            and _has_rows(change, found)
        ):
            raise OraError(1439, "column to be modified must be empty to change datatype")
        known = replace(
            known,
            type=declared.type,
            size_bytes=declared.size_bytes,
            size_chars=declared.size_chars,
            precision=declared.precision,
            scale=declared.scale,
        )
    if cursor.at("GENERATED"):
        raise cursor.unsupported("MODIFY of an identity column")
    return definitions.properties(cursor, known, added)


def _fitted(column: ColumnDefinition, found: Table, altered: Table) -> str:
    before = found.column(column.name)
    assert before is not None
    value = Typed.of(before, quoted(column.name))
    is_as_before = (
        before.type is column.type
        and before.size_bytes == column.size_bytes
        and before.precision == column.precision
        and before.scale == column.scale
    )
    if is_as_before:
        return value.sql
    return stored(value, column, column_label(altered, column.name))


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
    kept = tuple(column for column in found.columns if column.name not in names)
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


def _rename(change: Change, cursor: Cursor, found: Table) -> None:
    if cursor.accept("TO"):
        new_name = cursor.identifier()
        cursor.expect_end()
        _rename_table(change, cursor, found, new_name)
        return
    cursor.expect("COLUMN")
    old = cursor.identifier()
    cursor.expect("TO")
    new = cursor.identifier()
    cursor.expect_end()
    if found.column(old) is None:
        raise OraError(904, f'"{old}": invalid identifier')
    if found.column(new):
        raise OraError(957, "duplicate column name")
    if any(any(index.expressions) for index in found.indexes) or any(
        one.kind == "C" for one in found.constraints
    ):
        raise cursor.unsupported("RENAME COLUMN beside a CHECK or an index on an expression")
    _rename_column(change, found, old, new)


def _rename_column(change: Change, found: Table, old: str, new: str) -> None:
    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        found = []
        for name in names:
            if name == old:
                found.append(new)
            else:
                found.append(name)
        return tuple(found)

    altered = replace(
        found,
        columns=tuple(replace(column, name=renamed((column.name,))[0]) for column in found.columns),
        constraints=tuple(replace(one, columns=renamed(one.columns)) for one in found.constraints),
        indexes=tuple(replace(index, columns=renamed(index.columns)) for index in found.indexes),
    )
    change.connection.execute(
        f"ALTER TABLE {found.stored_name} RENAME COLUMN {quoted(old)} TO {quoted(new)}"
    )
    change.put(altered)


def _rename_table(change: Change, cursor: Cursor, found: Table, name: str) -> None:
    change.require_free(found.owner, name)
    for other in change.catalog.tables():
        for one in other.constraints:
            if one.reference == (found.owner, found.name):
                raise cursor.unsupported("RENAME of a table that foreign keys refer to")
    new = replace(found, name=name)
    change.connection.execute(f"ALTER TABLE {found.stored_name} RENAME TO {new.stored_name}")
    change.catalog = change.catalog.without_object(found.owner, found.name)
    change.put(new)
