"""Objects, views, sequences, synonyms and comments, as USER_, ALL_ and DBA_ views."""

from __future__ import annotations

from collections.abc import Iterator

from oralite.catalog.definitions import Sequence, Synonym, Table, View
from oralite.dictionary.columns import yes
from oralite.dictionary.triggers import sees_compiled, trigger_objects
from oralite.dictionary.view import Owned, family, may_see
from oralite.dictionary.viewer import Viewer, moment

#: So much of a view's text fits into TEXT_VC.
_VIEW_TEXT_CHARS = 1000


def _objects(viewer: Viewer) -> Iterator[Owned]:
    for thing in viewer.catalog.objects.values():
        created = moment(thing.created)
        altered = created
        if isinstance(thing, Table):
            altered = moment(thing.altered) or created
        kind = type(thing).__name__.upper()
        yield thing.owner, thing.name, (thing.name, thing.number, kind, created, altered, "VALID")
        for index in thing.indexes if isinstance(thing, Table) else ():
            yield index.owner, thing.name, (index.name, None, "INDEX", created, created, "VALID")


def _all_objects(viewer: Viewer) -> Iterator[Owned]:
    yield from _objects(viewer)
    yield from trigger_objects(viewer)


def _sees_object(viewer: Viewer, owner: str, name: str) -> bool:
    """Return whether ALL_OBJECTS shows a thing, or the trigger of that name."""
    return may_see(viewer, owner, name) or sees_compiled(viewer, owner, name)


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
            yes(one.cycle)[:1],
            yes(one.is_ordered)[:1],
            one.cached,
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
        f"START WITH: {sequence.start}, INCREMENT BY: {sequence.increment},"
        f" MAX_VALUE: {sequence.greatest}, MIN_VALUE: {sequence.least}, CYCLE_FLAG: {cycle},"
        " CACHE_SIZE: 20, ORDER_FLAG: N, SCALE_FLAG: N,"
        " EXTEND_FLAG: N, SESSION_FLAG: N, KEEP_VALUE: N"
    )


def _table_comments(viewer: Viewer) -> Iterator[Owned]:
    for table in viewer.catalog.tables():
        yield table.owner, table.name, (table.name, "TABLE", table.comment)
    for view in viewer.catalog.views():
        yield view.owner, view.name, (view.name, "VIEW", view.comment)


def _column_comments(viewer: Viewer) -> Iterator[Owned]:
    things: list[Table | View] = [*viewer.catalog.tables(), *viewer.catalog.views()]
    for thing in things:
        for column in thing.columns:
            yield thing.owner, thing.name, (thing.name, column.name, column.comment)


def _nothing(viewer: Viewer) -> Iterator[Owned]:
    return iter(())


_OBJECT_NAMES = (
    "OBJECT_NAME OBJECT_ID:# OBJECT_TYPE CREATED:@ LAST_DDL_TIME:@ STATUS SUBOBJECT_NAME= "
    "DATA_OBJECT_ID:#= TEMPORARY=N GENERATED=N SECONDARY=N EDITION_NAME= "
    "ORACLE_MAINTAINED=N"
)
_MATERIALIZED_NAMES = (
    "MVIEW_NAME CONTAINER_NAME QUERY:LONG QUERY_LEN:# REFRESH_MODE REFRESH_METHOD "
    "STALENESS COMPILE_STATE"
)


VIEWS = [
    *family("OBJECTS", "OWNER", _OBJECT_NAMES, _all_objects, _sees_object),
    *family(
        "VIEWS",
        "OWNER",
        "VIEW_NAME TEXT_LENGTH:# TEXT:LONG TEXT_VC EDITIONING_VIEW=N READ_ONLY=N BEQUEATH=DEFINER",
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
