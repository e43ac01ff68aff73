"""Tables, columns, indexes, constraints, views and sequences, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oralite.catalog.definitions import ColumnDefinition, Constraint, Synonym, Table, View
from oralite.dictionary.view import Owned, family, may_see
from oralite.model import SqlType

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession

_LENGTHS = {
    SqlType.NUMBER: 22,
    SqlType.DATE: 7,
    SqlType.TIMESTAMP: 11,
    SqlType.TIMESTAMP_TZ: 13,
    SqlType.INTERVAL_DS: 11,
    SqlType.BINARY_DOUBLE: 8,
}
_LOB_LENGTH = 4000


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def type_text(column: ColumnDefinition) -> str:
    """DATA_TYPE: TIMESTAMP(6), VARCHAR2 ..."""
    if column.type is SqlType.TIMESTAMP:
        return f"TIMESTAMP({column.scale})"
    if column.type is SqlType.TIMESTAMP_TZ:
        return f"TIMESTAMP({column.scale}) WITH TIME ZONE"
    if column.type is SqlType.INTERVAL_DS:
        return "INTERVAL DAY(2) TO SECOND(6)"
    return str(column.type.value)


def _tables(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        yield table.owner, table.name, (table.name, "USERS", "VALID", None, None, "NO", "N")


def _columns(session: SqlSession) -> Iterator[Owned]:
    catalog = session.database.catalog
    things: list[Table | View] = [*catalog.tables(), *catalog.views()]
    for thing in things:
        for number, column in enumerate(thing.columns, 1):
            yield thing.owner, thing.name, _column(thing, number, column)


def _column(thing: Table | View, number: int, column: ColumnDefinition) -> tuple[Any, ...]:
    is_text = column.type in (SqlType.VARCHAR2, SqlType.CHAR)
    is_number = column.type is SqlType.NUMBER
    scale = column.scale if (is_number and column.precision) or column.type in (SqlType.TIMESTAMP,) else None
    return (
        thing.name,
        column.name,
        type_text(column),
        column.size_bytes or _LENGTHS.get(column.type, _LOB_LENGTH),
        column.precision or None if is_number else None,
        scale,
        "Y" if column.nullable else "N",
        number,
        column.default,
        (column.size_chars or column.size_bytes) if is_text else 0,
        ("C" if column.size_chars else "B") if is_text else None,
        "YES" if column.identity else "NO",
        "YES" if column.default_on_null else "NO",
        "NO",
        "NO",
    )


def _indexes(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        for index in table.indexes:
            kind = "FUNCTION-BASED NORMAL" if any(index.expressions) else "NORMAL"
            unique = "UNIQUE" if index.unique else "NONUNIQUE"
            yield index.owner, table.name, (index.name, kind, table.owner, table.name, unique, "VALID", "VISIBLE")


def _index_columns(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        for index in table.indexes:
            for place, (name, falls) in enumerate(zip(index.columns, index.descending, strict=True), 1):
                column = table.column(name)
                length = (column.size_bytes or _LENGTHS.get(column.type, 0)) if column else 0
                row = (index.name, table.owner, table.name, name, place, length, "DESC" if falls else "ASC")
                yield index.owner, table.name, row


def _index_expressions(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        for index in table.indexes:
            for place, (text, is_expression) in enumerate(zip(index.columns, index.expressions, strict=True), 1):
                if is_expression:
                    yield index.owner, table.name, (index.name, table.owner, table.name, text, place)


def constraints_of(table: Table) -> Iterator[Constraint]:
    """Its constraints, NOT NULL among them as the checks that they are in Oracle."""
    yield from table.constraints
    keys = {name for constraint in table.constraints if constraint.kind == "P" for name in constraint.columns}
    for place, column in enumerate(table.columns, 1):
        if not column.nullable and column.name not in keys:
            name = f"SYS_C{table.number * 100 + 50 + place:08d}"
            yield Constraint(name, "C", (column.name,), f'"{column.name}" IS NOT NULL', generated=True)


def _constraints(session: SqlSession) -> Iterator[Owned]:
    catalog = session.database.catalog
    for table in catalog.tables():
        for one in constraints_of(table):
            key = _parent_key(session, one)
            generated = "GENERATED NAME" if one.generated else "USER NAME"
            rule = (one.on_delete or "NO ACTION") if one.kind == "R" else None
            index = one.name if one.kind in "PU" else None
            row = (one.name, one.kind, table.name, one.condition or None, one.condition or None, *key, rule)
            yield table.owner, table.name, (*row, "ENABLED", "NOT DEFERRABLE", "VALIDATED", generated, index)


def _parent_key(session: SqlSession, constraint: Constraint) -> tuple[str | None, str | None]:
    if constraint.reference is None:
        return None, None
    parent = session.database.catalog.table(*constraint.reference)
    for key in parent.constraints:
        if key.kind in "PU" and key.columns == constraint.reference_columns:
            return parent.owner, key.name
    return parent.owner, None


def _constraint_columns(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        for one in constraints_of(table):
            for place, name in enumerate(one.columns, 1):
                row = (one.name, table.name, name, place if one.kind != "C" else None)
                yield table.owner, table.name, row


def _objects(session: SqlSession) -> Iterator[Owned]:
    for thing in session.database.catalog.objects.values():
        created = moment(thing.created)
        row = (thing.name, thing.number, type(thing).__name__.upper(), created, created, "VALID", "N")
        yield thing.owner, thing.name, row
        for index in thing.indexes if isinstance(thing, Table) else ():
            yield index.owner, thing.name, (index.name, None, "INDEX", created, created, "VALID", "N")


def _views(session: SqlSession) -> Iterator[Owned]:
    for view in session.database.catalog.views():
        yield view.owner, view.name, (view.name, len(view.text), view.text)


def _sequences(session: SqlSession) -> Iterator[Owned]:
    for one in session.database.catalog.sequences():
        following = session.database.sequences.peek(one)
        row = (one.name, one.least, one.greatest, one.increment, "Y" if one.cycle else "N", "N", 20, following)
        yield one.owner, one.name, row


def _synonyms(session: SqlSession) -> Iterator[Owned]:
    for one in session.database.catalog.synonyms():
        yield one.owner, one.name, (one.name, *one.target, None)


def _sees_synonym(session: SqlSession, owner: str, name: str) -> bool:
    """A synonym is seen by its owner, and by those who may see what it stands for."""
    found = session.database.catalog.find(owner, name)
    return may_see(session, owner, name) or (isinstance(found, Synonym) and may_see(session, *found.target))


def _table_comments(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        yield table.owner, table.name, (table.name, "TABLE", table.comment)


def _column_comments(session: SqlSession) -> Iterator[Owned]:
    for table in session.database.catalog.tables():
        for column in table.columns:
            yield table.owner, table.name, (table.name, column.name, column.comment)


_COLUMN_NAMES = (
    "TABLE_NAME COLUMN_NAME DATA_TYPE DATA_LENGTH:# DATA_PRECISION:# DATA_SCALE:# NULLABLE COLUMN_ID:# DATA_DEFAULT"
    " CHAR_LENGTH:# CHAR_USED IDENTITY_COLUMN DEFAULT_ON_NULL HIDDEN_COLUMN VIRTUAL_COLUMN"
)
_TABLE_NAMES = "TABLE_NAME TABLESPACE_NAME STATUS NUM_ROWS:# LAST_ANALYZED:@ PARTITIONED TEMPORARY"
_CONSTRAINT_NAMES = (
    "CONSTRAINT_NAME CONSTRAINT_TYPE TABLE_NAME SEARCH_CONDITION SEARCH_CONDITION_VC R_OWNER R_CONSTRAINT_NAME"
    " DELETE_RULE STATUS DEFERRABLE VALIDATED GENERATED INDEX_NAME"
)

VIEWS = [
    *family("TABLES", "OWNER", _TABLE_NAMES, _tables),
    *family("TAB_COLUMNS", "OWNER", _COLUMN_NAMES, _columns),
    *family("TAB_COLS", "OWNER", _COLUMN_NAMES, _columns),
    *family("INDEXES", "OWNER", "INDEX_NAME INDEX_TYPE TABLE_OWNER TABLE_NAME UNIQUENESS STATUS VISIBILITY", _indexes),
    *family(
        "IND_COLUMNS",
        "INDEX_OWNER",
        "INDEX_NAME TABLE_OWNER TABLE_NAME COLUMN_NAME COLUMN_POSITION:# COLUMN_LENGTH:# DESCEND",
        _index_columns,
    ),
    *family(
        "IND_EXPRESSIONS",
        "INDEX_OWNER",
        "INDEX_NAME TABLE_OWNER TABLE_NAME COLUMN_EXPRESSION COLUMN_POSITION:#",
        _index_expressions,
    ),
    *family("CONSTRAINTS", "OWNER", _CONSTRAINT_NAMES, _constraints),
    *family("CONS_COLUMNS", "OWNER", "CONSTRAINT_NAME TABLE_NAME COLUMN_NAME POSITION:#", _constraint_columns),
    *family(
        "OBJECTS",
        "OWNER",
        "OBJECT_NAME OBJECT_ID:# OBJECT_TYPE CREATED:@ LAST_DDL_TIME:@ STATUS TEMPORARY",
        _objects,
    ),
    *family("VIEWS", "OWNER", "VIEW_NAME TEXT_LENGTH:# TEXT:CLOB", _views),
    *family(
        "SEQUENCES",
        "SEQUENCE_OWNER",
        "SEQUENCE_NAME MIN_VALUE:# MAX_VALUE:# INCREMENT_BY:# CYCLE_FLAG ORDER_FLAG CACHE_SIZE:# LAST_NUMBER:#",
        _sequences,
    ),
    *family("TAB_COMMENTS", "OWNER", "TABLE_NAME TABLE_TYPE COMMENTS", _table_comments),
    *family("COL_COMMENTS", "OWNER", "TABLE_NAME COLUMN_NAME COMMENTS", _column_comments),
    *family("SYNONYMS", "OWNER", "SYNONYM_NAME TABLE_OWNER TABLE_NAME DB_LINK", _synonyms, _sees_synonym),
]
