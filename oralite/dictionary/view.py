"""A view of the dictionary: its columns and where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from oralite.catalog.definitions import PUBLIC
from oralite.dictionary.viewer import Viewer
from oralite.model import PLAIN, Column, SqlType, Variant

#: Rows in Python's own values: text, int, datetime or None.
Rows = Callable[[Viewer], Iterable[tuple[Any, ...]]]

_SIZE = 4000


@dataclass(frozen=True)
class DictionaryView:
    """A view of the dictionary. for_dba: hidden from all but a DBA, as most V$ views are."""

    name: str
    columns: tuple[Column, ...]
    rows: Rows
    for_dba: bool = False

    @property
    def module(self) -> str:
        """Return its name in SQLite."""
        return f"SYS_{self.name}"


def view(name: str, columns: str, rows: Rows, *, for_dba: bool = False) -> DictionaryView:
    """Make a view.

    columns: names, each text unless what follows its colon says number (#), date (@), CLOB or
    LONG: 'OWNER COLUMN_ID:# CREATED:@ TEXT:LONG'.

    Last come those that have the same value in every row, NULL if none is given: 'TEMPORARY=N
    IOT_NAME= BLOCKS:#='. A blank is written as ~.
    """
    specifications = columns.split()
    pieces = []
    for each in specifications:
        if "=" in each:
            pieces.append(_constant(each))
    constants = tuple(pieces)

    def extended(viewer: Viewer) -> Iterable[tuple[Any, ...]]:
        return ((*row, *constants) for row in rows(viewer))

    return DictionaryView(
        name, tuple(map(_column, specifications)), extended if constants else rows, for_dba
    )


_KINDS = {
    "": SqlType.VARCHAR2,
    "#": SqlType.NUMBER,
    "@": SqlType.DATE,
    "CLOB": SqlType.CLOB,
    "LONG": SqlType.VARCHAR2,
}
_VARIANTS = {"LONG": Variant(is_long=True)}


def _column(specification: str) -> Column:
    name, _, kind = specification.partition("=")[0].partition(":")
    size = 0
    if _KINDS[kind] is SqlType.VARCHAR2:
        size = _SIZE
    return Column(name, _KINDS[kind], size, variant=_VARIANTS.get(kind, PLAIN))


def _constant(specification: str) -> str | int | None:
    text = specification.partition("=")[2]
    if not text:
        return None
    if ":#=" in specification:
        return int(text)
    return text.replace("~", " ")


#: A row's owner and name, which decide who sees it, and the row without its owner.
Owned = tuple[str, str, tuple[Any, ...]]


def may_see(viewer: Viewer, owner: str, name: str) -> bool:
    """Return whether ALL_ views show the user a thing."""
    catalog = viewer.catalog
    return (
        owner in (viewer.user, PUBLIC)
        or catalog.has(viewer.user, "ANY")
        or catalog.has(viewer.user, "SELECT ANY TABLE")
        or bool(catalog.object_privileges(viewer.user, owner, name))
    )


def family(
    name: str,
    owner: str,
    columns: str,
    rows: Callable[[Viewer], Iterator[Owned]],
    sees: Callable[[Viewer, str, str], bool] = may_see,
) -> list[DictionaryView]:
    """Make the USER_, ALL_ and DBA_ views of one kind.

    owner: the column by which the latter two begin. sees: whether ALL_ shows a thing.
    """

    def of_user(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
        for own, _, row in rows(viewer):
            if own == viewer.schema:
                yield row

    def seen(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
        answers: dict[tuple[str, str], bool] = {}
        for own, thing, row in rows(viewer):
            if (own, thing) not in answers:
                answers[own, thing] = sees(viewer, own, thing)
            if answers[own, thing]:
                yield (own, *row)

    def of_all(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
        for own, _, row in rows(viewer):
            yield (own, *row)

    return [
        view(f"USER_{name}", columns, of_user),
        view(f"ALL_{name}", f"{owner} {columns}", seen),
        view(f"DBA_{name}", f"{owner} {columns}", of_all, for_dba=True),
    ]
