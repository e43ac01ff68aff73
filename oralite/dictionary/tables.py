"""Tables, columns, indexes and constraints, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator

from oralite.catalog.definitions import ColumnDefinition, Constraint, Table, View
from oralite.dictionary.columns import LENGTHS, TEXTS, column_row
from oralite.dictionary.view import Owned, family
from oralite.dictionary.viewer import Viewer
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import condition
from oralite.parser.trees import names_in


def _tables(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        yield table.owner, table.name, (table.name,)


def _columns(viewer: Viewer) -> Iterator[Owned]:
    catalog = viewer.catalog
    things: list[Table | View] = [*catalog.tables(), *catalog.views()]
    for thing in things:
        for number, column in enumerate(thing.columns, 1):
            yield thing.owner, thing.name, column_row(thing, number, column)


def _indexes(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        for index in table.indexes:
            if any(index.expressions):
                kind = "FUNCTION-BASED NORMAL"
            else:
                kind = "NORMAL"
            if index.unique:
                unique = "UNIQUE"
            else:
                unique = "NONUNIQUE"
            yield index.owner, table.name, (index.name, kind, table.owner, table.name, unique)


def _index_columns(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        for index in table.indexes:
            for place, name in enumerate(index.columns, 1):
                direction = "ASC"
                if index.descending[place - 1]:
                    direction = "DESC"
                lengths = _key_lengths(table.column(name))
                row = (index.name, table.owner, table.name, name, place, *lengths, direction)
                yield index.owner, table.name, row


def _key_lengths(column: ColumnDefinition | None) -> tuple[int, int]:
    """Return COLUMN_LENGTH and CHAR_LENGTH of an index's key, 0 where it is an expression."""
    if column is None:
        return 0, 0
    length = column.size_bytes or LENGTHS.get(column.type, 0)
    if column.type not in TEXTS:
        return length, 0
    return length, column.size_chars or column.size_bytes


def _index_expressions(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        for index in table.indexes:
            for place, (text, is_expression) in enumerate(
                zip(index.columns, index.expressions, strict=True), 1
            ):
                if is_expression:
                    yield (
                        index.owner,
                        table.name,
                        (index.name, table.owner, table.name, text, place),
                    )


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
            name = f"SYS_C{table.number * 100 + 50 + place:08d}"
            yield Constraint(
                name, "C", (column.name,), f'"{column.name}" IS NOT NULL', generated=True
            )


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
            if one.kind in "PU":
                index = one.name
            else:
                index = None
            row = (
                one.name,
                one.kind,
                table.name,
                one.condition or None,
                one.condition or None,
                *key,
                rule,
            )
            yield table.owner, table.name, (*row, generated, table.owner if index else None, index)


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


_COLUMN_NAMES = (
    "TABLE_NAME COLUMN_NAME DATA_TYPE DATA_LENGTH:# DATA_PRECISION:# DATA_SCALE:# "
    "NULLABLE COLUMN_ID:# DATA_DEFAULT CHAR_LENGTH:# CHAR_USED IDENTITY_COLUMN "
    "DEFAULT_ON_NULL HIDDEN_COLUMN=NO VIRTUAL_COLUMN=NO DATA_TYPE_MOD= DATA_TYPE_OWNER= "
    "NUM_DISTINCT:#= NUM_NULLS:#= LAST_ANALYZED:@= CHARACTER_SET_NAME= HISTOGRAM=NONE "
    "COLLATION=USING_NLS_COMP USER_GENERATED=YES"
)


_TABLE_NAMES = (
    "TABLE_NAME TABLESPACE_NAME=USERS CLUSTER_NAME= IOT_NAME= IOT_TYPE= STATUS=VALID "
    "NUM_ROWS:#= BLOCKS:#= LAST_ANALYZED:@= PARTITIONED=NO TEMPORARY=N SECONDARY=N "
    "NESTED=NO DURATION= LOGGING=YES COMPRESSION=DISABLED COMPRESS_FOR= DROPPED=NO "
    "READ_ONLY=NO EXTERNAL=NO"
)


_INDEX_NAMES = (
    "INDEX_NAME INDEX_TYPE TABLE_OWNER TABLE_NAME UNIQUENESS TABLE_TYPE=TABLE "
    "STATUS=VALID VISIBILITY=VISIBLE COMPRESSION=DISABLED PREFIX_LENGTH:#= "
    "TABLESPACE_NAME=USERS NUM_ROWS:#= DISTINCT_KEYS:#= BLEVEL:#= LEAF_BLOCKS:#= "
    "LAST_ANALYZED:@= PARTITIONED=NO TEMPORARY=N GENERATED=N DROPPED=NO"
)


_CONSTRAINT_NAMES = (
    "CONSTRAINT_NAME CONSTRAINT_TYPE TABLE_NAME SEARCH_CONDITION SEARCH_CONDITION_VC "
    "R_OWNER R_CONSTRAINT_NAME DELETE_RULE GENERATED INDEX_OWNER INDEX_NAME "
    "STATUS=ENABLED DEFERRABLE=NOT~DEFERRABLE DEFERRED=IMMEDIATE VALIDATED=VALIDATED BAD= "
    "RELY= INVALID= VIEW_RELATED="
)


VIEWS = [
    *family("TABLES", "OWNER", _TABLE_NAMES, _tables),
    *family("TAB_COLUMNS", "OWNER", _COLUMN_NAMES, _columns),
    *family("TAB_COLS", "OWNER", _COLUMN_NAMES, _columns),
    *family("INDEXES", "OWNER", _INDEX_NAMES, _indexes),
    *family(
        "IND_COLUMNS",
        "INDEX_OWNER",
        (
            "INDEX_NAME TABLE_OWNER TABLE_NAME COLUMN_NAME COLUMN_POSITION:# COLUMN_LENGTH:# "
            "CHAR_LENGTH:# DESCEND"
        ),
        _index_columns,
    ),
    *family(
        "IND_EXPRESSIONS",
        "INDEX_OWNER",
        "INDEX_NAME TABLE_OWNER TABLE_NAME COLUMN_EXPRESSION COLUMN_POSITION:#",
        _index_expressions,
    ),
    *family("CONSTRAINTS", "OWNER", _CONSTRAINT_NAMES, _constraints),
    *family(
        "CONS_COLUMNS",
        "OWNER",
        "CONSTRAINT_NAME TABLE_NAME COLUMN_NAME POSITION:#",
        _constraint_columns,
    ),
]
