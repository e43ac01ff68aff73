"""Tables and indexes as SQLite's DDL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import ROWID, Constraint, Index, Table
from oralite.catalog.names import quoted, read_stored
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import condition as parse_condition
from oralite.parser.grammar import expression as parse_expression
from oralite.translate.convert import sort_key
from oralite.translate.draft import Draft
from oralite.translate.scope import Scope, Visible
from oralite.translate.translator import condition, expression
from oralite.translate.typed import Typed

_REBUILT = '"oralite#rebuilt"'


def create_table(
    connection: apsw.Connection, table: Table, catalog: Catalog, name: str = ""
) -> None:
    pieces = [f"{ROWID} INTEGER PRIMARY KEY"]
    for column in table.columns:
        pieces.append(quoted(column.name) + ("" if column.nullable else " NOT NULL"))
    for constraint in table.constraints:
        if constraint.kind == "C":
            pieces.append(_check(constraint, table, catalog))
    for constraint in table.constraints:
        if constraint.kind == "R":
            pieces.append(_foreign(constraint, table))
    connection.execute(f"CREATE TABLE {name or table.stored_name} ({', '.join(pieces)})")


def create_index(connection: apsw.Connection, table: Table, index: Index, catalog: Catalog) -> None:
    """Create an index. Raises ORA-01452 where rows have one key twice."""
    scope = own_columns(table, catalog)
    texts = []
    for text in index.columns:
        if table.column(text):
            texts.append(f'"{text}"')
        else:
            texts.append(text)
    values = [expression(parse_expression(Cursor(text)), scope) for text in texts]
    keys = []
    for value in values:
        keys.append(sort_key(value))
    listed = _in_order(keys, index)
    if index.unique:
        unique = "UNIQUE "
    else:
        unique = ""
    try:
        connection.execute(
            f"CREATE {unique}INDEX {index.stored_name} ON {table.stored_name} ({listed})"
        )
        if index.unique and len(keys) > 1 and any(value.nullable for value in values):
            connection.execute(_null_keys(table, index, keys))
    except apsw.ConstraintError as error:
        raise OraError(1452, "cannot CREATE UNIQUE INDEX; duplicate keys found") from error
    except apsw.SQLError as error:
        raise OraError(1743, "only pure functions can be indexed") from error


def _in_order(keys: Sequence[str], index: Index) -> str:
    ordered = []
    for key, descending in zip(keys, index.descending, strict=True):
        if descending:
            ordered.append(f"{key} DESC")
        else:
            ordered.append(key)
    return ", ".join(ordered)


def _null_keys(table: Table, index: Index, keys: Sequence[str]) -> str:
    """Make keys that are NULL in part equal, as they are in Oracle and not in SQLite.

    Wholly NULL ones are in no index. No value in storage is an integer, so 0 stands for NULL.
    """
    shown, nulls = [], []
    for key in keys:
        shown.append(f"ifnull({key}, 0)")
        nulls.append(f"{key} IS NULL")
    listed = ", ".join(shown)
    some, every = " OR ".join(nulls), " AND ".join(nulls)
    return (
        f"CREATE UNIQUE INDEX {index.stored_null_name} ON {table.stored_name} ({listed})"
        f" WHERE ({some}) AND NOT ({every})"
    )


def own_columns(table: Table, catalog: Catalog) -> Scope:
    """Return the table's columns by their bare names, as constraints and indexes speak of them."""
    columns = {}
    for column in table.columns:
        columns[column.name] = Typed.of_column(column, quoted(column.name))
    scope = Scope(Draft("", catalog, table.owner, table.owner))
    scope.sources.append(Visible((table.owner, table.name), columns, "", table))
    return scope


def _check(constraint: Constraint, table: Table, catalog: Catalog) -> str:
    test = condition(parse_condition(Cursor(constraint.condition)), own_columns(table, catalog))
    return f"CONSTRAINT {quoted(constraint.name)} CHECK ({test})"


def _foreign(constraint: Constraint, table: Table) -> str:
    assert constraint.reference is not None
    parent = quoted(*constraint.reference)
    own, theirs = (
        ", ".join(map(quoted, names))
        for names in (constraint.columns, constraint.reference_columns)
    )
    if constraint.on_delete:
        action = f" ON DELETE {constraint.on_delete}"
    else:
        action = ""
    return f"FOREIGN KEY ({own}) REFERENCES {parent} ({theirs}){action}"


def rebuild(
    connection: apsw.Connection, old: Table, new: Table, catalog: Catalog, values: Mapping[str, str]
) -> None:
    """Make a table anew with its rows.

    values: the SQL of each new column in terms of the old ones.
    """
    create_table(connection, new, catalog, _REBUILT)
    names = ", ".join([ROWID, *map(quoted, values)])
    sources = ", ".join([ROWID, *values.values()])
    try:
        connection.execute(
            f"INSERT INTO {_REBUILT} ({names}) SELECT {sources} FROM {old.stored_name}"
        )
    except apsw.ConstraintError as error:
        raise _not_valid(str(error), new) from error
    connection.execute(f"DROP TABLE {old.stored_name}")
    connection.execute(f"ALTER TABLE {_REBUILT} RENAME TO {new.stored_name}")
    for index in new.indexes:
        create_index(connection, new, index, catalog)


def _not_valid(text: str, table: Table) -> OraError:
    if text.startswith("NOT NULL"):
        return OraError(2296, f"cannot enable ({table.owner}.) - null values found")
    name = ".".join((table.owner, *read_stored(text.partition(": ")[2])))
    return OraError(2293, f"cannot validate ({name}) - check constraint violated")
