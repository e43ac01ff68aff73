"""Bodies of triggers as SQLite's, each translated again once what it was made from has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import ROWID, Table, Trigger
from oralite.catalog.kept_translation import Asked, Kept
from oralite.catalog.names import quoted
from oralite.errors import OraError
from oralite.parser.changes import Insert
from oralite.parser.cursor import Cursor
from oralite.parser.statements import dml
from oralite.parser.triggers import ROWS, RowReference, row_references, statements
from oralite.translate.draft import Draft
from oralite.translate.insert_values import filled_columns, given_row
from oralite.translate.newrows import target
from oralite.translate.scope import Scope, Visible, table_source
from oralite.translate.typed import Origin, sql_text

_HAS_ROW = {"NEW": ("INSERT", "UPDATE"), "OLD": ("UPDATE", "DELETE")}


class BadBindVariable(OraError):
    """Raised for a bind that is no column of the row (PLS-00049)."""

    def __init__(self, name: str, position: int) -> None:
        super().__init__(6550, f"PLS-00049: bad bind variable '{name}'", position)
        self.text = f"PLS-00049: bad bind variable '{name}'"


def refusal(trigger: Trigger) -> str:
    """Return what an invalid trigger does in place of its body."""
    return f"SELECT ora_invalid_trigger({sql_text(f'{trigger.owner}.{trigger.name}')})"


def _fired(trigger: Trigger, catalog: Catalog, rows: str) -> list[str]:
    if trigger.mistakes:
        return [f"{refusal(trigger)} FROM {rows}"]
    return [insertion(text, trigger, catalog, rows) for _, text in statements(trigger.body)]


def fired_by_update(table: Table, catalog: Catalog) -> tuple[str, tuple[str, ...]]:
    """Return a query of a row as it is before an UPDATE, and what is done for it afterwards.

    The values of the row as it was are the binds of the latter. Nothing where no trigger fires.
    """
    triggers = catalog.triggers_on(table, "UPDATE")
    if not triggers:
        return "", ()
    names = [ROWID, *(quoted(column.name) for column in table.columns)]
    binds = ", ".join(f"?{number} AS {name}" for number, name in enumerate(names, 1))
    rows = f"(SELECT {binds}) AS OLD JOIN {table.stored_name} AS NEW ON NEW.{ROWID} = OLD.{ROWID}"
    fired = []
    for trigger in triggers:
        fired += _fired(trigger, catalog, rows)
    return f"SELECT {', '.join(names)} FROM {table.stored_name} WHERE {ROWID} = ?1", tuple(fired)


def insertion(text: str, trigger: Trigger, catalog: Catalog, rows: str = "") -> str:
    """Return one INSERT of a trigger's body, made with the rights of the trigger's owner.

    rows: where NEW and OLD come from, if not from SQLite's own trigger.

    Raises OraError for one that does not compile, NotSupported for one that is not understood, and
    ORA-04093 for the LONG of a row.
    """
    kept = _kept(text, trigger.owner, trigger.table, trigger.event, rows)
    sql = kept.find(catalog)
    if not sql:
        asked = Asked(catalog)
        sql = _translated(text, trigger, cast(Catalog, asked), rows)
        kept.keep(sql, asked)
    return sql


@lru_cache(maxsize=4096)
def _kept(text: str, owner: str, table: tuple[str, str], event: str, rows: str) -> Kept:
    """Return what is kept of an INSERT. All triggers are asked for it behind each DDL statement."""
    return Kept()


def _translated(text: str, trigger: Trigger, catalog: Catalog, rows: str) -> str:
    table = catalog.table(*trigger.table)
    plain, references = row_references(text)
    _check(references, table)
    node = _parse(plain)
    draft = Draft(text, catalog, trigger.owner, trigger.owner)
    written, _ = target(node.table, node.alias, "INSERT", Scope(draft))
    if written == table:
        raise draft.unsupported("a trigger that writes into its own table")
    if catalog.triggers_on(written, "INSERT"):
        raise draft.unsupported("a trigger that fires another")
    around = Scope(draft, sources=[_row(name, trigger, table) for name in ROWS])
    names, row = given_row(node, written, filled_columns(node, written), around, rows)
    return f"INSERT INTO {written.stored_name} ({ROWID}, {', '.join(map(quoted, names))}) {row}"


def _parse(plain: str) -> Insert:
    cursor = Cursor(plain)
    node = dml(cursor)
    cursor.expect_end()
    assert isinstance(node, Insert)
    return node


def _check(references: Sequence[RowReference], table: Table) -> None:
    for each in references:
        column = table.column(each.column)
        if each.row not in ROWS or (column is None and each.column != "ROWID"):
            name = f"{each.row}.{each.column}".rstrip(".")
            raise BadBindVariable(name, each.position)
        if column is not None and column.variant.is_long:
            raise OraError(
                4093,
                "references to columns of type LONG are not allowed in triggers",
                each.position,
            )


def _row(name: str, trigger: Trigger, table: Table) -> Visible:
    """Return a row as a source: one that the event does not have is all NULL."""
    found = table_source(table, (ROWS[name],), name)
    if trigger.event not in _HAS_ROW[name]:
        found.rowid = "NULL"
        for column, value in found.columns.items():
            found.columns[column] = replace(value, sql="NULL", origin=Origin.EXPRESSION)
    return found
