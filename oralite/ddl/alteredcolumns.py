"""ALTER TABLE ... MODIFY: other types, defaults and NOT NULL for columns that are there."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition, Table
from oralite.catalog.names import quoted
from oralite.ddl import columns as definitions
from oralite.ddl import layout, tables
from oralite.ddl.change import Change
from oralite.ddl.columns import Definitions
from oralite.errors import OraError
from oralite.model import PLAIN, SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.typenames import type_name
from oralite.translate.column_values import column_label, definition, stored
from oralite.translate.typed import Typed

_FROM_LONG = {SqlType.VARCHAR2: SqlType.CLOB, SqlType.RAW: SqlType.BLOB}
_TEXTS = (SqlType.VARCHAR2, SqlType.CHAR)


def has_rows(change: Change, found: Table) -> bool:
    return (
        change.connection.execute(f"SELECT 1 FROM {found.stored_name} LIMIT 1").fetchone()
        is not None
    )


def modify(change: Change, cursor: Cursor, found: Table) -> None:
    """Carry out MODIFY of types, NOT NULL, NULL and DEFAULT.

    Types may widen. Text and numbers may become narrower where the values fit.
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
    for column in changes:
        new[column.name] = column
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
        if not _can_become(known, declared) and has_rows(change, found):
            raise OraError(1439, "column to be modified must be empty to change datatype")
        known = replace(
            known,
            type=declared.type,
            size_bytes=declared.size_bytes,
            size_chars=declared.size_chars,
            precision=declared.precision,
            scale=declared.scale,
            variant=declared.variant,
        )
    if cursor.at("GENERATED"):
        raise cursor.unsupported("MODIFY of an identity column")
    return definitions.properties(cursor, known, added)


def _can_become(known: ColumnDefinition, declared: ColumnDefinition) -> bool:
    """Return whether values of the one type may be kept as the other."""
    if known.variant.is_long:
        return declared.variant.is_long or declared.type is _FROM_LONG[known.type]
    return declared.type is known.type or {declared.type, known.type} <= set(_TEXTS)


def _fitted(column: ColumnDefinition, found: Table, altered: Table) -> str:
    before = found.column(column.name)
    assert before is not None
    value = replace(Typed.of(before, quoted(column.name)), variant=PLAIN)
    is_as_before = (
        before.type is column.type
        and before.size_bytes == column.size_bytes
        and before.precision == column.precision
        and before.scale == column.scale
        and before.variant == column.variant
    )
    if is_as_before:
        return value.sql
    return stored(value, column, column_label(altered, column.name))
