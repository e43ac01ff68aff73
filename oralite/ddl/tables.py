"""CREATE TABLE."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import (
    ROWID,
    ColumnDefinition,
    Constraint,
    Index,
    Sequence,
    Table,
)
from oralite.catalog.names import quoted
from oralite.catalog.rights import no_table
from oralite.ddl import columns as definitions
from oralite.ddl.change import Change
from oralite.ddl.columns import Definitions
from oralite.ddl.layout import create_index, create_table
from oralite.errors import OraError
from oralite.model import Column, SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import query
from oralite.parser.sources import table_name
from oralite.translate.convert import convert
from oralite.translate.newrows import default_value, identity_sequence
from oralite.translate.scope import Scope
from oralite.translate.translator import subquery


def create(change: Change, cursor: Cursor) -> None:
    name = table_name(cursor)
    owner = change.owner(name)
    change.require("CREATE TABLE", owner)
    change.require_free(owner, name.name)
    if cursor.at("AS"):
        _create_as(change, cursor, owner, name.name)
        return
    found = Definitions()
    draft = change.draft(cursor.sql, owner)
    cursor.parenthesised(lambda: definitions.item(cursor, draft, found))
    _options(cursor)
    table = Table(
        owner, name.name, change.catalog.next_number, tuple(found.columns), created=change.created()
    )
    _build(change, table, found)


def _options(cursor: Cursor) -> None:
    while definitions.physical(cursor):
        pass
    if cursor.at("AS"):
        raise cursor.unsupported("column definitions together with AS SELECT")
    if cursor.at_any("PARTITION", "ORGANIZATION", "LOB", "CLUSTER", "ON", "NESTED"):
        raise cursor.unsupported(f"{cursor.token.value} in CREATE TABLE")
    cursor.expect_end()


def _build(change: Change, table: Table, found: Definitions) -> None:
    if not table.columns:
        raise OraError(904, "a table must have at least one column")
    require_one_long(table)
    for constraint in found.constraints:
        table = add_constraint(change, table, constraint)
    for name, options in found.identities.items():
        _identity(change, table, name, options)
    create_table(change.connection, table, change.catalog)
    for index in table.indexes:
        create_index(change.connection, table, index, change.catalog)
    change.put(table)
    check_defaults(change, table)


def require_one_long(table: Table) -> None:
    """Refuse a second LONG in a table. Raises ORA-01754."""
    if [column.variant.is_long for column in table.columns].count(True) > 1:
        raise OraError(1754, "a table may contain only one column of type LONG")


def check_defaults(change: Change, table: Table) -> None:
    """Refuse a default that cannot become a value of its column now, and not at the first row."""
    for column in table.columns:
        convert(default_value(column, table, Scope(change.draft("", table.owner))), column.type)


def _identity(change: Change, table: Table, column: str, options: dict[str, int]) -> None:
    number = change.catalog.next_number + 1
    if number == table.number:
        number += 1
    change.put(
        sequence(
            table.owner,
            identity_sequence(table.number, column),
            number,
            options,
            created=change.created(),
            owned_by=(table.name, column),
        )
    )


def sequence(
    owner: str,
    name: str,
    number: int,
    options: dict[str, int],
    *,
    created: str,
    owned_by: tuple[str, str] | None = None,
) -> Sequence:
    """Make a sequence. owned_by: table and column of the identity that it is for.

    Raises ORA-04002.
    """
    increment = options.get("increment", 1)
    if increment == 0:
        raise OraError(4002, "INCREMENT must be a non-zero integer")
    least = options.get("least", 1 if increment > 0 else -(10**27 - 1))
    greatest = options.get("greatest", 10**28 - 1 if increment > 0 else -1)
    start = options.get("start", least if increment > 0 else greatest)
    return Sequence(
        owner=owner,
        name=name,
        number=number,
        start=start,
        increment=increment,
        least=least,
        greatest=greatest,
        cycle=bool(options.get("cycle")),
        owned_by=owned_by,
        created=created,
        cached=options.get("cached", 20),
        is_ordered=bool(options.get("is_ordered")),
    )


def add_constraint(change: Change, table: Table, constraint: Constraint) -> Table:
    """Return the table with the constraint and the unique index that a key needs.

    Raises ORA-02260, 02261, 02264, 00904.
    """
    for name in constraint.columns:
        if table.column(name) is None:
            raise OraError(904, f'"{name}": invalid identifier')
    named = _named(change, table, constraint)
    if named.kind == "R":
        named = _resolved(change, table, named)
    table = replace(table, constraints=(*table.constraints, named))
    if named.kind not in "PU":
        return table
    if named.kind == "P":
        for other in table.constraints[:-1]:
            if other.kind == "P":
                raise OraError(2260, "table can have only one primary key")
        table = replace(table, columns=tuple(_mandatory(column, named) for column in table.columns))
    if any(index.unique and index.columns == named.columns for index in table.indexes):
        return table
    plain = (False,) * len(named.columns)
    index = Index(table.owner, named.name, named.columns, plain, plain, unique=True)
    return replace(table, indexes=(*table.indexes, index))


def _mandatory(column: ColumnDefinition, key: Constraint) -> ColumnDefinition:
    return replace(column, nullable=column.nullable and column.name not in key.columns)


def _named(change: Change, table: Table, constraint: Constraint) -> Constraint:
    taken = set()
    for known in (*change.catalog.tables(), table):
        if known.owner == table.owner:
            for other in known.constraints:
                taken.add(other.name)
    if constraint.name:
        if constraint.name in taken:
            raise OraError(2264, "name already used by an existing constraint")
        return constraint
    number = table.number * 100
    while f"SYS_C{number:08d}" in taken:
        number += 1
    return replace(constraint, name=f"SYS_C{number:08d}", generated=True)


def _resolved(change: Change, table: Table, constraint: Constraint) -> Constraint:
    """Return a foreign key with the key that it refers to. Raises ORA-02270 without one."""
    assert constraint.reference is not None
    owner, name = constraint.reference[0] or table.owner, constraint.reference[1]
    parent = change.catalog.find(owner, name)
    if (owner, name) == (table.owner, table.name):
        parent = table
    if not isinstance(parent, Table):
        raise no_table()
    wanted = constraint.reference_columns
    keys = []
    for key in parent.constraints:
        if key.kind in "PU" and (key.columns == wanted or (not wanted and key.kind == "P")):
            keys.append(key)
    if not keys:
        raise OraError(2270, "no matching unique or primary key for this column-list")
    return replace(constraint, reference=(owner, name), reference_columns=keys[0].columns)


def _as_selected(column: Column) -> ColumnDefinition:
    """Return a column of CREATE TABLE AS SELECT. One of NULL alone is a text of one byte here.

    Raises ORA-00997 for a LONG.
    """
    if column.variant.is_long:
        raise OraError(997, "illegal use of LONG datatype")
    if column.type in (SqlType.VARCHAR2, SqlType.CHAR, SqlType.RAW):
        size = max(column.size_bytes, 1)
    else:
        size = 0
    chars = column.variant.chars
    found = ColumnDefinition(column.name, column.type, size, chars, column.precision, column.scale)
    return replace(found, variant=column.variant)


def _create_as(change: Change, cursor: Cursor, owner: str, name: str) -> None:
    cursor.expect("AS")
    node = query(cursor)
    cursor.expect_end()
    found = subquery(node, Scope(change.draft(cursor.sql, change.requester.schema)))
    columns = tuple(map(_as_selected, found.columns))
    if len({column.name for column in columns}) < len(columns):
        raise OraError(957, "duplicate column name")
    table = Table(owner, name, change.catalog.next_number, columns, created=change.created())
    create_table(change.connection, table, change.catalog)
    names = ", ".join([ROWID, *(quoted(column.name) for column in columns)])
    change.connection.execute(
        f"INSERT INTO {table.stored_name} ({names})"
        f" SELECT row_number() OVER (), * FROM ({found.sql})"
    )
    change.put(table)
