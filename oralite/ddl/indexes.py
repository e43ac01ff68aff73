"""CREATE INDEX."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import Index, Table
from oralite.ddl import columns as definitions
from oralite.ddl.change import Change
from oralite.ddl.layout import create_index
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import expression
from oralite.parser.leaves import Name
from oralite.parser.sources import table_name


def create(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, unique=False)


def create_unique(change: Change, cursor: Cursor) -> None:
    _create(change, cursor, unique=True)


def _create(change: Change, cursor: Cursor, *, unique: bool) -> None:
    name = table_name(cursor)
    cursor.expect("ON")
    table = change.table(table_name(cursor))
    keys = cursor.parenthesised(lambda: _term(cursor, table))
    while definitions.physical(cursor):
        pass
    if cursor.at_any(
        "LOCAL", "GLOBAL", "REVERSE", "INVISIBLE", "UNUSABLE", "PARALLEL", "INDEXTYPE", "COMPUTE"
    ):
        raise cursor.unsupported(f"{cursor.token.value} in CREATE INDEX")
    cursor.expect_end()
    owner = name.owner or change.requester.schema
    columns, expressions, descending = map(tuple, zip(*keys, strict=True))
    index = Index(owner, name.name, columns, expressions, descending, unique)
    _require_new(change, table, index)
    create_index(change.connection, table, index, change.catalog)
    change.put(replace(table, indexes=(*table.indexes, index)))
    change.touch(table.owner, table.name)


def _term(cursor: Cursor, table: Table) -> tuple[str, bool, bool]:
    """Return the text of a key, whether it is an expression, and whether it is descending."""
    start = cursor.token.start
    value = expression(cursor)
    text, is_expression = cursor.source(start), True
    if isinstance(value, Name) and len(value.parts) == 1:
        text, is_expression = value.parts[0], False
        if table.column(text) is None:
            raise OraError(904, f'"{text}": invalid identifier', start)
    descending = cursor.accept("DESC")
    if not descending:
        cursor.accept("ASC")
    return text, is_expression, descending


def _require_new(change: Change, table: Table, index: Index) -> None:
    if change.catalog.index(index.owner, index.name):
        raise OraError(955, "name is already used by an existing object")
    for known in table.indexes:
        if (known.columns, known.descending) == (index.columns, index.descending):
            raise OraError(1408, "such column list already indexed")
