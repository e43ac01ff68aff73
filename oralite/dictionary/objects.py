"""Tables, columns, indexes, constraints, views and sequences, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from oralite.catalog.definitions import ColumnDefinition, Constraint, Sequence, Synonym, Table, View
from oralite.dictionary.view import Owned, family, may_see
from oralite.dictionary.viewer import Viewer
from oralite.model import SqlType
from oralite.parser.cursor import Cursor
from oralite.parser.grammar import condition
from oralite.parser.trees import names_in

_TEXTS = (SqlType.VARCHAR2, SqlType.CHAR)
_LENGTHS = {
    SqlType.NUMBER: 22,
    SqlType.DATE: 7,
    SqlType.TIMESTAMP: 11,
    SqlType.TIMESTAMP_TZ: 13,
    SqlType.INTERVAL_DS: 11,
    SqlType.BINARY_DOUBLE: 8,
}
_LOB_LENGTH = 4000
#: So much of a view's text fits into TEXT_VC.
_VIEW_TEXT_CHARS = 1000


def moment(text: str) -> datetime | None:
    if text:
        return datetime.fromisoformat(text)
    return None


def type_text(column: ColumnDefinition) -> str:
    """Return DATA_TYPE: TIMESTAMP(6), VARCHAR2 ..."""
    if column.variant.is_national:
        if column.type is SqlType.VARCHAR2:
            return "NVARCHAR2"
        return f"N{column.type.value}"
    if column.variant.float_digits:
        return "FLOAT"
    if column.type is SqlType.TIMESTAMP:
        return f"TIMESTAMP({column.scale})"
    if column.type is SqlType.TIMESTAMP_TZ:
        return f"TIMESTAMP({column.scale}) WITH TIME ZONE"
    if column.type is SqlType.INTERVAL_DS:
        return "INTERVAL DAY(2) TO SECOND(6)"
    return str(column.type.value)


def _tables(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        yield table.owner, table.name, (table.name,)


def _columns(viewer: Viewer) -> Iterator[Owned]:
    catalog = viewer.catalog
    things: list[Table | View] = [*catalog.tables(), *catalog.views()]
    for thing in things:
        for number, column in enumerate(thing.columns, 1):
            yield thing.owner, thing.name, _column(thing, number, column)


def _column(thing: Table | View, number: int, column: ColumnDefinition) -> tuple[Any, ...]:
    is_text = column.type in _TEXTS
    precision, scale = _precision_and_scale(column)
    return (
        thing.name,
        column.name,
        type_text(column),
        _length(column),
        precision,
        scale,
        "Y" if column.nullable else "N",
        number,
        column.default,
        (column.size_chars or column.size_bytes) if is_text else 0,
        ("C" if column.size_chars else "B") if is_text else None,
        "YES" if column.identity else "NO",
        "YES" if column.default_on_null else "NO",
    )


def _length(column: ColumnDefinition) -> int:
    """Return DATA_LENGTH: bytes, two for a national character."""
    return column.variant.chars * 2 or column.size_bytes or _LENGTHS.get(column.type, _LOB_LENGTH)


def _precision_and_scale(column: ColumnDefinition) -> tuple[int | None, int | None]:
    if column.type in (SqlType.TIMESTAMP, SqlType.TIMESTAMP_TZ):
        return None, column.scale
    if column.type is SqlType.INTERVAL_DS:
        return column.precision, column.scale
    if column.variant.float_digits:
        return column.variant.float_digits, None
    if column.type is not SqlType.NUMBER or not column.precision:
        return None, None
    return None if column.variant.is_unlimited else column.precision, column.scale


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
            for place, (name, falls) in enumerate(
                zip(index.columns, index.descending, strict=True), 1
            ):
                column = table.column(name)
                if column:
                    length = column.size_bytes or _LENGTHS.get(column.type, 0)
                else:
                    length = 0
                if column and column.type in _TEXTS:
                    chars = column.size_chars or column.size_bytes
                else:
                    chars = 0
                row = (
                    index.name,
                    table.owner,
                    table.name,
                    name,
                    place,
                    length,
                    chars,
                    "DESC" if falls else "ASC",
                )
                yield index.owner, table.name, row


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


def _objects(viewer: Viewer) -> Iterator[Owned]:
    for thing in viewer.catalog.objects.values():
        created = moment(thing.created)
        row = (thing.name, thing.number, type(thing).__name__.upper(), created, created)
        yield thing.owner, thing.name, row
        for index in thing.indexes if isinstance(thing, Table) else ():
            yield index.owner, thing.name, (index.name, None, "INDEX", created, created)


def _views(viewer: Viewer) -> Iterator[Owned]:
    for view in viewer.catalog.views():
        yield (
            view.owner,
            view.name,
            (view.name, len(view.text), view.text, view.text[:_VIEW_TEXT_CHARS]),
        )


def _sequences(viewer: Viewer) -> Iterator[Owned]:
    for one in viewer.catalog.sequences():
        following = viewer.server.next_number(one)
        row = (
            one.name,
            one.least,
            one.greatest,
            one.increment,
            "Y" if one.cycle else "N",
            "N",
            20,
            following,
        )
        yield one.owner, one.name, row


def _synonyms(viewer: Viewer) -> Iterator[Owned]:
    for one in viewer.catalog.synonyms():
        yield one.owner, one.name, (one.name, *one.target, None)


def _sees_synonym(viewer: Viewer, owner: str, name: str) -> bool:
    """Return whether the user owns a synonym, or may see what it stands for."""
    found = viewer.catalog.find(owner, name)
    return may_see(viewer, owner, name) or (
        isinstance(found, Synonym) and may_see(viewer, *found.target)
    )


def _identity_columns(viewer: Viewer) -> Iterator[Owned]:
    catalog = viewer.catalog
    for sequence in catalog.sequences():
        if sequence.owned_by:
            table, name = sequence.owned_by
            column = catalog.table(sequence.owner, table).column(name)
            if column:
                mode = column.identity
            else:
                mode = None
            row = (table, name, mode, sequence.name, _identity_options(sequence))
            yield sequence.owner, table, row


def _identity_options(sequence: Sequence) -> str:
    if sequence.cycle:
        cycle = "Y"
    else:
        cycle = "N"
    return (
        f"START WITH: {sequence.start}, INCREMENT BY: {sequence.increment}, MAX_VALUE: {sequence.greatest}, "
        f"MIN_VALUE: {sequence.least}, CYCLE_FLAG: {cycle}, CACHE_SIZE: 20, ORDER_FLAG: N, SCALE_FLAG: N, "
        "EXTEND_FLAG: N, SESSION_FLAG: N, KEEP_VALUE: N"
    )


def _table_comments(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        yield table.owner, table.name, (table.name, "TABLE", table.comment)
    for view in viewer.catalog.views():
        yield view.owner, view.name, (view.name, "VIEW", None)


def _column_comments(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        for column in table.columns:
            yield table.owner, table.name, (table.name, column.name, column.comment)
    for view in viewer.catalog.views():
        for column in view.columns:
            yield view.owner, view.name, (view.name, column.name, None)


def _nothing(viewer: Viewer) -> Iterator[Owned]:
    return iter(())


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
_OBJECT_NAMES = (
    "OBJECT_NAME OBJECT_ID:# OBJECT_TYPE CREATED:@ LAST_DDL_TIME:@ SUBOBJECT_NAME= "
    "DATA_OBJECT_ID:#= STATUS=VALID TEMPORARY=N GENERATED=N SECONDARY=N EDITION_NAME= "
    "ORACLE_MAINTAINED=N"
)
_MATERIALIZED_NAMES = (
    "MVIEW_NAME CONTAINER_NAME QUERY:CLOB QUERY_LEN:# REFRESH_MODE REFRESH_METHOD "
    "STALENESS COMPILE_STATE"
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
    *family("OBJECTS", "OWNER", _OBJECT_NAMES, _objects),
    *family(
        "VIEWS",
        "OWNER",
        "VIEW_NAME TEXT_LENGTH:# TEXT:CLOB TEXT_VC EDITIONING_VIEW=N READ_ONLY=N",
        _views,
    ),
    *family(
        "TAB_IDENTITY_COLS",
        "OWNER",
        "TABLE_NAME COLUMN_NAME GENERATION_TYPE SEQUENCE_NAME IDENTITY_OPTIONS",
        _identity_columns,
    ),
    *family("MVIEWS", "OWNER", _MATERIALIZED_NAMES, _nothing),
    *family("MVIEW_COMMENTS", "OWNER", "MVIEW_NAME COMMENTS", _nothing),
    *family("DB_LINKS", "OWNER", "DB_LINK USERNAME HOST CREATED:@", _nothing),
    *family(
        "SEQUENCES",
        "SEQUENCE_OWNER",
        (
            "SEQUENCE_NAME MIN_VALUE:# MAX_VALUE:# INCREMENT_BY:# CYCLE_FLAG ORDER_FLAG "
            "CACHE_SIZE:# LAST_NUMBER:#"
        ),
        _sequences,
    ),
    *family("TAB_COMMENTS", "OWNER", "TABLE_NAME TABLE_TYPE COMMENTS", _table_comments),
    *family("COL_COMMENTS", "OWNER", "TABLE_NAME COLUMN_NAME COMMENTS", _column_comments),
    *family(
        "SYNONYMS", "OWNER", "SYNONYM_NAME TABLE_OWNER TABLE_NAME DB_LINK", _synonyms, _sees_synonym
    ),
]
