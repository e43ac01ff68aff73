"""Which columns of which tables are redacted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.model import TableSchema
from oracle_cdc.extraction.names import parse_names, show


def parse_redacted(text: str | None) -> list[list[str]]:
    """Read a list of columns, each COLUMN, TABLE.COLUMN or OWNER.TABLE.COLUMN."""
    if text is None:
        return []
    return list(parse_names(text, "--redact"))


def redacted_columns(table: TableSchema, wanted: Iterable[Sequence[str]]) -> set[str]:
    """Return the columns of a table that are asked for, also by a name without its quotes."""
    found = set()
    for parts in wanted:
        for column in table.columns:
            full = (table.name.owner, table.name.name, column.name)
            names = full[-len(parts) :]
            if len(names) == len(parts) and all(map(is_meant, parts, names)):
                found.add(column.name)
    return found


def is_meant(typed: str, name: str) -> bool:
    """Return whether a name is meant: what was typed without quotes is in capitals."""
    return typed in (name, name.upper())


def check_redacted(
    tables: Iterable[TableSchema], wanted: Iterable[Sequence[str]], unread: Sequence[str] = ()
) -> None:
    """Raise SettingsError for a column that no table has: its values would be written.

    Parameters:
        unread: why other tables could not be read. The column may be of one of them.
    """
    tables = list(tables)
    known = {column.name for table in tables for column in table.columns}
    for parts in wanted:
        if any(redacted_columns(table, [parts]) for table in tables):
            continue
        near = difflib.get_close_matches(parts[-1], sorted(known), n=1)
        hint = ""
        if near:
            hint = f"; nearest: {show(near[0])}"
        column = ".".join(map(show, parts))
        said = f"--redact: no table that is extracted has a column {column}{hint}"
        raise SettingsError("; ".join([said, *unread]))
