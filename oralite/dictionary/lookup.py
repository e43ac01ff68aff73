"""All views of the dictionary by their names, and how one comes into a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import apsw
import apsw.ext

from oralite.catalog.catalog import Catalog
from oralite.dictionary import constraints, objects, rights, server, tables, triggers
from oralite.dictionary.view import DictionaryView
from oralite.dictionary.viewer import Viewer
from oralite.functions.function import store

_VIEWS: Mapping[str, DictionaryView] = {
    view.name: view
    for view in (
        *tables.VIEWS,
        *constraints.VIEWS,
        *objects.VIEWS,
        *triggers.VIEWS,
        *rights.VIEWS,
        *server.VIEWS,
    )
}


def find(name: str) -> DictionaryView | None:
    return _VIEWS.get(_VIEWS_BY_OTHER_NAMES.get(name, name))


#: Short names that Oracle has as public synonyms.
_VIEWS_BY_OTHER_NAMES = {
    "TABS": "USER_TABLES",
    "COLS": "USER_TAB_COLUMNS",
    "IND": "USER_INDEXES",
    "OBJ": "USER_OBJECTS",
    "SEQ": "USER_SEQUENCES",
    "V_$VERSION": "V$VERSION",
    "V_$INSTANCE": "V$INSTANCE",
    "V_$SESSION": "V$SESSION",
}


def is_visible(view: DictionaryView, catalog: Catalog, user: str) -> bool:
    if not view.for_dba:
        return True
    return catalog.has(user, "ANY") or catalog.has(user, "SELECT ANY DICTIONARY")


def install(connection: apsw.Connection, name: str, viewer: Callable[[], Viewer]) -> None:
    """Make the view a table of the connection, whose rows are made when it is read."""
    view = _VIEWS[name]

    def rows(*_: Any, **__: Any) -> Iterator[tuple[Any, ...]]:
        for row in view.rows(viewer()):
            yield tuple(map(store, row))

    rows.columns = tuple(column.name for column in view.columns)  # type: ignore[attr-defined]
    rows.column_access = apsw.ext.VTColumnAccess.By_Index  # type: ignore[attr-defined]
    apsw.ext.make_virtual_module(connection, view.module, rows)  # type: ignore[arg-type]
