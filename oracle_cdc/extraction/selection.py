"""Makes the SELECT of a table's sample: which columns, which rows, in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.kinds import (
    LOBS,
    Kind,
    find_kind,
    time_format,
    type_name,
    why_left_out,
)
from oracle_cdc.extraction.model import Column, Options, TableSchema
from oracle_cdc.extraction.names import is_text
from oracle_cdc.oracle.exact_rows import ExactQuery
from oracle_cdc.oracle.identifiers import quote

#: Bytes of rows that one round trip brings at most, by what their columns can hold.
FETCH_BYTES = 16 * 1024 * 1024
ROWS_PER_FETCH = 1000
#: Bytes that a value takes whose type has no length.
USUAL_BYTES = 100
#: A LOB without a limit is reckoned with this.
LOB_BYTES = 1024 * 1024
#: Bytes of a character at most.
CHARACTER_BYTES = 4
#: Longer than any LOB.
NO_LIMIT = 2**62
#: A text, a quoted name, a parenthesis, or what may not stand in a condition. Where a text of
#: Oracle's other quotes ends, q'[...]', is not looked into.
SIGNS = re.compile(r"\b[nN]?[qQ]'|'[^']*'|\"[^\"]*\"|[()]|--|/\*|;|['\"]")
REFUSED = (";", "--", "/*", "q'", "nq'")


@dataclass(frozen=True)
class Chosen:
    """A column that is read, and how."""

    column: Column
    kind: Kind


@dataclass(frozen=True)
class Selection:
    """What is read of a table.

    left_out: columns that are in no file, each with the reason.
    order: words for it, and the column that it goes by, if any.
    """

    query: ExactQuery
    chosen: Sequence[Chosen]
    left_out: Sequence[tuple[Column, str]]
    order: str
    rows_per_fetch: int


def select_table(table: TableSchema, options: Options, *, is_careful: bool = False) -> Selection:
    """Make the SELECT of a table.

    Raises SettingsError for a table of which no column can be read.
    is_careful: times come as text that Oracle makes.
    """
    chosen, left_out = [], []
    for column in table.columns:
        kind = find_kind(column, is_careful)
        if kind is None:
            left_out.append((column, why_left_out(column)))
        else:
            chosen.append(Chosen(column, kind))
    if not chosen:
        raise SettingsError(f"{table.name.shown}: no column of a type that can be written")
    expressions: list[str] = []
    beginnings: dict[int, int] = {}
    for each in chosen:
        limit = lob_limit(each.column, options.max_lob)
        if limit:
            beginnings[len(expressions)] = limit
            expressions += lob_expressions(each.column, limit)
        else:
            expressions.append(expression(each))
    newest = None
    if options.is_newest:
        newest = newest_column(table)
    sql = make_sql(table, expressions, options, newest)
    return Selection(
        ExactQuery(f"the rows of {table.name.shown}", sql, beginnings),
        chosen,
        left_out,
        order_words(options, newest),
        rows_per_fetch(chosen, options),
    )


def expression(chosen: Chosen) -> str:
    """Return what is selected of a column that is no LOB."""
    column = f"t.{quote(chosen.column.name)}"
    text = chosen.kind.expression.replace("{format}", time_format(chosen.column))
    return text.replace("{column}", column)


def lob_limit(column: Column, max_lob: int) -> int:
    """Return how much of a LOB is read at most, 0 for what is none.

    A byte is written as two characters.
    """
    characters = LOBS.get(type_name(column), 0)
    if not characters:
        return 0
    return max(1, (max_lob or NO_LIMIT) // characters)


def lob_expressions(column: Column, limit: int) -> list[str]:
    """Return a LOB twice: as it comes whole, and where it is longer than that, or empty."""
    name = f"t.{quote(column.name)}"
    length = f"DBMS_LOB.GETLENGTH({name})"
    return [
        f"CASE WHEN {length} BETWEEN 1 AND {limit} THEN {name} END",
        f"CASE WHEN {length} NOT BETWEEN 1 AND {limit} THEN {name} END",
    ]


def make_sql(
    table: TableSchema, expressions: Sequence[str], options: Options, newest: Column | None
) -> str:
    """Put the statement together."""
    selected = []
    for number, each in enumerate(expressions, 1):
        selected.append(f"{each} AS C{number}")
    lines = [f"SELECT {', '.join(selected)}", f"FROM {table.name.quoted} t"]
    conditions = []
    if options.condition:
        # On a line of its own, between parentheses that it was seen not to leave.
        conditions.append(f"(\n{options.condition}\n)")
    if options.rows and newest is None:
        conditions.append(f"ROWNUM <= {options.rows}")
    if conditions:
        lines.append(f"WHERE {' AND '.join(conditions)}")
    if newest is not None:
        lines.append(f"ORDER BY t.{quote(newest.name)} DESC")
        if options.rows:
            lines.append(f"FETCH FIRST {options.rows} ROWS ONLY")
    return "\n".join(lines)


def newest_column(table: TableSchema) -> Column | None:
    """Return the column by which rows are newer or older and that an index has in order.

    It is a time that an index begins with, else the single column of the primary key. Only a column
    that is never NULL will do: others are in no index where they are NULL.
    """
    columns = {column.name: column for column in table.columns}
    candidates = []
    for index in table.indexes:
        first = columns.get(index.columns[0])
        if first is not None and type_name(first) in ("DATE", "TIMESTAMP"):
            candidates.append(first)
    for key in table.keys:
        if key.kind == "primary" and len(key.columns) == 1:
            candidates.append(columns[key.columns[0]])
    for column in candidates:
        if not column.is_nullable:
            return column
    return None


def order_words(options: Options, newest: Column | None) -> str:
    """Say in which order the rows are taken."""
    if not options.is_newest:
        return "any"
    if newest is None:
        return "any: no index begins with a time that is never NULL, and no primary key is single"
    return f"newest first by {newest.name}"


def rows_per_fetch(chosen: Sequence[Chosen], options: Options) -> int:
    """Return how many rows one round trip may bring, so that memory stays small."""
    width = 0
    for each in chosen:
        if type_name(each.column) in LOBS:
            width += (options.max_lob or LOB_BYTES) * CHARACTER_BYTES
        elif each.column.length_unit == "characters":
            width += (each.column.length or 0) * CHARACTER_BYTES
        else:
            width += each.column.length or USUAL_BYTES
    return max(1, min(ROWS_PER_FETCH, FETCH_BYTES // max(width, 1), options.rows or ROWS_PER_FETCH))


def check_condition(condition: str) -> None:
    """Raise SettingsError for a condition that could be more than one.

    It may hold no semicolon, no comment, and no parenthesis or quote that is not closed.
    """
    if not is_text(condition):
        raise SettingsError("--where: it holds what is no character; allowed: UTF-8")
    depth = 0
    for sign in SIGNS.findall(condition):
        if sign.lower() in REFUSED:
            raise SettingsError(f"--where: {sign} in it; allowed: one condition of SQL")
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or sign in ("'", '"'):
            break
    else:
        if depth == 0 and condition.strip():
            return
    raise SettingsError(
        "--where: a quote or parenthesis that is not closed, or nothing; "
        "allowed: one condition of SQL, such as STATUS = 'OPEN'"
    )
