"""Views and sequences."""

from __future__ import annotations

from oralite.catalog.definitions import ColumnDefinition, View
from oralite.ddl.change import Change
from oralite.ddl.columns import sequence_options
from oralite.ddl.tables import sequence
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import query
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
