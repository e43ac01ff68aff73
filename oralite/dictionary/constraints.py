"""Constraints and their columns, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator

from oralite.catalog.definitions import Constraint, Table
from oralite.dictionary.view import Owned, family
from oralite.dictionary.viewer import Viewer, moment
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import condition
from oralite.parser.trees import names_in


def constraints_of(table: Table) -> Iterator[Constraint]:
    """Return its constraints, NOT NULL among them as the checks that they are in Oracle."""
    yield from table.constraints
    keys = {
        name
        for constraint in table.constraints
        if constraint.kind == "P"
        for name in constraint.columns
    }
    for place, column in enumerate(table.columns, 1):
        if not column.nullable and column.name not in keys:
            name = column.not_null or f"SYS_C{table.number * 100 + 50 + place:08d}"
            test = f'"{column.name}" IS NOT NULL'
            yield Constraint(name, "C", (column.name,), test, generated=not column.not_null)


def _constraints(viewer: Viewer) -> Iterator[Owned]:
    catalog = viewer.catalog
    for table in catalog.tables():
        for one in constraints_of(table):
            key = _parent_key(viewer, one)
            if one.generated:
                generated = "GENERATED NAME"
            else:
                generated = "USER NAME"
            if one.kind == "R":
                rule = one.on_delete or "NO ACTION"
            else:
                rule = None
            status = "DISABLED"
            if one.is_enabled:
                status = "ENABLED"
            index = None
            if one.kind in "PU" and one.is_enabled:
                index = one.name
            row = (
                one.name,
                one.kind,
                table.name,
                one.condition or None,
                one.condition or None,
                *key,
                rule,
                generated,
                moment(table.created),
            )
            yield table.owner, table.name, (*row, index and table.owner, index, status)


def _parent_key(viewer: Viewer, constraint: Constraint) -> tuple[str | None, str | None]:
    if constraint.reference is None:
        return None, None
    parent = viewer.catalog.table(*constraint.reference)
    for key in parent.constraints:
        if key.kind in "PU" and key.columns == constraint.reference_columns:
            return parent.owner, key.name
    return parent.owner, None


def _constraint_columns(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        for one in constraints_of(table):
            for place, name in enumerate(one.columns or _checked_columns(table, one), 1):
                row = (one.name, table.name, name, place if one.kind != "C" else None)
                yield table.owner, table.name, row


def _checked_columns(table: Table, check: Constraint) -> list[str]:
    """Return the columns that a CHECK names, in the table's order."""
    named = set()
    for name in names_in(condition(Cursor(check.condition))):
        named.add(name.parts[-1])
    found = []
    for column in table.columns:
        if column.name in named:
            found.append(column.name)
    return found


_CONSTRAINT_NAMES = (
    "CONSTRAINT_NAME CONSTRAINT_TYPE TABLE_NAME SEARCH_CONDITION:LONG SEARCH_CONDITION_VC "
    "R_OWNER R_CONSTRAINT_NAME DELETE_RULE GENERATED LAST_CHANGE:@ INDEX_OWNER INDEX_NAME "
    "STATUS DEFERRABLE=NOT~DEFERRABLE DEFERRED=IMMEDIATE VALIDATED=VALIDATED BAD= "
    "RELY= INVALID= VIEW_RELATED="
)


VIEWS = [
    *family("CONSTRAINTS", "OWNER", _CONSTRAINT_NAMES, _constraints),
    *family(
        "CONS_COLUMNS",
        "OWNER",
        "CONSTRAINT_NAME TABLE_NAME COLUMN_NAME POSITION:#",
        _constraint_columns,
    ),
]
