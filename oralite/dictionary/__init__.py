"""The data dictionary's views: what tools look up about tables, users and the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import apsw.ext

from oralite.catalog import Catalog
from oralite.dictionary import objects, rights, server
from oralite.dictionary.view import DictionaryView
from oralite.functions.function import store

if TYPE_CHECKING:
    from oralite.sqlsession import SqlSession

_VIEWS: Mapping[str, DictionaryView] = {
    view.name: view for view in (*objects.VIEWS, *rights.VIEWS, *server.VIEWS)
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


def visible(view: DictionaryView, catalog: Catalog, user: str) -> bool:
    return (
        not view.for_dba or catalog.has(user, "ANY") or catalog.has(user, "SELECT ANY DICTIONARY")
    )


def install(session: SqlSession, name: str) -> None:
    """Makes the view a table of the session's connection, whose rows are made when it is read."""
    view = _VIEWS[name]

    def rows(*_: Any, **__: Any) -> Iterator[tuple[Any, ...]]:
        return (tuple(map(store, row)) for row in view.rows(session))

    rows.columns = tuple(column.name for column in view.columns)  # type: ignore[attr-defined]
    rows.column_access = apsw.ext.VTColumnAccess.By_Index  # type: ignore[attr-defined]
    apsw.ext.make_virtual_module(session.connection, view.module, rows)  # type: ignore[arg-type]
