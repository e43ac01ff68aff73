"""INSERT ... VALUES: one row, with the defaults of what is not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from oralite.catalog.definitions import ColumnDefinition, Table
from oralite.errors import OraError
from oralite.parser.changes import Insert
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import expression as parse_expression
from oralite.parser.leaves import Default
from oralite.parser.nodes import Expression
from oralite.translate import rows
from oralite.translate.newrows import known_column, match_counts, new_value
from oralite.translate.scope import Scope


def filled_columns(node: Insert, table: Table) -> list[ColumnDefinition]:
    """Return the columns that an INSERT names, all where it names none. Raises ORA-00957."""
    columns = [known_column(table, name) for name in node.columns] or list(table.columns)
    if len({column.name for column in columns}) < len(columns):
        raise OraError(957, "duplicate column name")
    return columns


def given_row(
    node: Insert,
    table: Table,
    columns: Sequence[ColumnDefinition],
    around: Scope,
    source: str = "",
) -> tuple[list[str], str]:
    """Return the names of the columns that VALUES fills, and the SQL of the one row.

    source: where the names in the scope come from, if they do not stand around the statement.
    """
    match_counts(len(node.values), len(columns))
    given = {}
    for column, value in zip(columns, node.values, strict=True):
        given[column.name] = value
    drawn = rows.shared_sequences(_with_defaults(given, table), around)
    if drawn:
        row = rows.as_subquery(source, "", "", rows.Wanted(sequences=drawn), around)
    else:
        row = source
    names, values = _row(given, table, around)
    cells = f"ora_row({table.number}), {', '.join(values)}"
    if row:
        return names, f"SELECT {cells} FROM {row}"
    return names, f"VALUES ({cells})"


def _with_defaults(given: Mapping[str, Expression], table: Table) -> tuple[Expression, ...]:
    """Return the values given, and the defaults of the other columns as expressions."""
    left = []
    for column in table.columns:
        if isinstance(given.get(column.name, Default()), Default):
            left.append(column)
    defaults = [parse_expression(Cursor(column.default)) for column in left if column.default]
    return (*given.values(), *defaults)


def _row(
    given: Mapping[str, Expression], table: Table, scope: Scope
) -> tuple[list[str], list[str]]:
    """Return the names and the SQL of the values of a new row.

    Columns not given get their defaults.
    """
    names, values = [], []
    for column in table.columns:
        value = new_value(given.get(column.name, Default()), column, table, scope)
        if value != "NULL" or column.name in given:
            names.append(column.name)
            values.append(value)
    return names, values
