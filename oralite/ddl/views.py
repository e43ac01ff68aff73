"""Views, sequences and comments."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition, View
from oralite.catalog.rights import no_table
from oralite.ddl.change import Change
from oralite.ddl.columns import sequence_options
from oralite.ddl.tables import sequence
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import query
from oralite.parser.leaves import TableName
from oralite.parser.sources import table_name
from oralite.translate.scope import Scope
from oralite.translate.translator import subquery


def create(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, replaces=False)


def replace_view(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, replaces=True)


def _create(change: Change, cursor: Cursor, *, replaces: bool) -> None:
    name = table_name(cursor)
    owner = change.owner(name)
    change.require("CREATE VIEW", owner)
    if not (replaces and isinstance(change.catalog.find(owner, name.name), View)):
        change.require_free(owner, name.name)
    if cursor.at("("):
        names = cursor.parenthesised(cursor.identifier)
    else:
        names = ()
    cursor.expect("AS")
    start = cursor.token.start
    node = query(cursor)
    text = cursor.source(start)
    if cursor.at("WITH"):
        raise cursor.unsupported("WITH in CREATE VIEW")
    cursor.expect_end()
    draft = change.draft(cursor.sql, owner)
    draft.user = owner
    found = subquery(node, Scope(draft))
    names = names or tuple(column.name for column in found.columns)
    if len(names) != len(found.columns):
        raise OraError(1730, "invalid number of column names specified")
    if len(set(names)) < len(names):
        raise OraError(957, "duplicate column name")
    pieces = []
    for shown, column in zip(names, found.columns, strict=True):
        pieces.append(
            ColumnDefinition(
                shown,
                column.type,
                column.size_bytes,
                0,
                column.precision,
                column.scale,
                column.nullable,
                variant=column.variant,
            )
        )
    columns = tuple(pieces)
    change.put(View(owner, name.name, change.catalog.next_number, text, columns, change.created()))


def create_sequence(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    owner = change.owner(name)
    change.require("CREATE SEQUENCE", owner)
    change.require_free(owner, name.name)
    options = sequence_options(cursor)
    cursor.expect_end()
    number, created = change.catalog.next_number, change.created()
    change.put(sequence(owner, name.name, number, options, created=created))


def comment(change: Change, cursor: Cursor) -> None:
    """Carry out COMMENT ON TABLE t IS '...' and COMMENT ON COLUMN t.c IS '...'."""
    if cursor.accept("TABLE"):
        table = change.table(change.follow(table_name(cursor)))
        change.put(replace(table, comment=_text(cursor)))
        return
    cursor.expect("COLUMN")
    parts = [cursor.identifier()]
    while cursor.accept("."):
        parts.append(cursor.identifier())
    if len(parts) < 2:
        raise no_table()
    table = change.table(change.follow(TableName(parts[-3] if len(parts) > 2 else None, parts[-2])))
    if table.column(parts[-1]) is None:
        raise OraError(904, f'"{parts[-1]}": invalid identifier')
    text = _text(cursor)
    pieces = []
    for column in table.columns:
        if column.name == parts[-1]:
            pieces.append(replace(column, comment=text))
        else:
            pieces.append(column)
    columns = tuple(pieces)
    change.put(replace(table, columns=columns))


def _text(cursor: Cursor) -> str | None:
    cursor.expect("IS")
    text = cursor.text()
    cursor.expect_end()
    return text or None
