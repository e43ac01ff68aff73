"""ALTER TABLE ... RENAME."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import Table
from oralite.catalog.names import quoted
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor


def rename(change: Change, cursor: Cursor, found: Table) -> None:
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
    has_expressions = any(any(index.expressions) for index in found.indexes)
    has_checks = any(one.kind == "C" for one in found.constraints)
    if has_expressions or has_checks:
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
