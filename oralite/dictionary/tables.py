"""Tables, columns and indexes, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator

from oralite.catalog.definitions import ColumnDefinition, Table, View
from oralite.dictionary.columns import LENGTHS, TEXTS, column_row
from oralite.dictionary.view import Owned, family
from oralite.dictionary.viewer import Viewer, moment


def _tables(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        counted = table.row_count
        row = (table.name, counted, counted, moment(table.analyzed))
        yield table.owner, table.name, row


def _columns(viewer: Viewer) -> Iterator[Owned]:
    catalog = viewer.catalog
    things: list[Table | View] = [*catalog.tables(), *catalog.views()]
    for thing in things:
        for number, column in enumerate(thing.columns, 1):
            yield thing.owner, thing.name, column_row(thing, number, column)


def _all_columns(viewer: Viewer) -> Iterator[Owned]:
    """Give the columns as TAB_COLS shows them. Hidden ones do not exist here."""
    for owner, name, row in _columns(viewer):
        column, number = row[1], row[7]
        yield owner, name, (*row, number, number, f'"{column}"')


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


_COLUMN_NAMES = (
    "TABLE_NAME COLUMN_NAME DATA_TYPE DATA_LENGTH:# DATA_PRECISION:# DATA_SCALE:# "
    "NULLABLE COLUMN_ID:# DEFAULT_LENGTH:# DATA_DEFAULT:LONG CHARACTER_SET_NAME "
    "CHAR_LENGTH:# CHAR_USED IDENTITY_COLUMN DEFAULT_ON_NULL"
)
_COLUMN_CONSTANTS = (
    " DATA_TYPE_MOD= DATA_TYPE_OWNER= NUM_DISTINCT:#= NUM_NULLS:#= LAST_ANALYZED:@= "
    "HISTOGRAM=NONE COLLATION=USING_NLS_COMP"
)
#: What TAB_COLS has more than TAB_COLUMNS.
_MORE_NAMES = " SEGMENT_COLUMN_ID:# INTERNAL_COLUMN_ID:# QUALIFIED_COL_NAME"
_MORE_CONSTANTS = " HIDDEN_COLUMN=NO VIRTUAL_COLUMN=NO USER_GENERATED=YES"


_TABLE_NAMES = (
    "TABLE_NAME NUM_ROWS:# SAMPLE_SIZE:# LAST_ANALYZED:@ TABLESPACE_NAME=USERS CLUSTER_NAME= "
    "IOT_NAME= IOT_TYPE= STATUS=VALID BLOCKS:#= PARTITIONED=NO TEMPORARY=N SECONDARY=N "
    "NESTED=NO DURATION= LOGGING=YES COMPRESSION=DISABLED COMPRESS_FOR= DROPPED=NO "
    "READ_ONLY=NO EXTERNAL=NO"
)


_INDEX_NAMES = (
    "INDEX_NAME INDEX_TYPE TABLE_OWNER TABLE_NAME UNIQUENESS TABLE_TYPE=TABLE "
    "STATUS=VALID VISIBILITY=VISIBLE COMPRESSION=DISABLED PREFIX_LENGTH:#= "
    "TABLESPACE_NAME=USERS NUM_ROWS:#= DISTINCT_KEYS:#= BLEVEL:#= LEAF_BLOCKS:#= "
    "LAST_ANALYZED:@= PARTITIONED=NO TEMPORARY=N GENERATED=N DROPPED=NO"
)


VIEWS = [
    *family("TABLES", "OWNER", _TABLE_NAMES, _tables),
    *family("TAB_COLUMNS", "OWNER", _COLUMN_NAMES + _COLUMN_CONSTANTS, _columns),
    *family(
        "TAB_COLS",
        "OWNER",
        _COLUMN_NAMES + _MORE_NAMES + _COLUMN_CONSTANTS + _MORE_CONSTANTS,
        _all_columns,
    ),
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
]
